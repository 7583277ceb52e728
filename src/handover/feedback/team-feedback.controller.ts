import { Controller, Get, Param } from '@nestjs/common';
import { Accounts } from '../../credentials/accounts.service.js';
import { dateAndTime, timeRange } from '../../credentials/dates.js';
import { Allow } from '../../web/allow.js';
import { type Page, page } from '../../web/answer.js';
import { teamNavigation } from '../../web/team-navigation.js';
import { Feedbacks } from './feedbacks.service.js';

/** What curators said about their turns, for those who run the account. */
@Controller('team/:account/feedback')
@Allow('organiser', 'keeper')
export class TeamFeedbackController {
  constructor(
    private readonly accounts: Accounts,
    private readonly feedbacks: Feedbacks,
  ) {}

  @Get()
  async list(@Param('account') slug: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const latest = await this.feedbacks.latest(account.id);
    return page('handover/pages/team-feedback.njk', {
      title: 'What curators said',
      account,
      navigation: teamNavigation(slug, 'More'),
      latest: latest.map((each) => ({
        ...each,
        turn: timeRange(account.zone, each),
        when: dateAndTime(account.zone, each.givenAt),
      })),
    });
  }
}
