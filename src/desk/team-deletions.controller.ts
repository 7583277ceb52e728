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
import { Deletions } from './deletions.service.js';

const form = z.object({
  reason: z.string('Say why').trim().min(1, 'Say why').max(1000, 'Keep it to 1,000 characters'),
});

/** Deleting any post of the account at the network, for organisers: a curator may not act, or be gone. */
@Controller('team/:account/messages/:id/deletion')
@Allow('organiser')
export class TeamDeletionsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly deletions: Deletions,
  ) {}

  @Get()
  async ask(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    return this.page(slug, id, {});
  }

  @Post()
  async delete(
    @Param('account') slug: string,
    @Id() id: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const posted = readForm(form, body);
    if (!posted.ok) return this.page(slug, id, posted, 422);
    const account = await this.accounts.bySlug(slug);
    await this.deletions.askForTeam(account, who.personId, id, posted.data.reason);
    return redirect(`/team/${account.slug}/messages/${id}/deletion`);
  }

  private async page(slug: string, id: string, more: object, status = 200): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const post = await this.deletions.any(account.id, id);
    const data = {
      title: post.state === 'done' ? 'Deleted from X' : 'Delete this post from X?',
      account,
      navigation: teamNavigation(account.slug, 'Messages'),
      post,
      settled: post.settledAt && dateAndTime(account.zone, post.settledAt),
    };
    return page('desk/pages/team-delete.njk', { ...data, ...more }, status);
  }
}
