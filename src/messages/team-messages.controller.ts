import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { Db } from '../platform/database.service.js';
import { Invalid } from '../platform/errors.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { formErrors, readForm } from '../web/form.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { type Case, Interventions } from './interventions.service.js';
import { Message, MessageMedia } from './message.entity.js';
import { GROUPS, grouped, shown } from './shown.js';
import { currentOf } from './threads.js';
import { Threads } from './threads.service.js';

const ROWS = 50;
const arrival = z.object({ address: z.string().trim().min(1, 'Enter the address of the post') });
const repeat = z.object({
  looked: z.literal('yes', 'Look at the account first, then tick the box: a post that is there must not be sent again'),
});

/** The outbox of an account: what needs a person, what waits, what was sent. */
@Controller('team/:account/messages')
export class TeamMessagesController {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly interventions: Interventions,
    private readonly threads: Threads,
  ) {}

  @Get()
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async list(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const rows = await Promise.all(GROUPS.map((group) => this.newest(account, group)));
    return page('messages/pages/messages.njk', {
      ...frame(account, 'Messages'),
      groups: grouped(rows.flat(), view(account, who)),
    });
  }

  @Get(':id')
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async read(@Param('account') slug: string, @Param('id') id: string, @Who() who: Principal): Promise<Page> {
    return this.shown(await this.accounts.bySlug(slug), id, who);
  }

  @Post(':id/arrivals')
  @Allow('organiser', 'keeper')
  async arrived(@Param('account') slug: string, @Param('id') id: string, @Who() who: Principal, @Body() body: unknown) {
    const which = await this.caseOf(slug, id, who);
    const posted = readForm(arrival, body);
    if (!posted.ok) return this.shown(which.account, id, who, posted);
    try {
      await this.interventions.arrived(which, posted.data.address);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      const errors = formErrors(Object.entries(error.fields));
      return this.shown(which.account, id, who, { errors, values: posted.values });
    }
    return back(slug);
  }

  @Post(':id/repeats')
  @Allow('organiser', 'keeper')
  async repeat(@Param('account') slug: string, @Param('id') id: string, @Who() who: Principal, @Body() body: unknown) {
    const which = await this.caseOf(slug, id, who);
    const posted = readForm(repeat, body);
    if (!posted.ok) return this.shown(which.account, id, who, posted);
    await this.interventions.repeat(which);
    return back(slug);
  }

  @Post(':id/releases')
  @Allow('organiser', 'keeper')
  async release(@Param('account') slug: string, @Param('id') id: string, @Who() who: Principal): Promise<Redirect> {
    await this.interventions.release(await this.caseOf(slug, id, who));
    return back(slug);
  }

  @Post(':id/withdrawals')
  @Allow('organiser', 'keeper')
  async withdraw(
    @Param('account') slug: string,
    @Param('id') id: string,
    @Who() who: Principal,
    @Body() body: unknown,
  ) {
    const which = await this.caseOf(slug, id, who);
    const unseen = await this.unseen(which, body);
    if (unseen) return this.shown(which.account, id, who, unseen);
    await this.interventions.withdraw(which);
    return back(slug);
  }

  @Post(':id/omissions')
  @Allow('organiser', 'keeper')
  async leaveOut(
    @Param('account') slug: string,
    @Param('id') id: string,
    @Who() who: Principal,
    @Body() body: unknown,
  ) {
    const which = await this.caseOf(slug, id, who);
    const unseen = await this.unseen(which, body);
    if (unseen) return this.shown(which.account, id, who, unseen);
    await this.interventions.leaveOut(which);
    return back(slug);
  }

  @Post(':id/retries')
  @Allow('organiser', 'keeper')
  async retry(@Param('account') slug: string, @Param('id') id: string, @Who() who: Principal): Promise<Redirect> {
    await this.interventions.retry(await this.caseOf(slug, id, who));
    return back(slug);
  }

  private async shown(account: Account, id: string, who: Principal, posted: object = {}): Promise<Page> {
    const row = await this.interventions.find(account, id);
    const message = shown(row, view(account, who));
    const media = await this.db.manager.find(MessageMedia, { where: { messageId: id }, order: { position: 'ASC' } });
    const parts = row.threadId ? await this.threads.parts(this.db, row.threadId) : [];
    const data = {
      ...frame(account, message.name),
      message,
      row,
      media,
      acts: mayAct(account, who),
      organises: rolesOn(who, account.slug).includes('organiser'),
      parts: parts.map((part) => ({ ...shown(part, view(account, who)), number: part.part, here: part.id === row.id })),
      current: parts.length === 0 || currentOf(parts)?.id === row.id,
      ...posted,
    };
    return page('messages/pages/message.njk', data, 'errors' in posted ? 422 : 200);
  }

  /** Of an unanswered post somebody must have looked first; the form with its error where nobody says so. */
  private async unseen({ account, messageId }: Case, body: unknown) {
    const { state } = await this.interventions.find(account, messageId);
    const posted = readForm(repeat, body);
    return state === 'unknown' && !posted.ok ? posted : null;
  }

  private async caseOf(slug: string, messageId: string, who: Principal): Promise<Case> {
    return { account: await this.accounts.bySlug(slug), messageId, personId: who.personId };
  }

  private newest(account: Account, { title, states }: (typeof GROUPS)[number]): Promise<Message[]> {
    return this.db.manager
      .createQueryBuilder(Message, 'm')
      .where('m.accountId = :id AND m.state IN (:...states)', { id: account.id, states })
      .orderBy(title === 'Sent' ? 'm.settledAt' : 'm.dueAt', title === 'Sent' ? 'DESC' : 'ASC')
      .limit(ROWS)
      .getMany();
  }
}

function frame(account: Account, title: string) {
  return { title, account, navigation: teamNavigation(account.slug, 'Messages') };
}

function view({ slug, handle, zone }: Account, who: Principal) {
  return {
    slug,
    handle,
    zone,
    addresses: rolesOn(who, slug).some((role) => role === 'organiser' || role === 'keeper'),
  };
}

const mayAct = (account: Account, who: Principal) => view(account, who).addresses;
const back = (slug: string) => redirect(`/team/${slug}/messages`);
