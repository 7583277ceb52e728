import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Accounts } from '../../credentials/accounts.service.js';
import { Db } from '../../platform/database.service.js';
import { Allow, Who } from '../../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../../web/answer.js';
import { readForm } from '../../web/form.js';
import { type Principal, rolesOn } from '../../web/principal.js';
import { teamNavigation } from '../../web/team-navigation.js';
import { Checklists } from './checklists.service.js';
import { BATON_DOES } from './standard.js';
import { grouped } from './view.js';

const skipping = z.object({
  reason: z.string().trim().min(1, 'Say why it is left out').max(300, 'Keep it to 300 characters'),
});

/** What the team and the curators do around the turns of an account, and when. */
@Controller('team/:account/checklists')
export class ChecklistsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly checklists: Checklists,
    private readonly db: Db,
  ) {}

  @Get()
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async list(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    return this.show(slug, who);
  }

  @Post(':stint/:key/done')
  @Allow('organiser', 'keeper')
  async done(@Param() at: Place, @Who() who: Principal): Promise<Redirect> {
    await this.checklists.mark(await this.tick(at, who), null);
    return back(at.account);
  }

  @Post(':stint/:key/left-out')
  @Allow('organiser', 'keeper')
  async leaveOut(@Param() at: Place, @Who() who: Principal, @Body() body: unknown): Promise<Page | Redirect> {
    const posted = readForm(skipping, body);
    if (!posted.ok) return this.show(at.account, who, { ...posted, failed: `${at.stint}-${at.key}` });
    await this.checklists.mark(await this.tick(at, who), posted.data.reason);
    return back(at.account);
  }

  @Post(':stint/:key/undone')
  @Allow('organiser', 'keeper')
  async undo(@Param() at: Place, @Who() who: Principal): Promise<Redirect> {
    await this.checklists.unmark(await this.tick(at, who));
    return back(at.account);
  }

  private async tick({ account, stint, key }: Place, { personId }: Principal) {
    const { id } = await this.accounts.bySlug(account);
    return { accountId: id, stintId: stint, key, doer: 'team' as const, by: personId };
  }

  private async show(slug: string, who: Principal, posted: { errors?: unknown; failed?: string } = {}): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const data = {
      title: 'Checklists',
      account,
      navigation: teamNavigation(slug, 'Handovers'),
      groups: grouped(account, await this.checklists.of(account), await this.db.now()),
      batonDoes: BATON_DOES,
      acts: rolesOn(who, slug).some((role) => role === 'organiser' || role === 'keeper'),
    };
    return page('handover/pages/checklists.njk', { ...data, ...posted }, posted.errors ? 422 : 200);
  }
}

interface Place {
  account: string;
  stint: string;
  key: string;
}

const back = (slug: string) => redirect(`/team/${slug}/checklists`);
