import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { NetworkBudgets } from '../credentials/network-budgets.service.js';
import { Rechecks } from '../feed/rechecks.service.js';
import { priceOf } from '../networks/prices.js';
import { Db } from '../platform/database.service.js';
import { countAllowance } from './allowance.js';
import { OWN_WORDS } from './own-words.js';

interface Due {
  id: string;
  accountId: string;
  endsAt: Date;
}

/**
 * Counts how the posts of a turn did, once, some days after it: by then the numbers hardly move. Only what the feed has not
 * read since then is looked up, within the account's budget; what the network does not give after some tries stays as it
 * was last read.
 */
@Injectable()
export class FinalCounts {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly budgets: NetworkBudgets,
    private readonly rechecks: Rechecks,
  ) {}

  async sweep(): Promise<void> {
    for (const turn of await this.due()) if (await this.claim(turn)) await this.count(turn);
  }

  private async due(): Promise<Due[]> {
    const now = await this.db.now();
    return this.db.query<Due>(
      `SELECT s.id, s.account_id AS "accountId", s.ends_at AS "endsAt" FROM stints s
       JOIN accounts a ON a.id = s.account_id AND a.connection = 'api' LEFT JOIN turn_counts c ON c.stint_id = s.id
       WHERE s.state = 'ended' AND s.import_id IS NULL AND s.ends_at <= $2 AND s.ends_at > $3
         AND c.counted_at IS NULL AND coalesce(c.next_at, $1) <= $1 ORDER BY s.ends_at LIMIT 20`,
      [now, new Date(now.getTime() - settings.countAfter), new Date(now.getTime() - settings.countUntil)],
    );
  }

  /** One process at a time, once an hour. */
  private claim({ id }: Due): Promise<boolean> {
    return this.db.write(async (tx) => {
      const rows = await tx.query(
        `INSERT INTO turn_counts (stint_id, next_at) VALUES ($1, $3)
         ON CONFLICT (stint_id) DO UPDATE SET next_at = $3 WHERE turn_counts.next_at <= $2 RETURNING 1`,
        [id, tx.now, new Date(tx.now.getTime() + settings.countEvery)],
      );
      return rows.length === 1;
    });
  }

  private async count(turn: Due): Promise<void> {
    const account = await this.accounts.byId(turn.accountId);
    const unread = await this.unread(turn);
    const ids = unread.slice(0, await this.allowance(account));
    const answered = ids.length > 0 && (await this.rechecks.check(account, ids, 'insight'));
    const left = answered ? await this.unread(turn) : unread;
    await this.note(turn, answered, left.length === 0);
  }

  /** Those that were not read since the day of the count, in the order in which they went out. */
  private async unread({ id, endsAt }: Due): Promise<string[]> {
    const rows = await this.db.query<{ network_id: string }>(
      `SELECT p.network_id FROM feed_posts p WHERE p.stint_id = $1 AND p.seen_at < $2 AND ${OWN_WORDS}
       ORDER BY p.posted_at`,
      [id, new Date(endsAt.getTime() + settings.countAfter)],
    );
    return rows.map((row) => row.network_id);
  }

  private async allowance(account: Account): Promise<number> {
    return countAllowance(await this.budgets.today(account.id), priceOf(account.network, 'post-read'));
  }

  /** A try that left posts unread although the network answered is one of a few. */
  private async note({ id }: Due, answered: boolean, whole: boolean): Promise<void> {
    await this.db.write((tx) =>
      tx.query(
        `UPDATE turn_counts SET tries = tries + $2,
           counted_at = CASE WHEN $3 OR tries + $2 >= $4 THEN $5::timestamptz END WHERE stint_id = $1`,
        [id, answered ? 1 : 0, whole, settings.countTries, tx.now],
      ),
    );
  }
}
