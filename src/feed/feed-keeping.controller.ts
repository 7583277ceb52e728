import { Controller, Param, Post } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Accounts } from '../credentials/accounts.service.js';
import { Db } from '../platform/database.service.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page } from '../web/answer.js';
import { Limits } from '../web/limits.service.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { type Look, Pulls } from './pulls.service.js';

/** What those who look after a feed do to it by hand. */
@Controller('team/:account/feed')
export class FeedKeepingController {
  constructor(
    private readonly accounts: Accounts,
    private readonly db: Db,
    private readonly audit: Audit,
    private readonly limits: Limits,
    private readonly pulls: Pulls,
  ) {}

  /** Asks the network now, and shows what it answered. */
  @Post('pulls')
  @Allow('organiser', 'keeper')
  async pull(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    await this.limits.spend('look', account.id);
    const look = await this.pulls.look(account.id);
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
