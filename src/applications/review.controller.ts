import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime } from '../credentials/dates.js';
import { NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.service.js';
import { Allow, Who } from '../web/allow.js';
import { Bytes, type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import type { Application, ApplicationState } from './application.entity.js';
import { Decisions } from './decisions.service.js';
import { checkRows, states } from './shown.js';

const deciding = z.object({
  verdict: z.enum(['accepted', 'declined', 'on-hold'], 'Select what you decide'),
  note: z
    .string()
    .trim()
    .min(1, 'Enter a note for the team: why you decide so')
    .max(2000, 'Use 2,000 characters or fewer'),
  message: z.string().trim().max(2000, 'Use 2,000 characters or fewer').default(''),
});

const FILTERS: ApplicationState[] = ['waiting', 'on-hold', 'accepted', 'declined', 'withdrawn'];

/** The team reads applications and decides on them. */
@Controller('team/:account/applications')
@Allow('reviewer', 'organiser', 'approver', 'keeper')
export class ReviewController {
  constructor(
    private readonly accounts: Accounts,
    private readonly decisions: Decisions,
    private readonly files: Files,
  ) {}

  @Get()
  async list(@Param('account') slug: string, @Query('state') wanted?: string, @Query('q') name = ''): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const state = FILTERS.find((each) => each === wanted) ?? null;
    const [found, counts] = await Promise.all([
      this.decisions.list(account.id, state, name.slice(0, 100)),
      this.decisions.counts(account.id),
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
      name,
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
    const bytes = application.photoFile ? await this.files.read(application.photoFile) : null;
    if (!bytes) throw new NotFound('There is no photo.');
    return new Bytes(bytes, bytes[0] === 0x89 ? 'image/png' : 'image/jpeg', { 'cache-control': 'private, no-store' });
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
    const { verdict, note, message } = posted.data;
    await this.decisions.decide(account, application.id, who.personId, verdict, note, message);
    return redirect(`/team/${account.slug}/applications/${application.id}`);
  }

  @Post(':id/decisions/undo')
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
    const [history, duplicates] = await Promise.all([
      this.decisions.history(application.id),
      this.decisions.duplicates(application),
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
        decidable: ['waiting', 'on-hold'].includes(application.state),
        history: history.map((each) => ({
          ...each,
          when: when(each.at),
          undoUntil: when(each.undoUntil),
          words: states[each.verdict].text,
        })),
        duplicates: duplicates.map((each) => ({ ...each, words: states[each.state].text })),
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
    return { account, application: await this.decisions.find(account.id, parsed.data) };
  }
}
