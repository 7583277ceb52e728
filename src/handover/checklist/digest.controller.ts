import { Controller, Get, Param, Post } from '@nestjs/common';
import { Accounts } from '../../credentials/accounts.service.js';
import { Allow, Who } from '../../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../../web/answer.js';
import type { Principal } from '../../web/principal.js';
import { teamNavigation } from '../../web/team-navigation.js';
import { Digest } from './digest.service.js';

/** Whether somebody who runs an account gets its daily digest. */
@Controller('team/:account/digest')
@Allow('organiser', 'keeper')
export class DigestController {
  constructor(
    private readonly accounts: Accounts,
    private readonly digest: Digest,
  ) {}

  @Get()
  async look(@Param('account') slug: string, @Who() { personId }: Principal): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    return page('handover/pages/digest.njk', {
      title: 'The daily digest',
      account,
      navigation: teamNavigation(slug, 'Handovers'),
      refused: await this.digest.refused(account.id, personId),
    });
  }

  @Post('refused')
  async refuse(@Param('account') slug: string, @Who() { personId }: Principal): Promise<Redirect> {
    await this.digest.refuse((await this.accounts.bySlug(slug)).id, personId);
    return redirect(`/team/${slug}/digest`);
  }

  @Post('wanted')
  async want(@Param('account') slug: string, @Who() { personId }: Principal): Promise<Redirect> {
    await this.digest.want((await this.accounts.bySlug(slug)).id, personId);
    return redirect(`/team/${slug}/digest`);
  }
}
