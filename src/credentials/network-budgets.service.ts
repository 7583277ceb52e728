import { Injectable } from '@nestjs/common';
import type { Outcome } from '../networks/network.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import { type BudgetUse, budgetUse } from './budget.js';

/** What a keeper allows, and whether the network's credits are used up. Instants are real time. */
export interface Budget {
  dailyMicroDollars: number | null;
  outSince: Date | null;
  tryAt: Date | null;
  detail: string | null;
}

const NONE: Budget = { dailyMicroDollars: null, outSince: null, tryAt: null, detail: null };
const LOST_TRY = '10 minutes';

/** An account's daily budget, and the breaker that stops its calls when the network's credits are used up. */
@Injectable()
export class NetworkBudgets {
  constructor(private readonly db: Db) {}

  async of(accountId: string, reader: Pick<Tx, 'query'> = this.db): Promise<Budget> {
    const [row] = await reader.query<Budget>(
      `SELECT daily_micro_dollars::float8 AS "dailyMicroDollars", out_since AS "outSince", try_at AS "tryAt", detail
       FROM network_budgets WHERE account_id = $1`,
      [accountId],
    );
    return row ?? NONE;
  }

  /** Null lifts it. */
  async set(tx: Tx, accountId: string, dailyMicroDollars: number | null): Promise<void> {
    await tx.query(
      `INSERT INTO network_budgets (account_id, daily_micro_dollars) VALUES ($1, $2)
       ON CONFLICT (account_id) DO UPDATE SET daily_micro_dollars = $2`,
      [accountId, dailyMicroDollars],
    );
  }

  /** How much of the budget of this UTC day (service time) is used; null without a budget. */
  async used(accountId: string, now: Date, reader: Pick<Tx, 'query'> = this.db): Promise<BudgetUse | null> {
    const [row] = await reader.query<{ spent: number; budget: number }>(
      `SELECT b.daily_micro_dollars::float8 AS budget, coalesce((SELECT sum(c.micro_dollars) FROM network_costs c
         WHERE c.account_id = $1 AND c.day = ($2::timestamptz AT TIME ZONE 'UTC')::date), 0)::float8 AS spent
       FROM network_budgets b WHERE b.account_id = $1 AND b.daily_micro_dollars IS NOT NULL`,
      [accountId, now],
    );
    return row ? budgetUse(row.spent, row.budget) : null;
  }

  /** The same, now. */
  async today(accountId: string): Promise<BudgetUse | null> {
    return this.used(accountId, await this.db.now());
  }

  /** Why no call may be made now, or null. When the time for another try has come, one caller gets it. */
  async stopped(
    accountId: string,
    { outSince, detail }: Budget,
  ): Promise<Exclude<Outcome<never>, { kind: 'done' }> | null> {
    if (!outSince) return null;
    const mine = await this.db.write((tx) =>
      tx.query(
        `UPDATE network_budgets SET try_at = clock_timestamp() + $2::interval
         WHERE account_id = $1 AND out_since IS NOT NULL AND try_at <= clock_timestamp() RETURNING 1`,
        [accountId, LOST_TRY],
      ),
    );
    if (mine.length > 0) return null;
    return { kind: 'later', at: null, why: 'no-credits', detail: detail ?? 'The credits are used up.' };
  }

  /** Learns from the answer to a call whether the network takes calls; `wasOut` is how it stood before. */
  async heed(accountId: string, answer: Outcome<unknown>, wasOut: boolean): Promise<void> {
    if (answer.kind === 'later' && answer.why === 'no-credits') await this.trip(accountId, answer.detail);
    if (answer.kind === 'done' && wasOut) await this.reset(accountId);
  }

  /** The network says that the credits are used up: no more calls until tomorrow, or until a keeper asks for one. */
  private async trip(accountId: string, detail: string): Promise<void> {
    await this.db.write((tx) =>
      tx.query(
        `INSERT INTO network_budgets (account_id, out_since, try_at, detail)
         VALUES ($1, clock_timestamp(), clock_timestamp() + interval '1 day', $2)
         ON CONFLICT (account_id) DO UPDATE SET out_since = coalesce(network_budgets.out_since, clock_timestamp()),
           try_at = clock_timestamp() + interval '1 day', detail = $2`,
        [accountId, detail],
      ),
    );
  }

  /** The network takes calls again. */
  private async reset(accountId: string): Promise<void> {
    await this.db.write((tx) =>
      tx.query('UPDATE network_budgets SET out_since = NULL, try_at = NULL, detail = NULL WHERE account_id = $1', [
        accountId,
      ]),
    );
  }

  /** Lets the next call through. */
  async tryAgain(tx: Tx, accountId: string): Promise<void> {
    await tx.query('UPDATE network_budgets SET try_at = $2 WHERE account_id = $1 AND out_since IS NOT NULL', [
      accountId,
      tx.real,
    ]);
  }
}
