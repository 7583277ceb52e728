import { Controller, Get, Param } from '@nestjs/common';
import { Accounts } from '../credentials/accounts.service.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page } from '../web/answer.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { HandoverEvents } from './handover-events.service.js';
import { HandoverPages } from './handover-pages.service.js';
import { Tasks } from './tasks.service.js';

/** The handovers of an account: what comes, how it stands with each, and how late those that are over began. */
@Controller('team/:account/handovers')
export class HandoversController {
  constructor(
    private readonly accounts: Accounts,
    private readonly pages: HandoverPages,
    private readonly tasks: Tasks,
    private readonly events: HandoverEvents,
  ) {}

  @Get()
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async list(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    return page('handover/pages/handovers.njk', {
      title: 'Handovers',
      account,
      navigation: teamNavigation(slug, 'Handovers'),
      tasks: (await this.tasks.of(account.id)).length,
      keeps: rolesOn(who, slug).includes('keeper'),
      ...(await this.pages.list(account)),
    });
  }

  @Get(':id')
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async one(@Param('account') slug: string, @Param('id') id: string, @Who() who: Principal): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const acts = rolesOn(who, slug).some((role) => role === 'organiser' || role === 'keeper');
    // Read first: what changes while the page is made is then told as a change.
    const mark = await this.events.markOf(id).catch(() => '');
    const handover = await this.pages.one(account, id, acts);
    return page('handover/pages/handover.njk', {
      title: handover.what,
      account,
      navigation: teamNavigation(slug, 'Handovers'),
      acts,
      mark,
      keeps: rolesOn(who, slug).includes('keeper'),
      ...handover,
    });
  }
}
