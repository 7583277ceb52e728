import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { NotFound } from '../../platform/errors.js';
import { Allow, Who } from '../../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../../web/answer.js';
import type { Principal } from '../../web/principal.js';
import { DeskPages, type Sitting } from '../desk-pages.service.js';
import { Duty } from '../duty.service.js';
import { Inbox } from './inbox.service.js';
import { InboxPages } from './inbox-pages.service.js';
import { MentionPulls } from './mention-pulls.service.js';

const NOT_ON_DUTY = 'The mentions are for the person on duty. You can read them while it is your turn.';

/** What people say to the account, for the person on duty: to read, to answer from the desk, to put away. */
@Controller(':account/desk/mentions')
@Allow('person')
export class MentionsController {
  constructor(
    private readonly desks: DeskPages,
    private readonly inbox: Inbox,
    private readonly pages: InboxPages,
    private readonly pulls: MentionPulls,
    private readonly duty: Duty,
  ) {}

  @Get()
  async list(
    @Param('account') slug: string,
    @Who() who: Principal,
    @Query('before') before?: string,
    @Query('hidden') hidden?: string,
    @Query('asked') asked?: string,
  ): Promise<Page> {
    const { account } = await this.desks.sitOnDuty(slug, who, NOT_ON_DUTY);
    const which = { before: idIn(before), hidden: hidden === 'yes' };
    const data = await this.pages.of(account, who.personId, which);
    const more = { title: `Mentions of @${account.handle}`, asked: asked === 'yes' };
    return page('desk/pages/mentions.njk', { ...more, ...data });
  }

  /** Asks X again, soon after the last time not at all. */
  @Post('looks')
  async look(@Param('account') slug: string, @Who() who: Principal): Promise<Redirect> {
    const { account, turn } = await this.desks.sit(slug, who);
    await this.duty.act(account, turn, (tx) => this.pulls.wish(tx, account.id));
    return redirect(`/${account.slug}/desk/mentions?asked=yes`);
  }

  @Post(':mention/hidings')
  async hide(
    @Param('account') slug: string,
    @Param('mention') mention: string,
    @Who() who: Principal,
    @Query('before') before?: string,
  ): Promise<Redirect> {
    return this.put(await this.desks.sit(slug, who), mention, true, before);
  }

  @Post(':mention/returns')
  async showAgain(
    @Param('account') slug: string,
    @Param('mention') mention: string,
    @Who() who: Principal,
    @Query('before') before?: string,
  ): Promise<Redirect> {
    return this.put(await this.desks.sit(slug, who), mention, false, before);
  }

  /** Goes back to the page of the inbox that the button was on. */
  private async put(
    { account, turn, who }: Sitting,
    mention: string,
    away: boolean,
    before: string | undefined,
  ): Promise<Redirect> {
    const id = idIn(mention);
    if (!id) throw new NotFound('There is no such mention.');
    await this.inbox.hide(account, turn, who.personId, id, away);
    const where = [...(away ? [] : ['hidden=yes']), ...(idIn(before) ? [`before=${before}`] : [])];
    return redirect(`/${account.slug}/desk/mentions${where.length > 0 ? `?${where.join('&')}` : ''}`);
  }
}

/** The network's id of a post, or null. */
function idIn(given: string | undefined): string | null {
  return given !== undefined && /^\d{1,19}$/.test(given) ? given : null;
}
