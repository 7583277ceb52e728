import { Controller, Get, Param, Query } from '@nestjs/common';
import { Accounts } from '../../credentials/accounts.service.js';
import { NotFound } from '../../platform/errors.js';
import { Allow } from '../../web/allow.js';
import { type Page, page } from '../../web/answer.js';
import { teamNavigation } from '../../web/team-navigation.js';
import { InboxPages } from './inbox-pages.service.js';

/** The same inbox for organisers, who only read it: whoever is on duty speaks as the account. */
@Controller('team/:account/mentions')
@Allow('organiser')
export class TeamMentionsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly pages: InboxPages,
  ) {}

  @Get()
  async list(@Param('account') slug: string, @Query('before') before?: string): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    if (account.connection !== 'api') throw new NotFound('This account has no inbox: it is not connected to X.');
    const which = { before: before && /^\d{1,19}$/.test(before) ? before : null, hidden: false };
    const data = await this.pages.of(account, null, which);
    const more = { title: `Mentions of @${account.handle}`, navigation: teamNavigation(account.slug, 'More') };
    return page('desk/pages/team-mentions.njk', { ...more, ...data });
  }
}
