import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Accounts } from '../credentials/accounts.service.js';
import { aReason } from '../rota/forms.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { BadDayPages } from './bad-day-pages.service.js';
import { EarlyEnds } from './early-ends.service.js';
import { Replacements } from './replacements.service.js';

const ending = z.object({ reason: aReason('Say why') });
const replacing = z.object({
  applicationId: z.uuid('Choose who stands in'),
  way: z.enum(['offer', 'at-once']).default('offer'),
  reason: aReason('Say why'),
});

/** The acts on one turn: cutting it short, a no-show, giving it back, replacing. */
@Controller('team/:account/bad-day/:id')
@Allow('organiser', 'keeper')
export class EarlyEndController {
  constructor(
    private readonly accounts: Accounts,
    private readonly ends: EarlyEnds,
    private readonly replacements: Replacements,
    private readonly pages: BadDayPages,
  ) {}

  @Get('cut-short')
  async askCut(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    return this.pages.askTurn(await this.accounts.bySlug(slug), 'cut-short', id);
  }

  @Post('cut-short')
  cut(@Param('account') slug: string, @Id() id: string, @Body() body: unknown, @Who() who: Principal) {
    return this.act(slug, 'cut-short', id, body, who);
  }

  @Get('no-show')
  async askNoShow(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    return this.pages.askTurn(await this.accounts.bySlug(slug), 'no-show', id);
  }

  @Post('no-show')
  noShow(@Param('account') slug: string, @Id() id: string, @Body() body: unknown, @Who() who: Principal) {
    return this.act(slug, 'no-show', id, body, who);
  }

  @Get('reinstate')
  async askReinstate(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    return this.pages.askTurn(await this.accounts.bySlug(slug), 'reinstate', id);
  }

  @Post('reinstate')
  reinstate(@Param('account') slug: string, @Id() id: string, @Body() body: unknown, @Who() who: Principal) {
    return this.act(slug, 'reinstate', id, body, who);
  }

  @Get('replace')
  @Allow('organiser')
  async askReplace(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    return this.pages.askTurn(await this.accounts.bySlug(slug), 'replace', id);
  }

  @Post('replace')
  @Allow('organiser')
  async replace(
    @Param('account') slug: string,
    @Id() stintId: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(replacing, body);
    if (!posted.ok) return this.pages.askTurn(account, 'replace', stintId, posted);
    const made = await this.replacements.replace(account, { ...posted.data, stintId }, who.personId);
    return redirect(`/team/${account.slug}/stints/${made}`);
  }

  private async act(
    slug: string,
    act: 'cut-short' | 'no-show' | 'reinstate',
    id: string,
    body: unknown,
    who: Principal,
  ): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(ending, body);
    if (!posted.ok) return this.pages.askTurn(account, act, id, posted);
    const { reason } = posted.data;
    if (act === 'reinstate') await this.ends.reinstate(account, id, reason, who.personId);
    else await this.ends.end(account, id, act, reason, who.personId);
    return redirect(`/team/${account.slug}/bad-day`);
  }
}
