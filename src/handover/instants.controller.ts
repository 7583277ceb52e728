import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Accounts } from '../credentials/accounts.service.js';
import { Invalid } from '../platform/errors.js';
import { aReason, readWhen } from '../rota/forms.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { type FormErrors, formErrors, readForm } from '../web/form.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { HandoverPages } from './handover-pages.service.js';
import { Instants } from './instants.service.js';

interface Again {
  errors?: FormErrors;
  values?: Record<string, unknown>;
}

const text = z.string().catch('');
const moving = z.object({
  when: z.enum(['now', 'at'], 'Choose when it runs'),
  'at-day': text,
  'at-month': text,
  'at-year': text,
  'at-time': text,
  reason: aReason('Say why it runs early or late'),
});

/** Running a handover early or late, behind a page that says what that changes. */
@Controller('team/:account/handovers/:id/instant')
@Allow('organiser')
export class InstantsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly pages: HandoverPages,
    private readonly instants: Instants,
  ) {}

  @Get()
  async ask(@Param('account') slug: string, @Id() id: string): Promise<Page> {
    return this.page(slug, id);
  }

  @Post()
  async move(
    @Param('account') slug: string,
    @Id() id: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const account = await this.accounts.bySlug(slug);
    const posted = readForm(moving, body);
    if (!posted.ok) return this.page(slug, id, posted);
    const to = posted.data.when === 'now' ? null : instantIn(account.zone, posted.data);
    if (to === undefined) return this.page(slug, id, wrong('Enter a date and a time, such as 18:00', posted.values));
    try {
      await this.instants.move(account, id, to, posted.data.reason, who.personId);
    } catch (error) {
      if (error instanceof Invalid) return this.page(slug, id, wrong(error.message, posted.values));
      throw error;
    }
    return redirect(`/team/${slug}/handovers`);
  }

  private async page(slug: string, id: string, again: Again = {}): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const { what, when } = await this.pages.one(account, id, false);
    const data = { title: 'Run this handover early or late', account, id, what, when };
    const navigation = teamNavigation(slug, 'Handovers');
    return page('handover/pages/instant.njk', { ...data, navigation, ...again }, again.errors ? 422 : 200);
  }
}

function instantIn(zone: string, given: z.output<typeof moving>): Date | undefined {
  const { 'at-day': day, 'at-month': month, 'at-year': year, 'at-time': time } = given;
  return readWhen(zone, { day, month, year, time }) ?? undefined;
}

const wrong = (sentence: string, values: Record<string, unknown>): Again => ({
  errors: formErrors([['when', sentence]]),
  values,
});
