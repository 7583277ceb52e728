import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { dateAndTime } from '../credentials/dates.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { Agreements } from './agreements.service.js';
import { paragraphs } from './offer-page.js';
import type { Again } from './slot-pages.service.js';

const publishing = z.object({
  text: z.string().trim().min(1, 'Enter the text of the agreement').max(20_000, 'Keep it to 20,000 characters'),
});

/** What curators agree to: read by the whole team, published by keepers. */
@Controller('team/:account/agreement')
export class AgreementController {
  constructor(
    private readonly accounts: Accounts,
    private readonly agreements: Agreements,
  ) {}

  @Get()
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async read(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    return this.show(await this.accounts.bySlug(slug), who);
  }

  @Post()
  @Allow('keeper')
  async publish(
    @Param('account') slug: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(publishing, body);
    if (!posted.ok) return this.show(account, who, posted);
    await this.agreements.publish(account.id, posted.data.text, who.personId);
    return redirect(`/team/${account.slug}/agreement`);
  }

  private async show(account: Account, who: Principal, again: Again = {}): Promise<Page> {
    const all = await this.agreements.all(account.id);
    const versions = all.map((each) => ({
      version: each.version,
      published: dateAndTime(account.zone, each.publishedAt),
      paragraphs: paragraphs(each.text),
      text: each.text,
    }));
    const data = {
      title: 'Agreement with curators',
      account,
      navigation: teamNavigation(account.slug, 'Rota'),
      versions,
      mayPublish: rolesOn(who, account.slug).includes('keeper'),
      ...again,
    };
    return page('rota/pages/agreement.njk', data, again.errors ? 422 : 200);
  }
}
