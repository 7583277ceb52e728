import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime, timeRange } from '../credentials/dates.js';
import { NotFound } from '../platform/errors.js';
import { Allow, Who } from '../web/allow.js';
import { Bytes, type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import type { Application, ApplicationState } from './application.entity.js';
import { Applications } from './applications.service.js';
import { DECIDABLE, Decisions } from './decisions.service.js';
import { Photos } from './photos.service.js';
import { LONG, needed, optional } from './question.js';
import { checkRows, happened, states } from './shown.js';

const deciding = z
  .object({
    verdict: z.enum(['accepted', 'declined', 'on-hold'], 'Select what you decide'),
    note: needed('Enter a note for the team: why you decide so', LONG),
    message: optional(LONG),
    revision: z.coerce.number('Open the application anew').int('Open the application anew'),
  })
  .refine(({ verdict, message }) => verdict === 'accepted' || message !== '', {
    path: ['message'],
    error: 'Enter a few words to the applicant: why, and what they can expect',
  });

const FILTERS: ApplicationState[] = ['waiting', 'on-hold', 'accepted', 'declined', 'withdrawn'];

/** The team reads applications and decides on them. */
@Controller('team/:account/applications')
@Allow('reviewer', 'organiser', 'approver', 'keeper')
export class ReviewController {
  constructor(
    private readonly accounts: Accounts,
    private readonly applications: Applications,
    private readonly decisions: Decisions,
    private readonly photos: Photos,
  ) {}

  @Get()
  async list(
    @Param('account') slug: string,
    @Query('state') wanted?: string,
    @Query('q') name: unknown = '',
  ): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const state = FILTERS.find((each) => each === wanted) ?? null;
    const wantedName = plain(name);
    const [found, counts] = await Promise.all([
      this.applications.list(account.id, state, wantedName),
      this.applications.counts(account.id),
    ]);
    return page('applications/pages/list.njk', {
      ...this.frame(account, 'Applications'),
      filters: FILTERS.map((each) => ({
        state: each,
        text: states[each].text,
        count: counts[each] ?? 0,
        current: each === state,
      })),
      state,
      name: wantedName,
      applications: found.map((each) => ({
        ...each,
        tag: states[each.state],
        submitted: each.submittedAt ? dateAndTime(account.zone, each.submittedAt) : '',
      })),
    });
  }

  @Get(':id')
  async show(@Param('account') slug: string, @Param('id') id: string, @Who() who: Principal): Promise<Page> {
    const { account, application } = await this.find(slug, id);
    return this.page(account, application, who, {}, 200);
  }

  @Get(':id/photo')
  async photo(@Param('account') slug: string, @Param('id') id: string): Promise<Bytes> {
    const { application } = await this.find(slug, id);
    const bytes = await this.photos.read(application.photoFile);
    if (!bytes) throw new NotFound('There is no photo.');
    return new Bytes(bytes, 'image/jpeg', { 'cache-control': 'private, no-store' });
  }

  @Post(':id/decisions')
  @Allow('organiser')
  async decide(
    @Param('account') slug: string,
    @Param('id') id: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const { account, application } = await this.find(slug, id);
    const posted = readForm(deciding, body);
    if (!posted.ok) return this.page(account, application, who, posted, 422);
    await this.decisions.decide(account, application.id, who.personId, posted.data);
    return redirect(`/team/${account.slug}/applications/${application.id}`);
  }

  @Post(':id/undo')
  @Allow('organiser')
  async undo(@Param('account') slug: string, @Param('id') id: string, @Who() who: Principal): Promise<Redirect> {
    const { account, application } = await this.find(slug, id);
    await this.decisions.undo(account, application.id, who.personId);
    return redirect(`/team/${account.slug}/applications/${application.id}`);
  }

  /** Shows the health information in this one answer. */
  @Post(':id/health')
  @Allow('organiser')
  async health(
    @Param('account') slug: string,
    @Param('id') id: string,
    @Who() who: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page> {
    const { account, application } = await this.find(slug, id);
    const health = await this.decisions.revealHealth(account, application.id, who.personId);
    reply.header('cache-control', 'no-store');
    return page('applications/pages/health.njk', { ...this.frame(account, 'Health information'), application, health });
  }

  private async page(
    account: Account,
    application: Application,
    who: Principal,
    more: object,
    status: number,
  ): Promise<Page> {
    const [decisions, duplicates, former, history] = await Promise.all([
      this.applications.decisions(application.id),
      this.applications.duplicates(application),
      this.applications.formerTurns(application),
      this.applications.history(application),
    ]);
    const when = (instant: Date | null) => (instant ? dateAndTime(account.zone, instant) : null);
    return page(
      'applications/pages/application.njk',
      {
        ...this.frame(account, application.answers.name ?? 'Erased application'),
        application,
        state: states[application.state],
        rows:
          application.state === 'erased'
            ? []
            : checkRows(application.answers, application.health !== null, application.photoFile !== null),
        organiser: rolesOn(who, account.slug).includes('organiser'),
        undoMinutes: settings.decisionUndo / 60_000,
        decidable: DECIDABLE.includes(application.state),
        history: history.map((each) => ({ ...each, what: happened[each.verb] ?? each.verb, when: when(each.at) })),
        decisions: decisions.map((each) => ({
          ...each,
          when: when(each.at),
          undoUntil: when(each.undoUntil),
          words: states[each.verdict].text,
        })),
        duplicates: duplicates.map((each) => ({ ...each, words: states[each.state].text })),
        former: former.map((each) => ({ ...each, when: timeRange(account.zone, each) })),
        ...more,
      },
      status,
    );
  }

  private frame(account: Account, title: string): object {
    return { title, account, navigation: teamNavigation(account.slug, 'Applications') };
  }

  private async find(slug: string, id: string): Promise<{ account: Account; application: Application }> {
    const account = await this.accounts.bySlug(slug);
    const parsed = z.uuid().safeParse(id);
    if (!parsed.success) throw new NotFound('There is no such application.');
    return { account, application: await this.applications.find(account.id, parsed.data) };
  }
}

/** What was typed into the search, or nothing where it is no text. */
function plain(typed: unknown): string {
  return typeof typed === 'string' ? typed.replaceAll('\0', '').trim().slice(0, 100) : '';
}
