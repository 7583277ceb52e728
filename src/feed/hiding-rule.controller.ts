import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime } from '../credentials/dates.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { HidingRules } from './hiding-rules.service.js';
import { wordsOf } from './words.js';

const reason = z.string().trim().min(1, 'Say why').max(500, 'Keep the reason under 500 characters');
const rule = z.discriminatedUnion(
  'kind',
  [
    z.object({
      kind: z.literal('words'),
      phrase: z
        .string()
        .trim()
        .max(100, 'Keep it under 100 characters')
        .refine((phrase) => wordsOf(phrase).length > 0, 'Enter a word or some words'),
      reason,
    }),
    z.object({ kind: z.literal('turn'), turn: z.uuid('Choose a turn'), reason }),
  ],
  'Choose what is hidden',
);
const ending = z.object({ reason });

/** The rules that hide posts: a word list and turns. */
@Controller('team/:account/feed/rules')
export class HidingRuleController {
  constructor(
    private readonly accounts: Accounts,
    private readonly rules: HidingRules,
  ) {}

  @Get()
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  list(@Param('account') slug: string): Promise<Page> {
    return this.listPage(slug, {}, 200);
  }

  @Post()
  @Allow('organiser', 'keeper')
  async make(@Param('account') slug: string, @Body() body: unknown, @Who() by: Principal): Promise<Page | Redirect> {
    const posted = readForm(rule, body);
    if (!posted.ok) return this.listPage(slug, posted, 422);
    const account = await this.accounts.bySlug(slug);
    const { data } = posted;
    const what = data.kind === 'words' ? { phrase: data.phrase } : { stintId: data.turn };
    await this.rules.make(account.id, what, data.reason, by.personId);
    return redirect(`/team/${account.slug}/feed/rules`);
  }

  @Get(':rule')
  @Allow('organiser', 'keeper')
  ask(@Param('account') slug: string, @Id('rule') id: string): Promise<Page> {
    return this.endPage(slug, id, {}, 200);
  }

  @Post(':rule/ended')
  @Allow('organiser', 'keeper')
  async end(
    @Param('account') slug: string,
    @Id('rule') id: string,
    @Body() body: unknown,
    @Who() by: Principal,
  ): Promise<Page | Redirect> {
    const posted = readForm(ending, body);
    if (!posted.ok) return this.endPage(slug, id, posted, 422);
    const account = await this.accounts.bySlug(slug);
    await this.rules.end(account.id, id, posted.data.reason, by.personId);
    return redirect(`/team/${account.slug}/feed/rules`);
  }

  private async listPage(slug: string, more: object, status: number): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const rules = await this.rules.list(account.id);
    const turns = await this.rules.turns(account.id);
    const named = (name: string | null, at: Date | null) => at && `${name}, from ${dateAndTime(account.zone, at)}`;
    const data = {
      title: 'What is hidden',
      account,
      navigation: teamNavigation(account.slug, 'Feed'),
      rules: rules.map((each) => ({ ...each, turn: named(each.turn, each.startsAt) })),
      turns: turns.map(({ id, name, startsAt }) => ({ value: id, text: named(name, startsAt) })),
    };
    return page('feed/pages/rules.njk', { ...data, ...more }, status);
  }

  private async endPage(slug: string, id: string, more: object, status: number): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const found = await this.rules.one(account.id, id);
    const data = { title: 'Show these posts again', account, navigation: teamNavigation(account.slug, 'Feed') };
    const about = found.phrase ? `Posts that say “${found.phrase}”` : `The posts of ${found.turn}’s turn`;
    const shown = {
      about,
      action: `/team/${account.slug}/feed/rules/${id}/ended`,
      back: `/team/${account.slug}/feed/rules`,
    };
    return page('feed/pages/show-again.njk', { ...data, ...shown, ...more }, status);
  }
}
