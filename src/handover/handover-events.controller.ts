import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Accounts } from '../credentials/accounts.service.js';
import { Conflict } from '../platform/errors.js';
import { Allow, Who } from '../web/allow.js';
import { Id } from '../web/id.js';
import type { Principal } from '../web/principal.js';
import { HandoverEvents } from './handover-events.service.js';
import { HandoverPages } from './handover-pages.service.js';

/** The stream by which the open page of a handover learns that it has changed. */
@Controller('team/:account/handovers/:id/events')
export class HandoverEventsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly pages: HandoverPages,
    private readonly events: HandoverEvents,
  ) {}

  @Get()
  @Allow('reviewer', 'organiser', 'approver', 'keeper')
  async open(
    @Param('account') slug: string,
    @Id() id: string,
    @Query('seen') seen: string | undefined,
    @Headers('last-event-id') last: string | undefined,
    @Who() who: Principal,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.pages.demand(await this.accounts.bySlug(slug), id);
    if (!this.events.hasRoom(who.personId)) throw new Conflict('Too many pages are open. Refresh this one by hand.');
    reply.hijack();
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    this.events.watch(id, who.personId, last ?? seen ?? '', reply.raw);
  }
}
