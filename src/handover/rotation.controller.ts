import { Body, Controller, Get, Header, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { CredentialPages } from './credential-pages.service.js';
import { clicksToChange } from './credentials-view.js';
import { Rotations } from './rotations.service.js';

const confirmation = z.object({ secret: z.uuid('Make a new password first') });
const letting = z.object({
  reason: z.string().trim().min(1, 'Say why the password is not changed').max(500, 'Use 500 characters or fewer'),
});

/** Changing the password of an account: Baton makes it, a keeper puts it in at the network and says so. */
@Controller('team/:account/credentials/rotation')
@Allow('keeper')
export class RotationController {
  constructor(
    private readonly accounts: Accounts,
    private readonly rotations: Rotations,
    private readonly pages: CredentialPages,
  ) {}

  @Get()
  async show(@Param('account') slug: string): Promise<Page> {
    return this.page(await this.accounts.bySlug(slug), {});
  }

  /** Shows the new password in this one answer, and never again. */
  @Post('passwords')
  @Header('referrer-policy', 'no-referrer')
  async make(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const password = await this.rotations.propose(account, who.personId);
    return this.page(account, { title: 'The new password', password });
  }

  @Post('confirmations')
  async confirm(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal) {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(confirmation, body);
    if (!posted.ok) return this.page(account, { errors: posted.errors }, 422);
    await this.rotations.confirm(account, posted.data.secret, who.personId);
    return back(account);
  }

  @Post('overrides')
  async override(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal) {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(letting, body);
    if (!posted.ok) return this.page(account, { ...posted }, 422);
    await this.rotations.override(account, who.personId, posted.data.reason);
    return redirect(`/team/${account.slug}/credentials/rotation`);
  }

  private async page(account: Account, more: object, status = 200): Promise<Page> {
    const data = {
      title: `Change the password of @${account.handle}`,
      account,
      navigation: teamNavigation(account.slug, 'More'),
      clicks: clicksToChange(account.handle),
      ...(await this.pages.rotation(account)),
    };
    return page('handover/pages/rotation.njk', { ...data, ...more }, status);
  }
}

const back = (account: Account): Redirect => redirect(`/team/${account.slug}/credentials`);
