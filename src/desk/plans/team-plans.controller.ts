import { Controller, Get, Param } from '@nestjs/common';
import { Accounts } from '../../credentials/accounts.service.js';
import { dateAndTime, timeRange } from '../../credentials/dates.js';
import { Allow } from '../../web/allow.js';
import { type Page, page } from '../../web/answer.js';
import { teamNavigation } from '../../web/team-navigation.js';
import { Plans } from './plans.service.js';

/** What curators plan for the turns that run or come, for organisers to read. */
@Controller('team/:account/plans')
@Allow('organiser')
export class TeamPlansController {
  constructor(
    private readonly accounts: Accounts,
    private readonly plans: Plans,
  ) {}

  @Get()
  async list(@Param('account') slug: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const coming = await this.plans.coming(account.id);
    return page('desk/pages/team-plans.njk', {
      title: 'Plans of the coming turns',
      account,
      navigation: teamNavigation(account.slug, 'More'),
      coming: coming.map((each) => ({
        ...each,
        turn: timeRange(account.zone, each),
        saved: each.savedAt && dateAndTime(account.zone, each.savedAt),
      })),
    });
  }
}
