import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import { Audit } from '../audit/audit.service.js';
import { lockAccessShared } from '../credentials/grants.service.js';
import type { NetworkPost } from '../networks/network.js';
import { CLOCK_SQL } from '../platform/clock.service.js';
import { Db } from '../platform/database.service.js';
import { Log } from '../platform/log.service.js';
import type { Tx } from '../platform/tx.js';
import { LETTER_ATTEMPTS, nextAttempt } from './delivery.js';
import { afterCall, afterPreparing, type Begun, type CallOutcome, type Change, stillCounts } from './ending.js';
import { LetterChannel } from './letter.channel.js';
import { Message } from './message.entity.js';
import { PostChannel } from './post.channel.js';
import { Settling } from './settling.service.js';
import { Verdicts } from './verdicts.service.js';

type Call = Begun & { make: () => Promise<CallOutcome> };

/** Brings the outbox's rows out into the world: decide and mark inside, one call outside, settle inside. */
@Injectable()
export class Deliveries {
  constructor(
    private readonly db: Db,
    private readonly verdicts: Verdicts,
    private readonly letters: LetterChannel,
    private readonly posts: PostChannel,
    private readonly settling: Settling,
    private readonly audit: Audit,
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

  /** Rows that are due, oldest first: what a sweep delivers. */
  async due(limit: number): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `SELECT m.id FROM messages m CROSS JOIN (${CLOCK_SQL}) clock
       WHERE m.state IN ('waiting', 'sending', 'unknown') AND m.next_attempt_at <= clock.now
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
    const row = await this.db.manager.findOneBy(Message, { id });
    const [clock] = await this.db.query<{ now: Date; real: Date }>(CLOCK_SQL);
    if (!row || !clock) return;
    const verdict = await this.verdicts.of(this.db, row, clock);
    if (verdict.act === 'nothing' || verdict.act === 'wait') return;
    if (row.state === 'unknown') return this.settling.lookUp(row);
    if (verdict.act === 'send' && row.channel === 'post' && !(await this.prepare(row))) return;
    const call = await this.begin(row);
    if (call) await this.end(id, call, await call.make());
  }

  /** Makes a post ready outside of any transaction, one worker at a time. True when only the create call is left. */
  private async prepare(row: Message): Promise<boolean> {
    if (!(await this.lease(row.id))) return false;
    const outcome = await this.posts.prepare(row);
    await this.db.write(async (tx) => {
      const fresh = await locked(tx, row.id);
      if (fresh?.state !== 'waiting') return;
      const change = afterPreparing(fresh, outcome, tx);
      await tx.manager.update(Message, row.id, { ...change, leaseUntil: null });
      if (change) await this.tell(tx, fresh, change);
    });
    return outcome.kind === 'done';
  }

  /** The moment that counts: decides with every lock held and marks the row, so that the call may be made once. */
  private async begin(row: Message): Promise<Call | null> {
    const locks = row.channel === 'post' && row.accountId ? [lockAccessShared(row.accountId)] : [];
    return this.db.write(locks, async (tx) => {
      const fresh = await locked(tx, row.id, 'skip_locked');
      if (!fresh) return null;
      const verdict = await this.verdicts.of(tx, fresh, tx);
      if (verdict.act === 'hold') await this.hold(tx, fresh, verdict.why);
      if (verdict.act === 'look-up' && fresh.state === 'sending') await this.settling.unanswered(tx, fresh);
      return verdict.act === 'send' ? this.mark(tx, fresh) : null;
    });
  }

  private async mark(tx: Tx, row: Message): Promise<Call | null> {
    const make = await (row.channel === 'letter' ? this.letters : this.posts).begin(tx, row);
    if (!make) return null;
    const attempt = row.attempts + 1;
    const interrupted = row.state === 'sending' ? 1 : 0;
    await tx.manager.update(Message, row.id, {
      state: 'sending',
      attempts: attempt,
      startedAt: row.startedAt ?? tx.now,
      leaseUntil: new Date(tx.real.getTime() + settings.lease),
      possibleCopies: row.possibleCopies + interrupted,
    });
    return { attempt, at: tx.now, make };
  }

  private async end(id: string, call: Call, outcome: CallOutcome): Promise<void> {
    await this.db.write(async (tx) => {
      const row = await locked(tx, id);
      if (!row || !stillCounts(row, call, outcome)) {
        this.log.warn({ message: id, attempt: call.attempt, ended: outcome.kind }, 'an answer came too late to count');
        return;
      }
      const change = afterCall(row, call, outcome, tx);
      await tx.manager.update(Message, id, { ...change, leaseUntil: null });
      await this.tell(tx, row, change);
    });
  }

  private async hold(tx: Tx, row: Message, why: string): Promise<void> {
    const change: Change = { state: 'held', detail: [why, row.detail].filter(Boolean).join(' '), nextAttemptAt: null };
    await tx.manager.update(Message, row.id, { ...change, leaseUntil: null });
    await this.tell(tx, row, change);
  }

  /** Rings for the next look, and writes what became of a public post into the audit log. */
  private async tell(tx: Tx, row: Message, { state, nextAttemptAt, providerRef }: Change): Promise<void> {
    if (nextAttemptAt) tx.ring('message.deliver', row.id, nextAttemptAt);
    if (row.channel !== 'post' || state === 'waiting') return;
    await this.audit.record(tx, {
      accountId: row.accountId,
      actor: { kind: 'system' },
      verb: `post.${state}`,
      subject: { kind: 'message', id: row.id },
      detail: { networkId: providerRef ?? undefined, stintId: row.stintId },
    });
  }

  /** Owns a waiting row for a while; false when another worker does. */
  private lease(id: string): Promise<boolean> {
    return this.db.write(async (tx) => {
      const rows = await tx.query(
        `UPDATE messages SET lease_until = $2::timestamptz + make_interval(secs => $3)
         WHERE id = $1 AND state = 'waiting' AND (lease_until IS NULL OR lease_until <= $2) RETURNING id`,
        [id, tx.real, settings.lease / 1000],
      );
      return rows.length === 1;
    });
  }

  /** After an error of ours: a row that cannot be worked on does not stand in the way of the others. */
  private async postpone(id: string): Promise<void> {
    await this.db.write(async (tx) => {
      const row = await locked(tx, id, 'skip_locked');
      if (!row || !idle(row, tx.real)) return;
      const attempts = row.attempts + 1;
      const given = attempts > LETTER_ATTEMPTS;
      const next = given ? null : nextAttempt(attempts, tx.now);
      await tx.manager.update(Message, id, {
        state: given ? 'refused' : 'waiting',
        attempts,
        nextAttemptAt: next,
        leaseUntil: null,
        detail: 'Baton could not prepare it: the log says why.',
      });
    });
  }
}

function idle({ state, channel, leaseUntil }: Message, real: Date): boolean {
  return state === 'waiting' || (state === 'sending' && channel === 'letter' && (!leaseUntil || leaseUntil <= real));
}

function locked(tx: Tx, id: string, onLocked?: 'skip_locked'): Promise<Message | null> {
  return tx.manager.findOne(Message, { where: { id }, lock: { mode: 'pessimistic_write', onLocked } });
}
