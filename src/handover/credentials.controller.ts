import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { HandOver } from '../credentials/hand-over.service.js';
import { sealedPolicy } from '../credentials/sealed-policy.js';
import { seedOf } from '../credentials/totp.js';
import { Invalid } from '../platform/errors.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { formErrors, readForm } from '../web/form.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { CredentialPages } from './credential-pages.service.js';
import { Rotations } from './rotations.service.js';

const choice = z.object({
  handOverBy: z.enum(['desk', 'delegate', 'checklist', 'sealed'], 'Choose how the account is handed over'),
});
const acceptance = z.object({ accept: z.literal('yes', 'Tick the box to accept, or go back') });
const given = z
  .object({
    password: z
      .string()
      .max(200, 'Use 200 characters or fewer')
      .refine((text) => text === '' || text.length >= 8, 'Enter the whole password: X wants 8 characters or more')
      .default(''),
    totp: z
      .string()
      .trim()
      .max(500, 'Enter the seed that X shows below its QR code')
      .transform((text) => (text === '' ? '' : (seedOf(text) ?? 'unreadable')))
      .refine((seed) => seed !== 'unreadable', 'Enter the seed that X shows below its QR code')
      .default(''),
  })
  .refine(({ password, totp }) => password || totp, {
    path: ['password'],
    message: 'Enter a password, a seed for codes, or both',
  });

/** How an account is handed over and what is kept for it; for keepers alone. What is typed in is never shown again. */
@Controller('team/:account/credentials')
@Allow('keeper')
export class CredentialsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly handOver: HandOver,
    private readonly rotations: Rotations,
    private readonly pages: CredentialPages,
  ) {}

  @Get()
  async show(@Param('account') slug: string): Promise<Page> {
    return this.page(await this.accounts.bySlug(slug), {});
  }

  @Post('ways')
  async choose(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(choice, body);
    if (!posted.ok) return this.page(account, { errors: posted.errors }, 422);
    const sealed = posted.data.handOverBy === 'sealed';
    if (sealed && (await this.handOver.needsPolicy(account)))
      return redirect(`/team/${account.slug}/credentials/policy`);
    return this.answering(account, () => this.handOver.choose(account, posted.data.handOverBy, who.personId));
  }

  @Get('policy')
  async policy(@Param('account') slug: string): Promise<Page> {
    return this.policyPage(await this.accounts.bySlug(slug), {});
  }

  @Post('policy/acceptances')
  async accept(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(acceptance, body);
    if (!posted.ok) return this.policyPage(account, { errors: posted.errors }, 422);
    await this.handOver.accept(account, who.personId);
    return redirect(`/team/${account.slug}/credentials`);
  }

  @Post('secrets')
  async put(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(given, body);
    if (!posted.ok) return this.page(account, { errors: posted.errors }, 422);
    return this.answering(account, () => this.rotations.put(account, posted.data, who.personId));
  }

  @Post('removals')
  async destroy(@Param('account') slug: string, @Who() who: Principal): Promise<Redirect> {
    const account = await this.accounts.bySlug(slug);
    await this.rotations.destroy(account, who.personId);
    return redirect(`/team/${account.slug}/credentials`);
  }

  private async answering(account: Account, work: () => Promise<void>): Promise<Page | Redirect> {
    try {
      await work();
      return redirect(`/team/${account.slug}/credentials`);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return this.page(account, { errors: formErrors(Object.entries(error.fields)) }, 422);
    }
  }

  private async page(account: Account, more: object, status = 200): Promise<Page> {
    const { acceptance: accepted, ...state } = await this.pages.state(account);
    const data = {
      title: 'Credentials',
      account,
      navigation: teamNavigation(account.slug, 'More'),
      needsPolicy: account.network === 'x' && !accepted,
      accepted,
      ...state,
    };
    return page('handover/pages/credentials.njk', { ...data, ...more }, status);
  }

  private async policyPage(account: Account, more: object, status = 200): Promise<Page> {
    const data = {
      title: 'Keeping a password of an X account',
      account,
      navigation: teamNavigation(account.slug, 'More'),
      policy: sealedPolicy,
      accepted: await this.pages.acceptance(account),
    };
    return page('handover/pages/sealed-policy.njk', { ...data, ...more }, status);
  }
}
