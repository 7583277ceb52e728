import { Injectable } from '@nestjs/common';
import type { Client, PoolClient } from 'pg';

/** The one row that turns PostgreSQL's clock into service time: start + (database time − anchored at) × speed. */
export interface Anchor {
  anchoredAt: Date;
  serviceStart: Date;
  speed: number;
}

/** SQL for service time and unscaled time at this moment, for statements that decide. */
export const CLOCK_SQL = `
  SELECT c.real, a.service_start + (c.real - a.anchored_at) * a.speed AS now
  FROM (SELECT clock_timestamp() AS real) c CROSS JOIN clock_anchor a`;

/** Inserts the anchor once; a later start keeps the first. Without a start, service time is the database's own. */
export async function anchorClock(client: Client | PoolClient, start: Date | null, speed: number): Promise<void> {
  await client.query(
    `INSERT INTO clock_anchor (id, anchored_at, service_start, speed)
     SELECT 1, c.real, coalesce($1, c.real), $2 FROM (SELECT clock_timestamp() AS real) c
     ON CONFLICT (id) DO NOTHING`,
    [start, speed],
  );
}

/**
 * A process's own idea of service time: for showing, logging and delays, never for decisions (those use `tx.now`).
 * Holds the program's only `new Date()`.
 */
@Injectable()
export class Clock {
  private anchor: Anchor | null = null;
  /** How often the anchor was read: what was worked out before may be of another time. */
  readings = 0;

  /** Called by the database whenever the anchor row may have changed. */
  use(anchor: Anchor): void {
    this.anchor = anchor;
    this.readings += 1;
  }

  /** Unscaled time of this machine. */
  real(): Date {
    return new Date();
  }

  /** Service time as this process sees it. */
  now(): Date {
    const real = this.real();
    if (!this.anchor) return real;
    const { anchoredAt, serviceStart, speed } = this.anchor;
    return new Date(serviceStart.getTime() + (real.getTime() - anchoredAt.getTime()) * speed);
  }

  /** How many real milliseconds until a service instant; 0 when it has passed. */
  delayUntil(instant: Date): number {
    return Math.max(0, (instant.getTime() - this.now().getTime()) / (this.anchor?.speed ?? 1));
  }
}
