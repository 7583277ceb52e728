import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { dateAndTime } from '../credentials/dates.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { AccountHolds } from './account-holds.service.js';
import { Panic } from './panic.service.js';

const calling = z.object({ words: z.string().trim().max(1000, 'Keep it to 1,000 characters').default('') });

/** A curator's button for when something is wrong: one press tells the team, a second pauses the account. */
@Controller('me/stints/:id/help')
@Allow('person')
export class PanicController {
  constructor(
    private readonly panic: Panic,
    private readonly holds: AccountHolds,
  ) {}

  @Get()
  look(@Id() id: string, @Who() who: Principal, @Query('told') told?: string): Promise<Page> {
    return this.show(id, who, { told: told === 'yes' });
  }

  @Post()
  async call(
    @Id() id: string,
    @Who() { personId, ...who }: Principal,
    @Body() body: unknown,
  ): Promise<Page | Redirect> {
    const posted = readForm(calling, body);
    if (!posted.ok) return this.show(id, { ...who, personId }, posted);
    await this.panic.call(id, personId, posted.data.words);
    return redirect(`/me/stints/${id}/help?told=yes`);
  }

  @Post('pause')
  async pause(@Id() id: string, @Who() { personId }: Principal): Promise<Redirect> {
    await this.panic.pause(id, personId);
    return redirect(`/me/stints/${id}/help?told=yes`);
  }

  private async show(id: string, { personId }: Principal, more: { told?: boolean; errors?: unknown }): Promise<Page> {
    const { stint, account } = await this.panic.own(id, personId);
    const standing = await this.holds.standing(account.id);
    const data = {
      title: more.told ? 'The team has been told' : 'Something is wrong',
      account,
      stint,
      standing: standing && { ...standing, since: dateAndTime(account.zone, standing.startsAt, { zone: true }) },
      mayPause: !standing && stint.state === 'active',
      ...more,
    };
    return page('handover/pages/panic.njk', data, more.errors ? 422 : 200);
  }
}
