import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { Jobs } from '../platform/jobs.service.js';
import { Health } from './health.service.js';

/** Numbers for Prometheus. What concerns the service as a whole is read off the rows, so any process may be asked. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly gauges: Record<string, Gauge>;

  constructor(
    private readonly health: Health,
    private readonly jobs: Jobs,
  ) {
    collectDefaultMetrics({ register: this.registry });
    this.gauges = {
      overdue: this.gauge('baton_messages_overdue', 'Messages due for more than five minutes that nothing keeps back'),
      unknown: this.gauge('baton_posts_unknown', 'Public posts whose fate is not known'),
      held: this.gauge('baton_posts_held', 'Public posts that wait for a person'),
      refused: this.gauge('baton_letters_refused', 'Letters refused in the last seven days'),
      late: this.gauge('baton_handovers_late', 'Handovers due for more than five minutes and not finished'),
      lateness: this.gauge('handover_lateness_seconds', 'Largest lateness of a handover in the last 31 days'),
      disconnected: this.gauge('baton_accounts_disconnected', 'Accounts without a live connection'),
      stale: this.gauge('baton_feeds_stale', 'Feeds that could not be pulled for 15 minutes'),
      lost: this.gauge('baton_doorbells_lost', 'Rings that the queue would not take, since this process started'),
    };
  }

  get type(): string {
    return this.registry.contentType;
  }

  async text(): Promise<string> {
    const vitals = await this.health.vitals();
    this.gauges.overdue?.set(vitals.overdueMessages);
    this.gauges.unknown?.set(vitals.unknownPosts);
    this.gauges.held?.set(vitals.heldPosts);
    this.gauges.refused?.set(vitals.refusedLetters);
    this.gauges.late?.set(vitals.lateBoundaries);
    this.gauges.lateness?.set(vitals.worstLatenessSeconds);
    this.gauges.disconnected?.set(vitals.disconnected.length);
    this.gauges.stale?.set(vitals.staleFeeds.length);
    this.gauges.lost?.set(this.jobs.lost);
    return this.registry.metrics();
  }

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }
}
