import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { Allow, Who } from '../../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../../web/answer.js';
import { readForm } from '../../web/form.js';
import type { Principal } from '../../web/principal.js';
import { Desk } from '../desk.service.js';
import { DeskPages } from '../desk-pages.service.js';
import { isOnDuty } from '../on-duty.js';
import { Notes } from './notes.service.js';
import { notesView } from './notes-view.js';

const LONGEST = 2_000;

const form = z.object({
  text: z
    .string()
    .default('')
    .transform((text) => text.replace(/\r\n/g, '\n').trim())
    .refine((text) => text.length <= LONGEST, `Keep your notes under ${LONGEST} characters`),
});

/** Notes of the person on duty for the next curator, and those of the one before. */
@Controller(':account/desk/notes')
@Allow('person')
export class NotesController {
  constructor(
    private readonly desks: DeskPages,
    private readonly desk: Desk,
    private readonly notes: Notes,
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
    await this.notes.keep(account, turn, who.personId, posted.data.text);
    return redirect(`/${account.slug}/desk/notes?kept=yes`);
  }

  private async page(slug: string, who: Principal, more: object, status = 200): Promise<Page> {
    const { account, turn } = await this.desks.sit(slug, who);
    const [own, former, answer] = await Promise.all([
      this.notes.of(turn),
      this.notes.before(account, turn),
      this.desk.ask(account, turn),
    ]);
    const data = {
      title: 'Notes between curators',
      account,
      mayWrite: isOnDuty(answer),
      own: own && notesView(own, account.zone),
      former: former && notesView(former, account.zone),
      values: { text: own?.text ?? '' },
    };
    return page('desk/pages/notes.njk', { ...data, ...more }, status);
  }
}
