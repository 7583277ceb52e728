import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { lockAccess } from '../credentials/grants.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import { Blackout } from './blackout.entity.js';

/** What a blackout is made from; `endsAt` null is "until further notice". */
export type NewBlackout = Pick<Blackout, 'title' | 'scope' | 'startsAt' | 'endsAt' | 'reason'>;

/** The dates of a stint, as far as a blackout cares. */
type Dates = { id: string; accountId: string; startsAt: Date; endsAt: Date };

/** A turn that a blackout falls on. */
export type Hit = { id: string; state: string; startsAt: Date; endsAt: Date; personName: string };

/**
 * Blackouts: written through to `holds`, so that access obeys them by itself, and as stops to the unsent letters of
 * the stints they fall on. Each has a hold and stops of its own, so ending one leaves those that overlap it in force.
 */
@Injectable()
export class Blackouts {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
    private readonly outbox: Outbox,
  ) {}

  /** Every blackout of an account, the newest first. */
  async all(accountId: string): Promise<Blackout[]> {
    return this.db.manager.find(Blackout, { where: { accountId }, order: { startsAt: 'DESC', madeAt: 'DESC' } });
  }

  /** The ones that touch `[from, …)` and were not taken back. */
  async since(accountId: string, from: Date): Promise<Blackout[]> {
    const all = await this.all(accountId);
    return all.filter(({ removedAt, endsAt }) => !removedAt && (endsAt === null || from < endsAt));
  }

  /** The approved, offered, confirmed and running turns that a span touches; no end means for ever. */
  async hits(
    reader: Pick<Tx, 'query'>,
    accountId: string,
    span: { startsAt: Date; endsAt: Date | null },
  ): Promise<Hit[]> {
    return reader.query<Hit>(
      `SELECT s.id, s.state, s.starts_at AS "startsAt", s.ends_at AS "endsAt", p.name AS "personName"
       FROM stints s JOIN persons p ON p.id = s.person_id
       WHERE s.account_id = $1 AND s.state IN ('approved', 'offered', 'confirmed', 'active')
         AND tstzrange(s.starts_at, s.ends_at, '[)') && tstzrange($2, $3, '[)') ORDER BY s.starts_at, s.seat`,
      [accountId, span.startsAt, span.endsAt],
    );
  }

  /** Adds a blackout and gives the turns that it falls on. */
  async add(accountId: string, given: NewBlackout, by: string): Promise<Hit[]> {
    return this.db.write([lockAccess(accountId)], async (tx) => {
      const { id } = await tx.manager.save(
        tx.manager.create(Blackout, { ...given, accountId, madeBy: by, madeAt: tx.now, removedAt: null }),
      );
      await tx.query(
        `INSERT INTO holds (account_id, kind, scope, starts_at, ends_at, reason, made_by, cause_id)
         VALUES ($1, 'blackout', $2, $3, $4, $5, $6, $7)`,
        [accountId, given.scope, given.startsAt, given.endsAt, given.title, by, id],
      );
      const hits = await this.hits(tx, accountId, given);
      for (const hit of hits) await this.outbox.stop(tx, { kind: 'stint', id: hit.id }, id, `Blackout: ${given.title}`);
      await this.record(tx, accountId, id, by, 'blackout.added', given.reason);
      return hits;
    });
  }

  /** Ends a blackout now, or takes it back when it has not begun; its letters go on unless another holds them. */
  async end(accountId: string, id: string, by: string): Promise<void> {
    await this.db.write([lockAccess(accountId)], async (tx) => {
      const blackout = await tx.manager.findOneBy(Blackout, { id, accountId });
      if (!blackout) throw new NotFound('There is no such blackout on this account.');
      const over = blackout.removedAt || (blackout.endsAt && blackout.endsAt <= tx.now);
      if (over) throw new Conflict('This blackout is over already.');
      const begun = blackout.startsAt < tx.now;
      await tx.manager.update(Blackout, { id }, begun ? { endsAt: tx.now } : { removedAt: tx.now });
      await tx.query('UPDATE holds SET ends_at = greatest(starts_at, $2) WHERE cause_id = $1', [
        id,
        begun ? tx.now : blackout.startsAt,
      ]);
      await this.outbox.lift(tx, id);
      await this.record(tx, accountId, id, by, begun ? 'blackout.ended' : 'blackout.removed');
    });
  }

  /** Brings the stops on a stint's letters in line with the blackouts that fall on its dates. */
  async settle(tx: Tx, stint: Dates, live: boolean): Promise<void> {
    const cause = { kind: 'stint', id: stint.id } as const;
    const rows = await tx.query<{ id: string; title: string; hit: boolean }>(
      `SELECT id, title, tstzrange(starts_at, ends_at, '[)') && tstzrange($2, $3, '[)') AS hit FROM blackouts
       WHERE account_id = $1 AND removed_at IS NULL AND (ends_at IS NULL OR ends_at > $4)`,
      [stint.accountId, stint.startsAt, stint.endsAt, tx.now],
    );
    for (const { id, title, hit } of rows) {
      await this.outbox.lift(tx, id, cause);
      if (live && hit) await this.outbox.stop(tx, cause, id, `Blackout: ${title}`);
    }
  }

  /** Lets the letters go that a blackout kept back which has reached its end: the sweep. */
  async letGo(): Promise<void> {
    const rows = await this.db.query<{ id: string; accountId: string }>(
      `SELECT b.id, b.account_id AS "accountId" FROM blackouts b
       WHERE b.ends_at <= $1 AND EXISTS (SELECT 1 FROM stops s WHERE s.made_for = b.id AND s.lifted_at IS NULL)`,
      [await this.db.now()],
    );
    for (const { id, accountId } of rows) {
      await this.db.write([lockAccess(accountId)], (tx) => this.outbox.lift(tx, id));
    }
  }

  private async record(
    tx: Tx,
    accountId: string,
    id: string,
    by: string,
    verb: `blackout.${string}`,
    reason?: string,
  ): Promise<void> {
    await this.audit.record(tx, {
      accountId,
      actor: { kind: 'person', id: by },
      verb,
      subject: { kind: 'blackout', id },
      ...(reason ? { particulars: { reason } } : {}),
    });
    tx.ring('handover.plan', accountId);
  }
}
