import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Accounts } from '../credentials/accounts.service.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import { Id } from '../web/id.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { Delegations } from './delegations.service.js';
import type { StepName } from './steps.js';
import { Tasks } from './tasks.service.js';

const invitation = z.object({
  handle: z
    .string()
    .trim()
    .transform((handle) => handle.replace(/^@/, ''))
    .pipe(z.string().regex(/^\w{1,15}$/, 'Enter the X handle that you invited, like @example')),
});
const tick = z.object({ step: z.enum(['restore', 'thank', 'profile', 'announce']) });

/** What only people can do for an account, and their saying that it is done. */
@Controller('team/:account')
export class TasksController {
  constructor(
    private readonly accounts: Accounts,
    private readonly tasks: Tasks,
    private readonly delegations: Delegations,
  ) {}

  @Get('tasks')
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async list(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    return this.show(slug, who);
  }

  @Post('delegations/:id/invitations')
  @Allow('organiser', 'keeper')
  async invited(@Param('account') slug: string, @Id() id: string, @Who() who: Principal, @Body() body: unknown) {
    const account = await this.accounts.bySlug(slug);
    const posted = account.handOverBy === 'delegate' ? readForm(invitation, body) : null;
    if (posted && !posted.ok) return this.show(slug, who, { ...posted, failed: `invite-${id}` });
    await this.delegations.invited(account.id, id, posted?.data.handle ?? null, who.personId);
    return back(slug);
  }

  @Post('delegations/:id/removals')
  @Allow('organiser', 'keeper')
  async removed(@Param('account') slug: string, @Id() id: string, @Who() who: Principal): Promise<Redirect> {
    const account = await this.accounts.bySlug(slug);
    await this.delegations.removed(account.id, id, who.personId);
    return back(slug);
  }

  @Post('handovers/:id/ticks')
  @Allow('organiser', 'keeper')
  async ticked(@Param('account') slug: string, @Id() id: string, @Who() who: Principal, @Body() body: unknown) {
    const posted = readForm(tick, body);
    if (!posted.ok) return this.show(slug, who, posted);
    const account = await this.accounts.bySlug(slug);
    await this.tasks.tick(account.id, id, posted.data.step satisfies StepName, who.personId);
    return back(slug);
  }

  private async show(slug: string, who: Principal, posted: { errors?: unknown; failed?: string } = {}): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const data = {
      title: 'Tasks',
      account,
      navigation: teamNavigation(slug, 'Handovers'),
      tasks: await this.tasks.of(account.id),
      acts: rolesOn(who, slug).some((role) => role === 'organiser' || role === 'keeper'),
    };
    return page('handover/pages/tasks.njk', { ...data, ...posted }, posted.errors ? 422 : 200);
  }
}

const back = (slug: string) => redirect(`/team/${slug}/tasks`);
