import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Networks } from '../networks/networks.service.js';
import { Conflict, Invalid } from '../platform/errors.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { type FormErrors, formErrors, readForm } from '../web/form.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import type { Account } from './account.entity.js';
import { Accounts } from './accounts.service.js';
import { readDollars } from './budget.js';
import { ConnectionCare } from './connection-care.service.js';
import { ConnectionPages } from './connection-pages.service.js';
import { Connections } from './connections.service.js';

const key = (missing: string) => z.string(missing).trim().min(10, missing).max(200, 'This is too long for a key of X');
const keysForm = z.object({ token: key('Enter the access token'), secret: key('Enter the access token secret') });
const returnForm = z.object({ state: z.string().max(200), code: z.string().min(1).max(2000) });
const budgetForm = z.object({
  daily: z
    .string()
    .trim()
    .refine((typed) => typed === '' || readDollars(typed) !== null, 'Enter dollars like 2.50, from 0.01 to 100,000'),
});
const endForm = z.object({
  reason: z.string('Say why').trim().min(1, 'Say why').max(1000, 'Keep it to 1,000 characters'),
});

/** How an account is connected to its network: the team sees it, keepers change it. */
@Controller('team/:account/connection')
@Allow('reviewer', 'organiser', 'approver', 'keeper')
export class ConnectionController {
  constructor(
    private readonly accounts: Accounts,
    private readonly networks: Networks,
    private readonly connections: Connections,
    private readonly pages: ConnectionPages,
    private readonly care: ConnectionCare,
  ) {}

  @Get()
  async show(@Param('account') slug: string, @Who() who: Principal, @Query('done') done?: string): Promise<Page> {
    return this.page(await this.accounts.bySlug(slug), who, { done });
  }

  /** Begins at X's pages. A link, for a form may not lead to another site (Content-Security-Policy). */
  @Post('attempts')
  @Allow('keeper')
  async begin(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const link = await this.connections.begin(account, who);
    return page('credentials/pages/connection-start.njk', { ...this.frame(account, 'Connect to X'), link });
  }

  @Post('completions')
  @Allow('keeper')
  async finish(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(returnForm, body);
    if (!posted.ok) throw new Invalid('X sent no code back. Start again from the connection page.');
    const { state, code } = posted.data;
    return this.answering(account, who, 'made', 'form', () => this.connections.finish(account, who, state, code));
  }

  @Post('keys')
  @Allow('keeper')
  async useKeys(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal) {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(keysForm, body);
    if (!posted.ok) return this.page(account, who, { errors: posted.errors });
    return this.answering(account, who, 'made', 'token', () => this.connections.useKeys(account, who, posted.data));
  }

  @Get('end')
  @Allow('keeper')
  async askEnd(@Param('account') slug: string): Promise<Page> {
    return this.ending(await this.accounts.bySlug(slug));
  }

  @Post('end')
  @Allow('keeper')
  async end(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(endForm, body);
    if (!posted.ok) return this.ending(account, posted.errors);
    const revoked = await this.connections.disconnect(account, who, posted.data.reason);
    return redirect(`/team/${account.slug}/connection?done=${revoked ? 'ended' : 'ended-here'}`);
  }

  /** Asks X who we are. Posts nothing. */
  @Post('tests')
  @Allow('keeper')
  async test(@Param('account') slug: string, @Who() who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    return this.answering(account, who, 'tested', 'test', () => this.care.test(account));
  }

  @Post('budget')
  @Allow('keeper')
  async setBudget(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal) {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(budgetForm, body);
    if (!posted.ok) return this.page(account, who, posted);
    const daily = posted.data.daily === '' ? null : readDollars(posted.data.daily);
    return this.answering(account, who, 'budget', 'daily', () => this.care.setBudget(account, daily, who.personId));
  }

  @Post('credits/tries')
  @Allow('keeper')
  async tryCredits(@Param('account') slug: string, @Who() who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    return this.answering(account, who, 'tested', 'test', async () => {
      await this.care.tryAgain(account, who.personId);
      await this.care.test(account);
    });
  }

  private async answering(
    account: Account,
    who: Principal,
    done: string,
    field: string,
    work: () => Promise<void>,
  ): Promise<Page | Redirect> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Invalid || error instanceof Conflict)) throw error;
      return this.page(account, who, { errors: formErrors([[field, error.message]]) });
    }
    return redirect(`/team/${account.slug}/connection?done=${done}`);
  }

  private async page(
    account: Account,
    who: Principal,
    more: { errors?: FormErrors; values?: Record<string, unknown>; done?: string },
  ): Promise<Page> {
    const data = {
      ...this.frame(account, 'Connection to X'),
      ...(await this.pages.of(account)),
      keeper: rolesOn(who, account.slug).includes('keeper'),
      keysPossible: this.networks.for(account.network).setsProfiles,
      callback: this.connections.callback(),
      ...more,
    };
    return page('credentials/pages/connection.njk', data, more.errors ? 422 : 200);
  }

  private ending(account: Account, errors?: FormErrors): Page {
    const data = this.frame(account, `Disconnect @${account.handle}`);
    return page('credentials/pages/connection-end.njk', errors ? { ...data, errors } : data, errors ? 422 : 200);
  }

  private frame(account: Account, title: string) {
    return { title, account, navigation: teamNavigation(account.slug, 'More') };
  }
}
