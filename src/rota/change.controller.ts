import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { timeRange } from '../credentials/dates.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { Changes } from './changes.service.js';
import { aReason } from './forms.js';
import { Offers } from './offers.service.js';
import type { Again } from './slot-pages.service.js';
import { Slots } from './slots.service.js';

const moving = z.object({
  slotId: z.uuid('Choose the slot to move the turn to'),
  reason: aReason('Say why you move it'),
});
const cancelling = z.object({ reason: aReason('Say why') });

/** Moving, cancelling and offering again: each behind a page that says what it will do. */
@Controller('team/:account/stints/:id')
@Allow('organiser')
export class ChangeController {
  constructor(
    private readonly accounts: Accounts,
    private readonly changes: Changes,
    private readonly slots: Slots,
    private readonly offers: Offers,
  ) {}

  @Get('move')
  async askMove(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    return this.movePage(await this.accounts.bySlug(slug), id);
  }

  @Post('move')
  async move(
    @Param('account') slug: string,
    @Id() id: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(moving, body);
    if (!posted.ok) return this.movePage(account, id, posted);
    await this.changes.move(account, id, posted.data.slotId, posted.data.reason, who.personId);
    return redirect(`/team/${account.slug}/stints/${id}`);
  }

  @Get('cancellation')
  async askCancel(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    return this.cancelPage(await this.accounts.bySlug(slug), id);
  }

  @Post('cancellation')
  async cancel(
    @Param('account') slug: string,
    @Id() id: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(cancelling, body);
    if (!posted.ok) return this.cancelPage(account, id, posted);
    await this.changes.cancel(account, id, posted.data.reason, who.personId);
    return redirect(`/team/${account.slug}/stints/${id}`);
  }

  @Post('offers')
  async renew(@Param('account') slug: string, @Id() id: string, @Who() who: Principal): Promise<Redirect> {
    const account = await this.accounts.bySlug(slug);
    await this.offers.renew(account.id, id, who.personId);
    return redirect(`/team/${account.slug}/stints/${id}`);
  }

  private async movePage(account: Account, id: string, again: Again = {}): Promise<Page> {
    const stint = await this.changes.about(account, id, 'moved');
    const free = await this.slots.free(account.id, stint.seat);
    const data = {
      ...common(account, `Move ${stint.personName}’s turn`),
      stint,
      dates: timeRange(account.zone, stint, { zone: true }),
      slots: free.map((slot) => ({ id: slot.id, dates: timeRange(account.zone, slot) })),
      ...again,
    };
    return page('rota/pages/move.njk', data, again.errors ? 422 : 200);
  }

  private async cancelPage(account: Account, id: string, again: Again = {}): Promise<Page> {
    const stint = await this.changes.about(account, id, 'cancelled');
    const title = CANCEL_TITLES[stint.state] ?? 'Cancel this turn';
    const dates = timeRange(account.zone, stint, { zone: true });
    return page(
      'rota/pages/cancel.njk',
      { ...common(account, title), stint, dates, ...again },
      again.errors ? 422 : 200,
    );
  }
}

const CANCEL_TITLES: Record<string, string> = {
  proposed: 'Take this proposal back',
  offered: 'Withdraw this offer',
  confirmed: 'Cancel this turn',
};

function common(account: Account, title: string) {
  return { title, account, navigation: teamNavigation(account.slug, 'Rota') };
}
