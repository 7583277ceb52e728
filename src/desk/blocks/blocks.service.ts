import { Injectable } from '@nestjs/common';
import { settings } from '../../../config/settings.js';
import { Audit } from '../../audit/audit.service.js';
import type { Account } from '../../credentials/account.entity.js';
import { Db } from '../../platform/database.service.js';
import { Conflict, NotAllowed, NotFound } from '../../platform/errors.js';
import type { Tx } from '../../platform/tx.js';
import { Duty } from '../duty.service.js';
import type { Turn } from '../turn.js';
import { type Kind, keyOf, mayChange, type Reason, type Standing, type State } from './block.js';

/** How many entries a page shows. */
export const PAGE = 50;

/** An entry with the names that pages need. */
export interface Block extends Standing {
  id: string;
  handle: string;
  kind: Kind;
  reason: Reason;
  note: string;
  /** The post that it was for, when one was given. */
  link: string | null;
  madeBy: string;
  madeAt: Date;
  keptBy: string | null;
  keptBecause: string | null;
  endedBy: string | null;
}

/** Whose act it is: without a turn the team's. */
export interface By {
  personId: string;
  turn: Turn | null;
}

/** What is written of one or many handles at once. */
export interface NewBlocks {
  handles: string[];
  kind: Kind;
  reason: Reason;
  note: string;
  link: string | null;
}

/** Which entries are listed; `handle` is part of one. */
export interface Which {
  state: State;
  handle: string;
  page: number;
}

/**
 * The log of whom an account has blocked or muted on its network, where a person does that. An entry is of the turn in
 * which it was made and expires with it, so that no list grows for ever because nobody remembers why; the team's stay.
 */
@Injectable()
export class Blocks {
  constructor(
    private readonly db: Db,
    private readonly duty: Duty,
    private readonly audit: Audit,
  ) {}

  /** A page of entries and one more, which says whether there is another. */
  async list(accountId: string, { state, handle, page }: Which): Promise<Block[]> {
    return this.db.query<Block>(
      `SELECT * FROM (${BLOCKS}) b WHERE ${STATE} = $3 AND position($4 IN lower(handle)) > 0
       ORDER BY coalesce("endedAt", "madeAt") DESC, lower(handle) LIMIT $5 OFFSET $6`,
      [accountId, await this.db.now(), state, handle.toLowerCase(), PAGE + 1, (page - 1) * PAGE],
    );
  }

  /** Every entry that is not ended, for taking away; the expired too, for on the network they are still in force. */
  async inForce(accountId: string): Promise<Block[]> {
    return this.db.query<Block>(`SELECT * FROM (${BLOCKS}) b WHERE "endedAt" IS NULL ORDER BY lower(handle)`, [
      accountId,
    ]);
  }

  async counts(accountId: string): Promise<Record<State, number>> {
    const rows = await this.db.query<{ state: State; count: number }>(
      `SELECT ${STATE} AS state, count(*)::int AS count FROM (${BLOCKS}) b GROUP BY 1`,
      [accountId, await this.db.now()],
    );
    const counts = { current: 0, expired: 0, ended: 0 };
    for (const { state, count } of rows) counts[state] = count;
    return counts;
  }

  /** Throws NotFound. */
  async one(accountId: string, id: string, reader: Pick<Tx, 'query'> = this.db): Promise<Block> {
    const [block] = await reader.query<Block>(`SELECT * FROM (${BLOCKS}) b WHERE id = $2`, [accountId, id]);
    if (!block) throw new NotFound('There is no such entry in the log of blocks.');
    return block;
  }

  /** Writes down those that are not in the log, and gives the handles of those that are. */
  async add(account: Account, by: By, { handles, kind, reason, note, link }: NewBlocks): Promise<string[]> {
    return this.act(account, by, async (tx) => {
      const made = await tx.query<{ id: string; key: string }>(
        `INSERT INTO blocks (account_id, handle, handle_key, kind, reason, note, link, stint_id, made_by, made_at)
         SELECT $1, handle, lower(handle), $3, $4, $5, $6, $7, $8, $9 FROM unnest($2::text[]) handle
         ON CONFLICT (account_id, handle_key) WHERE ended_at IS NULL DO NOTHING RETURNING id, handle_key AS key`,
        [account.id, handles, kind, reason, note, link, by.turn?.stintId ?? null, by.personId, tx.now],
      );
      const detail = { kind, reason, ids: made.map(({ id }) => id) };
      if (made.length > 0) await this.record(tx, account, by, 'block.added', account.id, detail);
      return handles.filter((handle) => made.every(({ key }) => key !== keyOf(handle)));
    });
  }

