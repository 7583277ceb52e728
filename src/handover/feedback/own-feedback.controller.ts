import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { timeRange } from '../../credentials/dates.js';
import { Allow, Who } from '../../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../../web/answer.js';
import { readForm } from '../../web/form.js';
import { Id } from '../../web/id.js';
import type { Principal } from '../../web/principal.js';
import { feedbackForm } from './feedback.js';
import { Feedbacks } from './feedbacks.service.js';

/** What a curator says about their turn once it is over. */
@Controller('me/stints/:id/feedback')
@Allow('person')
export class OwnFeedbackController {
  constructor(private readonly feedbacks: Feedbacks) {}

  @Get()
  look(@Id() id: string, @Who() who: Principal, @Query('kept') kept?: string): Promise<Page> {
    return this.show(id, who, { kept: kept === 'yes' });
  }

  @Post()
  async give(@Id() id: string, @Who() who: Principal, @Body() body: unknown): Promise<Page | Redirect> {
    const posted = readForm(feedbackForm, body);
    if (!posted.ok) return this.show(id, who, posted);
    await this.feedbacks.give(id, who.personId, posted.data);
    return redirect(`/me/stints/${id}/feedback?kept=yes`);
  }

  private async show(id: string, { personId }: Principal, more: { kept?: boolean; errors?: unknown }): Promise<Page> {
    const { account, turn } = await this.feedbacks.ofCurator(id, personId);
    const data = {
      title: 'How was it?',
      account,
      stintId: id,
      turn: timeRange(account.zone, turn),
      values: turn.said ?? {},
      ...more,
    };
    return page('handover/pages/feedback.njk', data, more.errors ? 422 : 200);
  }
}
