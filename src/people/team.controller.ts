import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Accounts } from '../credentials/accounts.service.js';
import { NotFound } from '../platform/errors.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { Team } from './team.service.js';

const role = z.enum(['reviewer', 'organiser', 'approver', 'keeper'], 'Select what they may do');
const EMAIL = 'Enter an email address in the correct format, like name@example.com';

const giving = z.object({
  name: z.string().trim().min(1, 'Enter their full name').max(100, 'Use 100 characters or fewer'),
  email: z.string().trim().max(200, EMAIL).pipe(z.email(EMAIL)),
  role,
});

/** The people who run an account; keepers change who they are. */
@Controller('team/:account/people')
@Allow('reviewer', 'organiser', 'approver', 'keeper')
export class TeamController {
  constructor(
    private readonly accounts: Accounts,
    private readonly team: Team,
  ) {}

  @Get()
  list(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    return this.page(slug, who, {}, 200);
  }

  @Post()
  @Allow('keeper')
  async give(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const posted = readForm(giving, body);
    if (!posted.ok) return this.page(slug, who, posted, 422);
    const account = await this.accounts.bySlug(slug);
    await this.team.give(account, who.personId, posted.data);
    return redirect(`/team/${account.slug}/people`);
  }

  @Post(':id/roles/:role/removals')
  @Allow('keeper')
  async take(
    @Param('account') slug: string,
    @Id() id: string,
    @Param('role') taken: string,
    @Who() who: Principal,
  ): Promise<Redirect> {
    const parsed = role.safeParse(taken);
    if (!parsed.success) throw new NotFound('There is no such role.');
    const account = await this.accounts.bySlug(slug);
    await this.team.take(account, who.personId, id, parsed.data);
    return redirect(`/team/${account.slug}/people`);
  }

  private async page(slug: string, who: Principal, more: object, status: number): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const keeper = who.roles.some((held) => held.slug === account.slug && held.role === 'keeper');
    const members = await this.team.members(account.id);
    const missing = !members.some((member) => member.roles.includes('approver'));
    const data = {
      title: 'People',
      account,
      navigation: teamNavigation(account.slug, 'More'),
      members,
      keeper,
      missing,
    };
    return page('people/pages/team.njk', { ...data, ...more }, status);
  }
}
