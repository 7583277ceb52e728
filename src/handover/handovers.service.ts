import { setTimeout as wait } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { lockAccess } from '../credentials/grants.service.js';
import { nextAttempt } from '../messages/delivery.js';
import { CLOCK_SQL } from '../platform/clock.service.js';
import { Db } from '../platform/database.service.js';
import { Log } from '../platform/log.service.js';
import { lock, type Tx } from '../platform/tx.js';
import { whoToWhom } from './handover-view.js';
import type { StepName } from './steps.js';

import { Steps } from './steps.service.js';
import { Turns } from './turns.service.js';

/** A boundary rung at most this early (a process's clock is only nearly right) is waited for. Milliseconds. */
const EARLY_MS = 2_000;
const ACCOUNTS_AT_ONCE = 4;

interface Due {
  id: string;
  accountId: string;
  begun: boolean;
}

/** The next handover of an account, for pages that tell what comes. */
export interface NextHandover {
  id: string;
  at: Date;
  /** "Grace to the house". */
  what: string;
}

/** Runs handovers: by doorbell at their instants, by a sweep for what was not rung or had to wait. */
@Injectable()
export class Handovers {
  constructor(
    private readonly db: Db,
    private readonly steps: Steps,
    private readonly turns: Turns,
    private readonly log: Log,
  ) {}

  /** The account's first handover that has not begun, or null. */
  async next(accountId: string): Promise<NextHandover | null> {
    const [next] = await this.db.query<{ id: string; at: Date; outgoing: string[]; incoming: string[] }>(
      `SELECT id, at, outgoing, incoming FROM boundaries WHERE account_id = $1 AND started_at IS NULL ORDER BY at LIMIT 1`,
      [accountId],
    );
    if (!next) return null;
    const [outgoing, incoming] = [
      await this.turns.of(this.db, next.outgoing),
      await this.turns.of(this.db, next.incoming),
    ];
    return { id: next.id, at: next.at, what: whoToWhom({ outgoing, incoming }) };
  }

  /** A boundary's instant has come: runs it, and whatever of its account is due before it. */
  async run(boundaryId: string): Promise<void> {
    const due = await this.db.query<Due & { early: number }>(
      `SELECT b.id, b.account_id AS "accountId", b.started_at IS NOT NULL AS begun,
         1000 * extract(epoch FROM rung.at - clock.now) / a.speed AS early
       FROM boundaries rung JOIN boundaries b ON b.account_id = rung.account_id AND b.at <= rung.at
         CROSS JOIN (${CLOCK_SQL}) clock CROSS JOIN clock_anchor a
       WHERE rung.id = $1 AND rung.done_at IS NULL AND b.done_at IS NULL ORDER BY b.at`,
      [boundaryId],
    );
    const early = Number(due[0]?.early ?? Number.POSITIVE_INFINITY);
    if (early > EARLY_MS) return;
    if (early > 0) await wait(Math.ceil(early));
    for (const boundary of due) await this.advance(boundary);
  }

  /** Takes every handover of an account that is due and not finished as far as it goes, in order. */
  async resume(accountId: string): Promise<void> {
    const due = await this.db.query<Due>(
      `SELECT b.id, b.account_id AS "accountId", b.started_at IS NOT NULL AS begun FROM boundaries b CROSS JOIN (${CLOCK_SQL}) clock
       WHERE b.account_id = $1 AND b.done_at IS NULL AND b.at <= clock.now ORDER BY b.at`,
      [accountId],
    );
    for (const boundary of due) await this.advance(boundary);
  }

  /**
   * Finds accounts with a handover that is due, failed or may have stopped waiting; the sweep. Of many that are due at one
   * instant every process takes others first.
   */
  async sweep(): Promise<void> {
    const accounts = await this.db.query<{ id: string }>(
      `SELECT b.account_id AS id FROM boundaries b CROSS JOIN (${CLOCK_SQL}) clock
       WHERE b.done_at IS NULL AND b.suspended_at IS NULL AND b.at <= clock.now - interval '1 second'
         AND coalesce((SELECT min(CASE WHEN s.calls THEN 'infinity' ELSE s.next_attempt_at END) FROM steps s
                       WHERE s.boundary_id = b.id AND s.state <> 'done'), b.at) <= clock.now
       GROUP BY b.account_id ORDER BY min(b.at), random()`,
    );
    const work = async () => {
      for (let next = accounts.shift(); next; next = accounts.shift()) await this.quietly(next.id);
    };
    await Promise.all(Array.from({ length: ACCOUNTS_AT_ONCE }, work));
  }

  /** One account's trouble does not stop another's handover. */
  private async quietly(accountId: string): Promise<void> {
    try {
      await this.resume(accountId);
    } catch (error) {
      this.log.error({ account: accountId, error }, 'a handover failed; it is tried again');
    }
  }

  /** Begins a handover and takes its steps, which only write rows, in one. Without a step that fails, the others go on. */
  private async advance({ id, accountId, begun }: Due): Promise<void> {
    const locks = [lockAccess(accountId), lock('boundaries', id)];
    const begin = (tx: Tx) => this.steps.begin(tx, id, accountId);
    let [begins, singly] = [!begun, false];
    for (;;) {
      const attempt: { step?: StepName } = {};
      const note = (step: StepName) => Object.assign(attempt, { step });
      try {
        return await this.db.write(locks, async (tx) => {
          if (begins) await begin(tx);
          await this.steps.take(tx, id, note, singly);
        });
      } catch (error) {
        if (!attempt.step) throw error;
        if (!singly) {
          singly = true;
          continue;
        }
        this.log.error({ handover: id, step: attempt.step, error }, 'a step failed; it is tried again later');
        if (begins) await this.db.write(locks, begin);
        begins = false;
        await this.fail(id, attempt.step, error as Error);
      }
    }
  }

  private async fail(id: string, step: StepName, error: Error): Promise<void> {
    await this.db.write([lock('boundaries', id)], async (tx) => {
      const [row] = await tx.query<{ attempts: number; nextAttemptAt: Date }>(
        `SELECT attempts, next_attempt_at AS "nextAttemptAt" FROM steps WHERE boundary_id = $1 AND name = $2 AND state <> 'done'`,
        [id, step],
      );
      if (!row) throw error;
      // Another worker that tried at the same time has noted it already.
      if (row.attempts > 0 && row.nextAttemptAt > tx.now) return;
      const attempts = row.attempts + 1;
      await tx.query(
        `UPDATE steps SET attempts = $3, next_attempt_at = $4, waits_for = 'retry', outcome = $5
         WHERE boundary_id = $1 AND name = $2 AND state <> 'done'`,
        [id, step, attempts, nextAttempt(attempts, tx.now), error.message.slice(0, 500)],
      );
    });
  }
}