  /** It has been undone on the network. Throws Conflict when it was noted before, NotAllowed for the team's. */
  async end(account: Account, by: By, id: string): Promise<void> {
    await this.act(account, by, async (tx) => {
      await this.change(tx, account, by, id);
      tx.send('UPDATE blocks SET ended_at = $2, ended_by = $3 WHERE id = $1', [id, tx.now, by.personId]);
      await this.record(tx, account, by, 'block.ended', id);
    });
  }

  /** Keeps it for the turn of whoever is on duty, or by the team for good. */
  async keep(account: Account, by: By, id: string, because: string): Promise<void> {
    await this.act(account, by, async (tx) => {
      await this.change(tx, account, by, id);
      tx.send('UPDATE blocks SET stint_id = $2, kept_by = $3, kept_at = $4, kept_because = $5 WHERE id = $1', [
        ...[id, by.turn?.stintId ?? null, by.personId, tx.now, because],
      ]);
      await this.record(tx, account, by, 'block.kept', id, { stintId: by.turn?.stintId ?? null }, because);
    });
  }

  /** Forgets strangers some time after their entry has ended or expired. */
  async forget(): Promise<void> {
    await this.db.write(async (tx) => {
      await tx.query(
        `DELETE FROM blocks WHERE id IN (SELECT id FROM (${BLOCKS.replace('k.account_id = $1', 'true')}) b
           WHERE coalesce("endedAt", "expiresAt") < $1)`,
        [new Date(tx.now.getTime() - settings.blocksKept)],
      );
    });
  }

  private async change(tx: Tx, account: Account, by: By, id: string): Promise<void> {
    await tx.query('SELECT 1 FROM blocks WHERE id = $1 FOR UPDATE', [id]);
    const block = await this.one(account.id, id, tx);
    if (block.endedAt) throw new Conflict(`That @${block.handle} is no longer ${block.kind} was noted before.`);
    if (!mayChange(block, by.turn ? 'curator' : 'team'))
      throw new NotAllowed('The team keeps this entry. Ask an organiser to change it.');
  }

  /** The team may at any time; a curator only while they are on duty, as it stands at this moment. */
  private act<T>(account: Account, { turn }: By, work: (tx: Tx) => Promise<T>): Promise<T> {
    return turn ? this.duty.act(account, turn, work) : this.db.write(work);
  }

  private record(
    tx: Tx,
    { id: accountId }: Account,
    { personId, turn }: By,
    verb: `block.${string}`,
    id: string,
    detail: object = {},
    reason?: string,
  ): Promise<void> {
    return this.audit.record(tx, {
      accountId,
      actor: { kind: 'person', id: personId },
      verb,
      subject: { kind: verb === 'block.added' ? 'account' : 'block', id },
      detail: { ...(turn ? { stintId: turn.stintId } : {}), ...detail },
      ...(reason ? { particulars: { personId, reason } } : {}),
    });
  }
}

/** The entries of account $1; one of a turn expires when that person's access does. */
const BLOCKS = `
  SELECT k.id, k.handle, k.kind, k.reason, k.note, k.link, k.made_at AS "madeAt", k.ended_at AS "endedAt",
    m.shown_name AS "madeBy", h.shown_name AS "keptBy", k.kept_because AS "keptBecause", e.shown_name AS "endedBy",
    coalesce((SELECT max(coalesce(g.closed_at, g.ends_at)) FROM grants g WHERE g.stint_id = s.id), s.ends_at) AS "expiresAt"
  FROM blocks k JOIN persons m ON m.id = k.made_by LEFT JOIN persons h ON h.id = k.kept_by
    LEFT JOIN persons e ON e.id = k.ended_by LEFT JOIN stints s ON s.id = k.stint_id
  WHERE k.account_id = $1`;

/** As `stateOf` says it; $2 is now. */
const STATE = `CASE WHEN "endedAt" IS NOT NULL THEN 'ended' WHEN "expiresAt" <= $2 THEN 'expired' ELSE 'current' END`;
