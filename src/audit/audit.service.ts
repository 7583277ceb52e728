import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import { type Actor, canonical, type Fact, NO_ACCOUNT } from './entry.js';

/** A row of the log as pages and exports read it. */
export interface Entry {
  seq: string;
  at: Date;
  actorKind: Actor['kind'];
  actorId: string | null;
  verb: string;
  subjectKind: string;
  subjectId: string;
  detail: Record<string, unknown>;
  particulars: Record<string, unknown> | null;
}

/** Who did what to which, when: append-only, each entry chained to the one before it by SHA-256, a chain per account. */
@Injectable()
export class Audit {
  /** Where the chains stand that a transaction has locked: nobody else can move them before it ends. */
  private readonly heads = new WeakMap<Tx, Map<string, Head>>();

  constructor(private readonly db: Db) {}

  /** Writes one fact in the transaction of the act itself. Acts on one account queue up on its chain's row. */
  async record(tx: Tx, fact: Fact): Promise<void> {
    const chain = fact.accountId ?? NO_ACCOUNT;
    const head = await this.headOf(tx, chain);
    const seq = head.seq + 1n;
    const hash = createHash('sha256')
      .update(head.hash)
      .update(canonical(seq, tx.now, fact))
      .digest();
    this.append(tx, chain, seq, head.hash, hash, fact);
    this.heads.get(tx)?.set(chain, { seq, hash });
  }

  /** The newest entries first. */
  async read(accountId: string | null, limit: number, before?: string): Promise<Entry[]> {
    return this.db.query<Entry>(
      `SELECT e.seq, e.at, e.actor_kind AS "actorKind", e.actor_id AS "actorId", e.verb,
              e.subject_kind AS "subjectKind", e.subject_id AS "subjectId", e.detail, p.particulars
       FROM audit_entries e LEFT JOIN audit_particulars p USING (chain, seq)
       WHERE e.chain = $1 AND ($3::bigint IS NULL OR e.seq < $3) ORDER BY e.seq DESC LIMIT $2`,
      [accountId ?? NO_ACCOUNT, limit, before ?? null],
    );
  }

  /** What was done to one thing, the oldest first. */
  async about(accountId: string, subject: { kind: string; id: string }): Promise<Entry[]> {
    return this.db.query<Entry>(
      `SELECT e.seq, e.at, e.actor_kind AS "actorKind", e.actor_id AS "actorId", e.verb,
              e.subject_kind AS "subjectKind", e.subject_id AS "subjectId", e.detail, p.particulars
       FROM audit_entries e LEFT JOIN audit_particulars p USING (chain, seq)
       WHERE e.chain = $1 AND e.subject_kind = $2 AND e.subject_id = $3 ORDER BY e.seq`,
      [accountId, subject.kind, subject.id],
    );
  }

  /** Erases what people wrote about or as a person; the facts and their chain stay. */
  async erase(tx: Tx, personId: string): Promise<void> {
    await tx.query('DELETE FROM audit_particulars WHERE person_id = $1', [personId]);
  }

  /** Erases what people wrote about one thing; the facts and their chain stay. */
  async eraseAbout(tx: Tx, accountId: string, subject: { kind: string; id: string }): Promise<void> {
    await tx.query(
      `DELETE FROM audit_particulars p USING audit_entries e
       WHERE e.chain = p.chain AND e.seq = p.seq AND e.chain = $1 AND e.subject_kind = $2 AND e.subject_id = $3`,
      [accountId, subject.kind, subject.id],
    );
  }

  /**
   * Recomputes a chain. Gives the first entry that does not fit, or is missing at the end, or null when the whole chain
   * holds and ends where its head says.
   */
  async broken(accountId: string | null): Promise<string | null> {
    const rows = await this.db.query<StoredEntry & { head: string | null }>(
      `SELECT e.*, h.seq AS head FROM (SELECT * FROM audit_entries WHERE chain = $1) e
         FULL JOIN (SELECT * FROM audit_chains WHERE chain = $1) h USING (chain) ORDER BY e.seq`,
      [accountId ?? NO_ACCOUNT],
    );
    const entries = rows.filter((row) => row.seq !== null);
    let previous: Buffer = Buffer.alloc(0);
    for (const [index, row] of entries.entries()) {
      const hash = createHash('sha256')
        .update(previous)
        .update(canonical(BigInt(row.seq), row.at, factOf(row)))
        .digest();
      if (row.seq !== String(index + 1) || !hash.equals(row.hash)) return row.seq;
      previous = row.hash;
    }
    const head = rows[0]?.head ?? '0';
    return head === String(entries.length) ? null : String(entries.length + 1);
  }

  private async headOf(tx: Tx, chain: string): Promise<Head> {
    const known = this.heads.get(tx) ?? new Map<string, Head>();
    this.heads.set(tx, known);
    const head = known.get(chain) ?? (await this.lockHead(tx, chain));
    if (head) return head;
    await tx.query(`INSERT INTO audit_chains (chain, seq, hash) VALUES ($1, 0, '') ON CONFLICT (chain) DO NOTHING`, [
      chain,
    ]);
    const made = await this.lockHead(tx, chain);
    if (!made) throw new Error('The audit chain has no head');
    return made;
  }

  private async lockHead(tx: Tx, chain: string): Promise<Head | null> {
    const [head] = await tx.query<{ seq: string; hash: Buffer }>(
      'SELECT seq, hash FROM audit_chains WHERE chain = $1 FOR UPDATE',
      [chain],
    );
    return head ? { seq: BigInt(head.seq), hash: head.hash } : null;
  }

  private append(tx: Tx, chain: string, seq: bigint, previous: Buffer, hash: Buffer, fact: Fact): void {
    const { actor, verb, subject, detail = {}, particulars } = fact;
    tx.send(
      `WITH entry AS (
         INSERT INTO audit_entries (chain, seq, at, actor_kind, actor_id, verb, subject_kind, subject_id, detail, previous_hash, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))
       UPDATE audit_chains SET seq = $2, hash = $11 WHERE chain = $1`,
      [
        chain,
        String(seq),
        tx.now,
        actor.kind,
        actor.kind === 'person' ? actor.id : null,
        verb,
        subject.kind,
        subject.id,
        JSON.stringify(detail),
        previous,
        hash,
      ],
    );
    if (!particulars) return;
    const { personId, ...written } = particulars;
    tx.send('INSERT INTO audit_particulars (chain, seq, person_id, particulars) VALUES ($1, $2, $3, $4)', [
      chain,
      String(seq),
      personId ?? null,
      JSON.stringify(written),
    ]);
  }
}

interface Head {
  seq: bigint;
  hash: Buffer;
}

interface StoredEntry {
  chain: string;
  seq: string;
  at: Date;
  actor_kind: Actor['kind'];
  actor_id: string | null;
  verb: Fact['verb'];
  subject_kind: string;
  subject_id: string;
  detail: Record<string, unknown>;
  hash: Buffer;
}

function factOf(row: StoredEntry): Fact {
  return {
    accountId: row.chain === NO_ACCOUNT ? null : row.chain,
    actor: (row.actor_kind === 'person' ? { kind: 'person', id: row.actor_id } : { kind: row.actor_kind }) as Actor,
    verb: row.verb,
    subject: { kind: row.subject_kind, id: row.subject_id },
    detail: row.detail,
  };
}
