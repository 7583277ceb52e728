import { Controller, Get, Param } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { longDate, timeRange } from '../credentials/dates.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page } from '../web/answer.js';
import { Id } from '../web/id.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { Agreements } from './agreements.service.js';
import { type NamedWeek, Rota } from './rota.service.js';
import { SlotPages } from './slot-pages.service.js';
import { StintPages } from './stint-pages.service.js';
import { slotTags, stintTag } from './words.js';

/** The rota as the whole team reads it. */
@Controller('team/:account')
@Allow('reviewer', 'organiser', 'approver', 'keeper')
export class RotaController {
  constructor(
    private readonly accounts: Accounts,
    private readonly rota: Rota,
    private readonly agreements: Agreements,
    private readonly slotPages: SlotPages,
    private readonly stintPages: StintPages,
  ) {}

  @Get('rota')
  async list(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const weeks = await this.rota.weeks(account);
    const roles = rolesOn(who, account.slug);
    return page('rota/pages/rota.njk', {
      title: 'Rota',
      account,
      navigation: teamNavigation(account.slug, 'Rota'),
      weeks: weeks.map((week) => lineOf(account, week)),
      problems: weeks.filter((week) => week.problems.length > 0).length,
      hasAgreement: (await this.agreements.current(account.id)) !== null,
      mayOrganise: roles.includes('organiser'),
      mayKeep: roles.includes('keeper'),
    });
  }

  @Get('slots/:id')
  async slot(@Param('account') slug: string, @Id() id: string, @Who() who: Principal): Promise<Page> {
    return this.slotPages.show(await this.accounts.bySlug(slug), id, who);
  }

  @Get('stints/:id')
  async stint(@Param('account') slug: string, @Id() id: string, @Who() who: Principal): Promise<Page> {
    return this.stintPages.show(await this.accounts.bySlug(slug), id, who);
  }
}

function lineOf(account: Account, week: NamedWeek) {
  return {
    slotId: week.slotId,
    starts: longDate(account.zone, week.startsAt),
    dates: timeRange(account.zone, week),
    tag: slotTags[week.state],
    state: week.state,
    reason: week.reason,
    problems: week.problems,
    people: week.stints.map((stint) => ({ id: stint.id, name: stint.personName, tag: stintTag(stint) })),
  };
}
