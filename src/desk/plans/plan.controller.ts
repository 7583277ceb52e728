import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { dateAndTime, timeRange } from '../../credentials/dates.js';
import { Allow, Who } from '../../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../../web/answer.js';
import { readForm } from '../../web/form.js';
import type { Principal } from '../../web/principal.js';
import { DeskPages } from '../desk-pages.service.js';
import { DeskSettings } from '../desk-settings.service.js';
import { Plans } from './plans.service.js';

const LONGEST = 5_000;

const form = z.object({
  text: z
    .string()
    .default('')
    .transform((text) => text.replace(/\r\n/g, '\n').trim())
    .refine((text) => text.length <= LONGEST, `Keep your plan under ${LONGEST.toLocaleString('en-GB')} characters`),
});

/** What a curator plans for their turn, for themselves and the team. */
@Controller(':account/desk/plan')
@Allow('person')
export class PlanController {
  constructor(
    private readonly desks: DeskPages,
    private readonly settings: DeskSettings,
    private readonly plans: Plans,
  ) {}

  @Get()
  async show(@Param('account') slug: string, @Who() who: Principal, @Query('kept') kept?: string): Promise<Page> {
    return this.page(slug, who, { kept: kept === 'yes' });
  }

  @Post()
  async keep(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const posted = readForm(form, body);
    if (!posted.ok) return this.page(slug, who, posted, 422);
    const { account, turn } = await this.desks.sit(slug, who);
    await this.plans.keep(account, turn, who.personId, posted.data.text);
    return redirect(`/${account.slug}/desk/plan?kept=yes`);
  }

  private async page(slug: string, who: Principal, more: object, status = 200): Promise<Page> {
    const { account, turn } = await this.desks.sit(slug, who);
    const [plan, rules] = await Promise.all([this.plans.of(turn), this.settings.of(account.id)]);
    const data = {
      title: 'Your plan',
      account,
      turn: timeRange(account.zone, turn, { zone: true }),
      mayWrite: turn.state !== 'ended',
      asked: rules.plan,
      savedAt: plan && dateAndTime(account.zone, plan.savedAt),
      values: { text: plan?.text ?? '' },
    };
    return page('desk/pages/plan.njk', { ...data, ...more }, status);
  }
}
