import { timingSafeEqual } from 'node:crypto';
import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { NotAllowed } from '../platform/errors.js';
import { Allow, Public } from '../web/allow.js';
import { Bytes, type Page, page } from '../web/answer.js';
import { Health } from './health.service.js';
import { Metrics } from './metrics.service.js';

/** For whoever runs the server: is it alive, is it ready, what is unhealthy, and numbers for a collector. */
@Controller()
export class OperationsController {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  @Get('health/live')
  @Public()
  live(): object {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Public()
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const state = await this.health.ready();
    reply.status(state.ready ? 200 : 503);
    return { status: state.ready ? 'ok' : 'unavailable', database: state.database, queue: state.queue };
  }

  @Get('metrics')
  @Public()
  async numbers(@Headers('authorization') given = ''): Promise<Bytes> {
    const wanted = this.runtime.env.METRICS_TOKEN;
    if (wanted && !same(given, `Bearer ${wanted}`)) throw new NotAllowed('The metrics want their bearer token.');
    return new Bytes(await this.metrics.text(), this.metrics.type, { 'cache-control': 'no-store' });
  }

  @Get('team/status')
  @Allow('team')
  async status(): Promise<Page> {
    return page('operations/pages/status.njk', { title: 'Service status', troubles: await this.health.troubles() });
  }
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
