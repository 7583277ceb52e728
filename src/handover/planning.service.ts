import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { lockAccess } from '../credentials/grants.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { CLOCK_SQL } from '../platform/clock.service.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import { type Boundary, boundariesOf } from './boundaries.js';
import { plannedLetters } from './letters.js';
import { type TurnRow, Turns, turnLetter } from './turns.service.js';

/** Boundaries this near are rung at every plan, for the queue may have lost it. Service milliseconds. */
const REARM_MS = 10 * 60_000;
/** Every so many sweeps all accounts are planned, changed or not. */
const LOOKS_AT_ALL = 10;

/** Derives boundaries and the letters before a stint from the rota, so that a moved or cancelled stint leaves none behind. */
@Injectable()
export class Planning {
  private readonly seen = new Map<string, string>();
  private looks = 0;

  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly turns: Turns,
    private readonly outbox: Outbox,
  ) {}

  /** Plans every account whose turns or boundaries are others than at the last look of this process; the sweep. */
  async sweep(): Promise<void> {
    this.looks += 1;
    if (this.looks % LOOKS_AT_ALL === 0) this.seen.clear();
    for (const { id, rows } of await this.standing()) {
      if (this.seen.get(id) === rows) continue;
      await this.plan(id);
      this.seen.set(id, rows);
    }
  }

  /** Brings an account's boundaries and letters in line with its stints. Harmless at any time and to do twice. */
  async plan(accountId: string): Promise<void> {
    const account = await this.accounts.byId(accountId);
    await this.db.write([lockAccess(accountId)], async (tx) => {
      const turns = await this.turns.live(tx, accountId);
      await this.planBoundaries(tx, accountId, turns);
      await this.planLetters(tx, account, turns);
    });
  }

  /** What each account's plan is made from, in short; a boundary that comes near is a change. */
  private standing(): Promise<{ id: string; rows: string }[]> {
    return this.db.query(
      `SELECT a.id, md5(concat(
         (SELECT string_agg(concat_ws(' ', s.id, s.state, s.revision, s.starts_at, s.ends_at, s.confirmed_at), ',' ORDER BY s.id)
          FROM stints s WHERE s.account_id = a.id AND s.state IN ('confirmed', 'active')), '|',
         (SELECT string_agg(concat_ws(' ', b.id, b.at, b.outgoing, b.incoming, b.at <= clock.now + $1 * interval '1 ms'), ',' ORDER BY b.id)
          FROM boundaries b WHERE b.account_id = a.id AND b.started_at IS NULL))) AS rows
       FROM accounts a CROSS JOIN (${CLOCK_SQL}) clock ORDER BY a.slug`,
      [REARM_MS],
    );
  }

  private async planBoundaries(tx: Tx, accountId: string, turns: TurnRow[]): Promise<void> {
    const wanted = boundariesOf(turns, await startedOf(tx, accountId, turns), tx.now);
    await tx.query('DELETE FROM boundaries WHERE account_id = $1 AND started_at IS NULL AND at <> ALL ($2)', [
      accountId,
      wanted.map(({ at }) => at),
    ]);
    for (const { at, outgoing, incoming } of wanted) {
      await tx.query(
        `INSERT INTO boundaries AS b (account_id, at, outgoing, incoming) VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, at) DO UPDATE SET outgoing = excluded.outgoing, incoming = excluded.incoming
         WHERE b.started_at IS NULL AND (b.outgoing, b.incoming) IS DISTINCT FROM (excluded.outgoing, excluded.incoming)`,
        [accountId, at, outgoing, incoming],
      );
    }
    await this.arm(tx, accountId);
  }

  /** Rings the boundaries that come soon at their instants; those that are further away are reached by a later plan. */
  private async arm(tx: Tx, accountId: string): Promise<void> {
    const soon = await tx.query<{ id: string; at: Date }>(
      'SELECT id, at FROM boundaries WHERE account_id = $1 AND started_at IS NULL AND at <= $2 ORDER BY at',
      [accountId, new Date(tx.now.getTime() + REARM_MS)],
    );
    for (const { id, at } of soon) tx.ring('handover.run', id, at > tx.now ? at : null);
  }

  private async planLetters(tx: Tx, account: Account, turns: TurnRow[]): Promise<void> {
    for (const turn of turns) {
      if (!turn.email) continue;
      for (const { template, dueAt } of plannedLetters(turn, account, tx.now)) {
        await this.outbox.letter(tx, { ...turnLetter(account, turn, template), address: turn.email, dueAt });
      }
    }
  }
}

/** The account's boundaries that have begun since the earliest of these stints starts. */
export async function startedOf(tx: Tx, accountId: string, turns: TurnRow[]): Promise<Boundary[]> {
  return tx.query<Boundary>(
    `SELECT at, outgoing, incoming FROM boundaries WHERE account_id = $1 AND started_at IS NOT NULL
       AND at >= (SELECT min(starts_at) FROM unnest($2::timestamptz[]) AS each (starts_at))`,
    [accountId, turns.map(({ startsAt }) => startsAt)],
  );
}
