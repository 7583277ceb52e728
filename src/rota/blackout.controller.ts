import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime, timeRange } from '../credentials/dates.js';
import { Db } from '../platform/database.service.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { type FormErrors, formErrors, readForm } from '../web/form.js';
import { Id } from '../web/id.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import type { Blackout } from './blackout.entity.js';
import { Blackouts, type NewBlackout } from './blackouts.service.js';
import { aReason, readWhen, type When } from './forms.js';
import type { Again } from './slot-pages.service.js';

const adding = z.object({
  title: z.string().trim().min(1, 'Enter a title').max(120, 'Keep the title to 120 characters'),
  scope: z.enum(['curators', 'everyone'], 'Choose who may not post'),
  reason: aReason('Say why'),
  open: z.literal('yes').optional(),
});

/** Blackouts: read by the whole team, made and ended by organisers and keepers. */
@Controller('team/:account/blackouts')
export class BlackoutController {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly blackouts: Blackouts,
  ) {}

  @Get()
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async list(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    return this.show(await this.accounts.bySlug(slug), who);
  }

  @Post()
  @Allow('organiser', 'keeper')
  async add(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const read = readBlackout(account, body);
    if ('errors' in read) return this.show(account, who, read);
    await this.blackouts.add(account.id, read.blackout, who.personId);
    return redirect(`/team/${account.slug}/blackouts`);
  }

  @Post(':id/end')
  @Allow('organiser', 'keeper')
  async end(@Param('account') slug: string, @Id() id: string, @Who() who: Principal): Promise<Redirect> {
    const account = await this.accounts.bySlug(slug);
    await this.blackouts.end(account.id, id, who.personId);
    return redirect(`/team/${account.slug}/blackouts`);
  }

  private async show(account: Account, who: Principal, again: Again = {}): Promise<Page> {
    const now = await this.db.now();
    const roles = rolesOn(who, account.slug);
    const all = await this.blackouts.all(account.id);
    const data = {
      title: 'Blackouts',
      account,
      navigation: teamNavigation(account.slug, 'Rota'),
      blackouts: await Promise.all(all.map((each) => this.lineOf(account, each, now))),
      mayChange: roles.includes('organiser') || roles.includes('keeper'),
      ...again,
    };
    return page('rota/pages/blackouts.njk', data, again.errors ? 422 : 200);
  }

  private async lineOf(account: Account, blackout: Blackout, now: Date) {
    const { endsAt, removedAt, startsAt } = blackout;
    const over = removedAt !== null || (endsAt !== null && endsAt <= now);
    const hits = over ? [] : await this.blackouts.hits(this.db, account.id, blackout);
    return {
      ...blackout,
      dates: datesOf(account.zone, blackout),
      standing: removedAt ? 'removed' : over ? 'over' : startsAt <= now ? 'in force' : 'to come',
      over,
      hits: hits.map((hit) => ({ ...hit, dates: timeRange(account.zone, hit) })),
    };
  }
}

function datesOf(zone: string, { startsAt, endsAt }: Blackout): string {
  if (endsAt) return timeRange(zone, { startsAt, endsAt }, { zone: true });
  return `${dateAndTime(zone, startsAt, { zone: true })}, until further notice`;
}

/** The form's fields become a blackout, or the errors to show. */
function readBlackout(
  account: Account,
  body: unknown,
): { blackout: NewBlackout } | { errors: FormErrors; values: Record<string, unknown> } {
  const posted = readForm(adding, body);
  const startsAt = readWhen(account.zone, whenOf(posted.values, 'start'));
  const open = posted.values.open === 'yes';
  const endsAt = open ? null : readWhen(account.zone, whenOf(posted.values, 'end'));
  const told = posted.ok ? {} : posted.errors.fields;
  const problems = ['title', 'scope'].flatMap((field): [string, string][] => said(field, told[field]));
  if (!startsAt) problems.push(['start-day', 'Enter a real start date and a time such as 00:01']);
  if (!open && !endsAt) problems.push(['end-day', 'Enter a real end date and time, or choose until further notice']);
  if (startsAt && endsAt && endsAt <= startsAt) problems.push(['end-day', 'The end must be after the start']);
  problems.push(...said('reason', told.reason));
  if (!posted.ok || !startsAt || problems.length > 0) return { errors: formErrors(problems), values: posted.values };
  const { title, scope, reason } = posted.data;
  return { blackout: { title, scope, reason, startsAt, endsAt } };
}

function said(field: string, error: { text: string } | undefined): [string, string][] {
  return error ? [[field, error.text]] : [];
}

function whenOf(values: Record<string, unknown>, prefix: string): When {
  const field = (name: string) => String(values[`${prefix}-${name}`] ?? '');
  return { day: field('day'), month: field('month'), year: field('year'), time: field('time') };
}
