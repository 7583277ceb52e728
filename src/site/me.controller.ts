import { Controller, Get } from '@nestjs/common';
import { Accounts } from '../credentials/accounts.service.js';
import { timeRange } from '../credentials/dates.js';
import { Checklists } from '../handover/checklist/checklists.service.js';
import { Db } from '../platform/database.service.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page } from '../web/answer.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { Turns } from './turns.service.js';

const TURN_TAGS: Record<string, { words: string; colour: string }> = {
  offered: { words: 'Offered: please answer', colour: 'yellow' },
  confirmed: { words: 'Confirmed', colour: 'blue' },
  active: { words: 'On now', colour: 'green' },
  ended: { words: 'Ended', colour: 'grey' },
};

const APPLICATION_WORDS: Record<string, string> = {
  unverified: 'Waiting for your email to be confirmed',
  waiting: 'Being read',
  'on-hold': 'On hold',
  accepted: 'Accepted',
  declined: 'Not taken up',
  withdrawn: 'Withdrawn',
};

/** A person's own page: applications, turns, the accounts they help to run. */
@Controller('me')
export class MeController {
  constructor(
    private readonly accounts: Accounts,
    private readonly turns: Turns,
    private readonly checklists: Checklists,
    private readonly db: Db,
  ) {}

  @Get()
  @Allow('person')
  async show(@Who() who: Principal): Promise<Page> {
    const [accounts, turns, applications, now] = await Promise.all([
      this.accounts.all(),
      this.turns.of(who.personId),
      this.turns.applicationsOf(who.personId),
      this.db.now(),
    ]);
    const checklists = await this.checklists.openOf(who.personId, now);
    return page('site/pages/me.njk', {
      title: who.name,
      turns: turns.map((turn) => ({
        ...turn,
        ...TURN_TAGS[turn.state],
        span: timeRange(turn.zone, turn),
        checklist: checklists.get(turn.stintId),
      })),
      applications: applications.map((each) => ({ ...each, words: APPLICATION_WORDS[each.state] ?? each.state })),
      teams: accounts.filter(({ slug }) => rolesOn(who, slug).length > 0),
    });
  }
}
