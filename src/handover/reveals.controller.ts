import { Controller, Get, Header, Param, Post } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { CannotOpen, type Grantee, Reveals } from '../credentials/reveals.service.js';
import { NotAllowed } from '../platform/errors.js';
import { Log } from '../platform/log.service.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { Limited } from '../web/limits.guard.js';
import type { LimitName } from '../web/limits.js';
import { Limits } from '../web/limits.service.js';
import type { Principal } from '../web/principal.js';
import { CuratorCredentials } from './curator-credentials.service.js';

/** Where the curator of the moment sees the account's password, once, and codes for its second factor. */
@Controller(':account/credentials')
@Allow('person')
export class RevealsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly curator: CuratorCredentials,
    private readonly reveals: Reveals,
    private readonly limits: Limits,
    private readonly log: Log,
  ) {}

  @Get()
  async show(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    return this.page(account, who);
  }

  /** What will happen, before it does. */
  @Get('password')
  async before(@Param('account') slug: string, @Who() who: Principal): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const { password } = await this.curator.view(account, await this.curator.grantee(account, who.personId));
    if (!password.open) return redirect(`/${account.slug}/credentials`);
    return page('handover/pages/reveal.njk', { title: `See the password of @${account.handle}`, account });
  }

  @Post('reveals')
  @Limited('reveal')
  @Header('referrer-policy', 'no-referrer')
  async reveal(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    return this.showing(account, who, 'reveal', async (grantee) => {
      const { password } = await this.reveals.open(account, grantee);
      if (password === null) return this.page(account, who, 409);
      return page('handover/pages/revealed.njk', { title: `The password of @${account.handle}`, account, password });
    });
  }

  @Post('codes')
  @Limited('code')
  @Header('referrer-policy', 'no-referrer')
  async code(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    return this.showing(account, who, 'code', async (grantee) => {
      const shown = await this.reveals.code(account, grantee);
      return page('handover/pages/code.njk', { title: `A code for @${account.handle}`, account, ...shown });
    });
  }

  /** Whoever asks without having the account counts as a stranger; what could not be opened was not asked for. */
  private async showing(
    account: Account,
    who: Principal,
    limit: LimitName,
    work: (grantee: Grantee) => Promise<Page>,
  ): Promise<Page> {
    try {
      return await work(await this.curator.grantee(account, who.personId));
    } catch (error) {
      if (error instanceof NotAllowed) await this.limits.stranger();
      if (!(error instanceof CannotOpen)) throw error;
      this.log.error({ account: account.id, error }, 'a sealed value could not be opened; nothing was used up');
      await this.limits.giveBack(limit, who.personId);
      return page('handover/pages/cannot-open.njk', { title: 'It could not be opened', account }, 500);
    }
  }

  private async page(account: Account, who: Principal, status = 200): Promise<Page> {
    const view = await this.curator.view(account, await this.curator.grantee(account, who.personId));
    const title = `Password of @${account.handle}`;
    return page('handover/pages/curator-credentials.njk', { title, account, ...view }, status);
  }
}
