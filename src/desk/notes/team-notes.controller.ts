import { Controller, Get, Param } from '@nestjs/common';
import { Accounts } from '../../credentials/accounts.service.js';
import { Allow } from '../../web/allow.js';
import { type Page, page } from '../../web/answer.js';
import { teamNavigation } from '../../web/team-navigation.js';
import { Notes } from './notes.service.js';
import { notesView } from './notes-view.js';

/** What curators wrote for each other, for organisers to read. */
@Controller('team/:account/notes')
@Allow('organiser')
export class TeamNotesController {
  constructor(
    private readonly accounts: Accounts,
    private readonly notes: Notes,
  ) {}

  @Get()
  async list(@Param('account') slug: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const latest = await this.notes.latest(account.id);
    return page('desk/pages/team-notes.njk', {
      title: 'Notes between curators',
      account,
      navigation: teamNavigation(account.slug, 'More'),
      latest: latest.map((each) => notesView(each, account.zone)),
    });
  }
}
