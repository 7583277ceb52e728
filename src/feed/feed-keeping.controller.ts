import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import { Limits } from '../web/limits.service.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { FeedSettingsRows } from './feed-settings.service.js';
import { type Look, Pulls } from './pulls.service.js';

const form = z.object({
  reposts: z.enum(['yes', 'no'], 'Choose whether reposts are shown').transform((choice) => choice === 'yes'),
  budget: z
    .string()
    .trim()
    .regex(/^\d{1,2}(\.\d{1,3})?$/, 'Enter an amount in dollars, such as 0.05')
    .transform(Number)
    .refine((dollars) => dollars <= 20, 'Enter at most 20 dollars a day'),
});

/** What those who look after a feed do to it by hand. */
@Controller('team/:account/feed')
export class FeedKeepingController {
  constructor(
    private readonly accounts: Accounts,
    private readonly db: Db,
    private readonly audit: Audit,
    private readonly limits: Limits,
    private readonly pulls: Pulls,
    private readonly settings: FeedSettingsRows,
  ) {}

  @Get('settings')
  @Allow('keeper')
  async ask(@Param('account') slug: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const found = await this.settings.of(account.id);
    if (!found) throw new NotFound('This account has no feed yet.');
    const values = { reposts: found.reposts ? 'yes' : 'no', budget: String(found.recheckBudget / 1_000_000) };
    return settingsPage(account, { values }, 200);
  }

  @Post('settings')
  @Allow('keeper')
  async change(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(form, body);
    if (!posted.ok) return settingsPage(account, posted, 422);
    const { reposts, budget } = posted.data;
    await this.settings.change(account.id, { reposts, recheckBudget: Math.round(budget * 1_000_000) }, who.personId);
    return redirect(`/team/${account.slug}/feed`);
  }

  /** Asks the network now, and shows what it answered. */
  @Post('pulls')
  @Allow('organiser', 'keeper')
  async pull(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    await this.limits.spend('look', account.id);
    const look = await this.pulls.look(account.id, 'by hand');
    await this.db.write((tx) =>
      this.audit.record(tx, {
        accountId: account.id,
        actor: { kind: 'person', id: who.personId },
        verb: 'feed.pulled',
        subject: { kind: 'feed', id: account.id },
        detail: { ...look },
      }),
    );
    return page('feed/pages/pulled.njk', {
      title: 'What the network answered',
      account,
      navigation: teamNavigation(account.slug, 'Feed'),
      answer: answered(look),
    });
  }
}

function settingsPage(account: Account, more: object, status: number): Page {
  const data = { title: 'Settings of the feed', account, navigation: teamNavigation(account.slug, 'Feed') };
  return page('feed/pages/settings.njk', { ...data, ...more }, status);
}

function answered(look: Look): { heading: string; text: string; good: boolean } {
  if (look.kind === 'failed') {
    const text = `${look.why} Nothing was removed; websites are told how old the posts are.`;
    return { heading: 'The posts could not be had', text, good: false };
  }
  if (look.kind === 'busy') {
    const text = 'Another look at the network was just being taken. This one follows it within a moment.';
    return { heading: 'A look is being taken', text, good: true };
  }
  if (look.kind === 'off') {
    const text = 'The account is not connected to its network, so there is nothing to look at.';
    return { heading: 'There is no feed', text, good: false };
  }
  const text = `The network showed ${counted(look.posts, 'post')}: ${look.added} new since the last look. ${counted(look.gone, 'post')} went.`;
  return { heading: 'The feed is up to date', text, good: true };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
