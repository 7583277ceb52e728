import { Body, Controller, Param, Post } from '@nestjs/common';
import { Allow, Who } from '../web/allow.js';
import { type Page, type Redirect, redirect } from '../web/answer.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { DeskPages } from './desk-pages.service.js';
import { Sending } from './sending.service.js';
import { TakeBacks } from './take-backs.service.js';

/** What curators queue for later, and take back before it has left. */
@Controller(':account/desk')
@Allow('person')
export class QueuedPostsController {
  constructor(
    private readonly pages: DeskPages,
    private readonly sending: Sending,
    private readonly takeBacks: TakeBacks,
  ) {}

  @Post('schedules')
  async schedule(
    @Param('account') slug: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    return this.sending.later(await this.pages.sit(slug, who), body);
  }

  /** To change it, to leave it unsaid, to undo the sending, or to try other words than those refused: it is a draft again. */
  @Post('posts/:id/take-backs')
  async takeBack(@Param('account') slug: string, @Id() id: string, @Who() who: Principal): Promise<Redirect> {
    const { account, turn } = await this.pages.sit(slug, who);
    const { draftId, dueAt } = await this.takeBacks.takeBack(account, turn, who.personId, id);
    return redirect(`/${account.slug}/desk?draft=${draftId}${dueAt ? `&for=${dueAt.toISOString()}` : ''}`);
  }
}
