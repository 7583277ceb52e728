import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime } from '../credentials/dates.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { CreditCorrections } from './credit-corrections.service.js';

const reason = z.string().trim().min(1, 'Say why').max(500, 'Keep the reason under 500 characters');
const WHO = 'Choose who made the post';
const correction = z.object({ who: z.union([z.literal('house'), z.uuid(WHO)], WHO), reason });
const undoing = z.object({ reason });

/** Who a post is credited to, put right by hand. */
@Controller('team/:account/feed/:post')
export class CreditCorrectionController {
  constructor(
    private readonly accounts: Accounts,
    private readonly corrections: CreditCorrections,
  ) {}

  @Get('credit')
  @Allow('organiser')
  ask(@Param('account') slug: string, @Param('post') id: string): Promise<Page> {
    return this.show(slug, id, {}, 200);
  }

  @Post('credit')
  @Allow('organiser')
  async correct(
    @Param('account') slug: string,
    @Param('post') id: string,
    @Body() body: unknown,
    @Who() by: Principal,
  ): Promise<Page | Redirect> {
    const posted = readForm(correction, body);
    if (!posted.ok) return this.show(slug, id, posted, 422);
    const account = await this.accounts.bySlug(slug);
    const { who, reason: why } = posted.data;
    await this.corrections.correct(account.id, id, who === 'house' ? null : who, why, by.personId);
    return redirect(`/team/${account.slug}/feed`);
  }

  @Post('credit/undone')
  @Allow('organiser')
  async undo(
    @Param('account') slug: string,
    @Param('post') id: string,
    @Body() body: unknown,
    @Who() by: Principal,
  ): Promise<Page | Redirect> {
    const posted = readForm(undoing, body);
    if (!posted.ok) return this.show(slug, id, { undoing: posted }, 422);
    const account = await this.accounts.bySlug(slug);
    await this.corrections.undo(account.id, id, posted.data.reason, by.personId);
    return redirect(`/team/${account.slug}/feed`);
  }

  private async show(slug: string, id: string, more: object, status: number): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const { post, turns } = await this.corrections.look(account.id, id);
    const when = (instant: Date) => dateAndTime(account.zone, instant);
    return page(
      'feed/pages/credit.njk',
      {
        title: 'Who made this post?',
        account,
        navigation: teamNavigation(account.slug, 'Feed'),
        post: { ...post, when: when(post.postedAt) },
        values: { who: post.stintId ?? 'house' },
        turns: turns.map(({ id: turn, name, startsAt, endsAt }) => ({
          id: turn,
          name,
          span: `${when(startsAt)} to ${when(endsAt)}`,
        })),
        ...more,
      },
      status,
    );
  }
}
