import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import { lockAccessShared } from '../credentials/grants.service.js';
import type { NetworkPost } from '../networks/network.js';
import { CLOCK_SQL } from '../platform/clock.service.js';
import { Db } from '../platform/database.service.js';
import { Log } from '../platform/log.service.js';
import type { Tx } from '../platform/tx.js';
import { Channels } from './channels.service.js';
import {
  afterCall,
  afterError,
  afterPreparing,
  type Begun,
  type CallOutcome,
  interrupted,
  stillCounts,
  tooLateToCall,
} from './ending.js';
import type { Message } from './message.entity.js';
import { Rows } from './rows.service.js';
import { Settling } from './settling.service.js';
import { Verdicts } from './verdicts.service.js';

/** The account whose access a post needs; a letter needs none. */
const OF_POST = `(SELECT account_id FROM messages WHERE id = $1 AND channel = 'post')`;

type Call = Begun & { make: () => Promise<CallOutcome> };

/** Brings the outbox's rows out into the world: decide and mark inside, one call outside, settle inside. */
@Injectable()
export class Deliveries {
  constructor(
    private readonly db: Db,
    private readonly rows: Rows,
    private readonly verdicts: Verdicts,
    private readonly channels: Channels,
    private readonly settling: Settling,
    private readonly log: Log,
  ) {}

  /** Takes one row as far as it can go now. Harmless for any row, at any time, in any number of processes. */
  async deliver(id: string): Promise<void> {
    try {
      await this.advance(id);
    } catch (error) {
      this.log.error({ message: id, error }, 'a message could not be delivered; it is tried again later');
      await this.postpone(id);
    }
  }

  /** Rows that are due and were not reached by their doorbells, oldest first: what a sweep delivers. */
  async due(limit: number): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `SELECT m.id FROM messages m CROSS JOIN (${CLOCK_SQL}) clock
       WHERE m.state IN ('waiting', 'sending', 'unknown') AND m.next_attempt_at <= clock.now - interval '2 seconds'
         AND (m.lease_until IS NULL OR m.lease_until <= clock.real)
         AND NOT (m.channel = 'letter' AND EXISTS (SELECT 1 FROM stops s
           WHERE s.cause_kind = m.cause_kind AND s.cause_id = m.cause_id AND s.lifted_at IS NULL))
       ORDER BY m.next_attempt_at LIMIT $1`,
      [limit],
    );
    return rows.map((row) => row.id);
  }

  /** Settles the account's unknown posts that the network turns out to show. For whoever has read its timeline. */
  async settleUnknown(tx: Tx, accountId: string, posts: NetworkPost[]): Promise<void> {
    await this.settling.settleUnknown(tx, accountId, posts);
  }

  private async advance(id: string): Promise<void> {
    let began = performance.now();
    let next = await this.begin(id);
    if (next === 'not ready') {
      const ready = await this.prepare(id);
      began = performance.now();
      next = ready ? await this.begin(id) : null;
    }
    if (!next || next === 'not ready') return;
    if ('unknown' in next) return this.settling.lookUp(next.unknown);
    const call = next;
    const outcome = tooLateToCall(performance.now() - began) ?? (await call.make());
    await this.end(id, call, outcome);
  }

  /** Makes a message ready outside of any transaction, one worker at a time. True when only the one call is left. */
  private async prepare(id: string): Promise<boolean> {
    const row = await this.rows.lease(id, 'waiting');
    if (!row) return false;
    const outcome = await this.channels.prepare(row);
    await this.db.write([this.rows.lock(id)], async (tx, [fresh]: [Message | null]) => {
      if (fresh?.state !== 'waiting') return;
      const change = afterPreparing(fresh, outcome, tx);
      if (change) await this.rows.become(tx, fresh, change);
      else this.rows.set(tx, id, { leaseUntil: null });
    });
    return outcome.kind === 'done';
  }

  /** The moment that counts: decides with every lock held and marks the row, so that the call may be made once. */
  private async begin(id: string): Promise<Call | { unknown: Message } | 'not ready' | null> {
    const locks = [{ ...lockAccessShared(id), by: OF_POST }, this.rows.lockIfFree(id)];
    return this.db.write(locks, async (tx, [, fresh]: [unknown, Message | null]) => {
      if (!fresh) return null;
      const verdict = await this.verdicts.of(tx, fresh, tx);
      if (verdict.act === 'send') return this.mark(tx, fresh);
      if (verdict.act === 'hold') {
        const detail = [verdict.why, fresh.detail].filter(Boolean).join(' ');
        await this.rows.become(tx, fresh, { state: 'held', detail, nextAttemptAt: null });
      }
      if (verdict.act === 'withdraw') {
        const change = { state: 'withdrawn', detail: verdict.why, nextAttemptAt: null, settledAt: tx.now } as const;
        await this.rows.become(tx, fresh, change);
      }
      if (verdict.act !== 'look-up') return null;
      if (fresh.state === 'unknown') return { unknown: fresh };
      await this.rows.become(tx, fresh, interrupted(fresh, tx.now));
      return null;
    });
  }

  private async mark(tx: Tx, row: Message): Promise<Call | 'not ready'> {
    const make = await this.channels.begin(tx, row);
    if (!make) return 'not ready';
    const attempt = row.attempts + 1;
    const again = row.state === 'sending' ? 1 : 0;
    this.rows.set(tx, row.id, {
      state: 'sending',
      attempts: attempt,
      startedAt: row.startedAt ?? tx.now,
      leaseUntil: new Date(tx.real.getTime() + settings.lease),
      possibleCopies: row.possibleCopies + again,
    });
    return { attempt, at: tx.now, make };
  }

  private async end(id: string, call: Call, outcome: CallOutcome): Promise<void> {
    await this.db.write([this.rows.lock(id)], async (tx, [row]: [Message | null]) => {
      if (row && stillCounts(row, call, outcome)) return this.rows.become(tx, row, afterCall(row, call, outcome, tx));
      this.log.warn({ message: id, attempt: call.attempt, ended: outcome.kind }, 'an answer came too late to count');
    });
  }

  /** After an error of ours: a row that cannot be worked on does not stand in the way of the others. */
  private async postpone(id: string): Promise<void> {
    await this.db.write([this.rows.lockIfFree(id)], async (tx, [row]: [Message | null]) => {
      const change = row && afterError(row, tx);
      if (change) await this.rows.become(tx, row, change);
    });
  }
}
