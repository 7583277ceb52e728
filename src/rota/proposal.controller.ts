import { Body, Controller, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Accounts } from '../credentials/accounts.service.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { aReason } from './forms.js';
import { Proposals } from './proposals.service.js';
import { SlotPages } from './slot-pages.service.js';
import { Slots } from './slots.service.js';
import { StintPages } from './stint-pages.service.js';

const proposing = z.object({
  applicationId: z.uuid('Choose a person'),
  seat: z.coerce.number().int(),
});
const breaking = z.object({ breakReason: aReason('Say why there is a break') });
const returning = z.object({ reason: aReason('Say why you return it') });

/** Proposing people, deciding on proposals, marking breaks. */
@Controller('team/:account')
export class ProposalController {
  constructor(
    private readonly accounts: Accounts,
    private readonly proposals: Proposals,
    private readonly slots: Slots,
    private readonly slotPages: SlotPages,
    private readonly stintPages: StintPages,
  ) {}

  @Post('slots/:id/proposals')
  @Allow('organiser')
  async propose(
    @Param('account') slug: string,
    @Id() slotId: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(proposing, body);
    if (!posted.ok) return this.slotPages.show(account, slotId, who, posted);
    const id = await this.proposals.propose(account, { slotId, ...posted.data }, who.personId);
    return redirect(`/team/${account.slug}/stints/${id}`);
  }

  @Post('slots/:id/breaks')
  @Allow('organiser')
  async markBreak(
    @Param('account') slug: string,
    @Id() id: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(breaking, body);
    if (!posted.ok) return this.slotPages.show(account, id, who, posted);
    await this.slots.markBreak(account.id, id, posted.data.breakReason, who.personId);
    return redirect(`/team/${account.slug}/slots/${id}`);
  }

  @Post('slots/:id/breaks/end')
  @Allow('organiser')
  async endBreak(@Param('account') slug: string, @Id() id: string, @Who() who: Principal): Promise<Redirect> {
    const account = await this.accounts.bySlug(slug);
    await this.slots.endBreak(account.id, id, who.personId);
    return redirect(`/team/${account.slug}/slots/${id}`);
  }

  @Post('stints/:id/approvals')
  @Allow('approver')
  async approve(@Param('account') slug: string, @Id() id: string, @Who() who: Principal): Promise<Redirect> {
    const account = await this.accounts.bySlug(slug);
    await this.proposals.approve(account, id, who.personId);
    return redirect(`/team/${account.slug}/stints/${id}`);
  }

  @Post('stints/:id/returns')
  @Allow('approver')
  async return(
    @Param('account') slug: string,
    @Id() id: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(returning, body);
    if (!posted.ok) return this.stintPages.show(account, id, who, posted);
    await this.proposals.return(account, id, posted.data.reason, who.personId);
    return redirect(`/team/${account.slug}/stints/${id}`);
  }
}
