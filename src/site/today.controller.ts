import { Controller, Get, Param } from '@nestjs/common';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime, timeRange } from '../credentials/dates.js';
import { AccountHolds } from '../handover/account-holds.service.js';
import { Db } from '../platform/database.service.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { Attention } from './attention.service.js';
import { moreGroups } from './more.js';
import { Turns } from './turns.service.js';

/** The team's first page: who is on, who is next, what is about to go wrong. */
@Controller('team')
export class TodayController {
  constructor(
    private readonly accounts: Accounts,
    private readonly turns: Turns,
    private readonly attention: Attention,
    private readonly holds: AccountHolds,
    private readonly db: Db,
  ) {}

  @Get()
  @Allow('team')
  async list(@Who() who: Principal): Promise<Page | Redirect> {
    const teams = (await this.accounts.all()).filter(({ slug }) => rolesOn(who, slug).length > 0);
    const [only] = teams;
    if (only && teams.length === 1) return redirect(`/team/${only.slug}`);
    return page('site/pages/teams.njk', { title: 'Your accounts', teams });
  }

  @Get(':account')
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async today(@Param('account') slug: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const now = await this.db.now();
    const [turns, matters, standing] = await Promise.all([
      this.turns.coming(account.id, now, 4),
      this.attention.of(account, now),
      this.holds.standing(account.id),
    ]);
    const shown = turns.map((turn) => ({ ...turn, span: timeRange(account.zone, turn, { zone: true }) }));
    return page('site/pages/today.njk', {
      title: 'Today',
      account,
      navigation: teamNavigation(account.slug, 'Today'),
      now: dateAndTime(account.zone, now, { zone: true }),
      on: shown.filter((turn) => turn.state === 'active'),
      next: shown.filter((turn) => turn.state !== 'active'),
      matters,
      standing: standing && { ...standing, since: dateAndTime(account.zone, standing.startsAt, { zone: true }) },
    });
  }

  @Get(':account/more')
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async more(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const groups = moreGroups(slug, rolesOn(who, slug), account.connection === 'api');
    return page('site/pages/more.njk', {
      title: 'More',
      account,
      navigation: teamNavigation(slug, 'More'),
      groups,
    });
  }
}
