import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { lockAccess } from '../credentials/grants.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import { type Boundary, boundariesOf } from './boundaries.js';
import { plannedLetters } from './letters.js';
import { type TurnRow, Turns, turnLetter } from './turns.service.js';

/** Boundaries this near are rung at every plan, for the queue may have lost it. Service milliseconds. */
const REARM_MS = 10 * 60_000;

/** Derives boundaries and the letters before a stint from the rota, so that a moved or cancelled stint leaves none behind. */
@Injectable()
export class Planning {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly turns: Turns,
    private readonly outbox: Outbox,
  ) {}

  /** Plans every account; the sweep. */
  async sweep(): Promise<void> {
    for (const { id } of await this.accounts.all()) await this.plan(id);
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
