import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Accounts } from '../credentials/accounts.service.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import type { Principal } from '../web/principal.js';
import { teamNavigation } from '../web/team-navigation.js';
import { DeskSettings } from './desk-settings.service.js';

const SECONDS = 'Enter a whole number of seconds from 0 to 120';
const MINUTES = 'Enter a whole number of minutes from 5 to 1440';
const rules = z.object({
  undoSeconds: z
    .string(SECONDS)
    .trim()
    .regex(/^\d{1,3}$/, SECONDS)
    .transform(Number)
    .refine((seconds) => seconds <= 120, SECONDS),
  approval: z.enum(['off', 'first-day', 'always'], 'Choose whose posts wait'),
  approvalMinutes: z
    .string(MINUTES)
    .trim()
    .regex(/^\d{1,4}$/, MINUTES)
    .transform(Number)
    .refine((minutes) => minutes >= 5 && minutes <= 1440, MINUTES),
  plan: z.string().trim().max(5_000, 'Keep the plan under 5,000 characters').default(''),
});

/** How the desk of an account is run: for its organisers and keepers. */
@Controller('team/:account/desk')
@Allow('organiser', 'keeper')
export class DeskSettingsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly settings: DeskSettings,
  ) {}

  @Get()
  async show(@Param('account') slug: string, @Query('saved') saved?: string): Promise<Page> {
    return this.page(slug, { saved: saved === 'yes' });
  }

  @Post()
  async change(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const posted = readForm(rules, body);
    if (!posted.ok) return this.page(slug, posted, 422);
    const account = await this.accounts.bySlug(slug);
    await this.settings.change(account.id, posted.data, who.personId);
    return redirect(`/team/${account.slug}/desk?saved=yes`);
  }

  private async page(slug: string, more: object, status = 200): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const values = await this.settings.of(account.id);
    const data = { title: 'The desk', account, navigation: teamNavigation(account.slug, 'Messages'), values };
    return page('desk/pages/settings.njk', { ...data, ...more }, status);
  }
}
