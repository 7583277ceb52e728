import { Injectable } from '@nestjs/common';
import { settings } from '../../../config/settings.js';
import { Accounts } from '../../credentials/accounts.service.js';
import { NetworkBudgets } from '../../credentials/network-budgets.service.js';
import type { Found } from '../../networks/network.js';
import { Db } from '../../platform/database.service.js';
import { MentionCalls } from './mention-calls.service.js';
import { AROUND_DUTY, aroundDuty } from './mention-pulls.service.js';
import { MentionRows } from './mention-rows.service.js';

/**
 * Looks kept mentions up again, the newest first, while somebody is on duty and the day's budget is far from used up: what
 * its author deleted, closed or replaced by a newer version goes. A look-up that failed changes nothing.
 */
@Injectable()
export class MentionRechecks {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly budgets: NetworkBudgets,
    private readonly calls: MentionCalls,
    private readonly rows: MentionRows,
  ) {}

  async sweep(): Promise<void> {
    for (const accountId of await this.claim()) await this.some(accountId);
  }

  /** The accounts whose turn it is: each goes to one process. */
  private claim(): Promise<string[]> {
    return this.db.write(async (tx) => {
      const rows = await tx.query<{ accountId: string }>(
        `UPDATE mention_pulls p SET recheck_at = $4 WHERE coalesce(p.recheck_at, $1) <= $1 AND ${AROUND_DUTY}
         RETURNING p.account_id AS "accountId"`,
        [...aroundDuty(tx.now), new Date(tx.now.getTime() + settings.mentionRecheckEvery)],
      );
      return rows.map(({ accountId }) => accountId);
    });
  }

  private async some(accountId: string): Promise<void> {
    const account = await this.accounts.byId(accountId);
    const now = await this.db.now();
    const use = await this.budgets.used(accountId, now);
    if (account.connection !== 'api' || (use && use.state !== 'within')) return;
    const rows = await this.db.query<{ id: string }>(
      `SELECT network_id AS id FROM mentions WHERE account_id = $1 AND seen_at < $2
       ORDER BY posted_at DESC, network_id DESC LIMIT $3`,
      [accountId, new Date(now.getTime() - settings.mentionRecheckAfter), settings.mentionRechecks],
    );
    if (rows.length === 0) return;
    const answer = await this.calls.lookUp(
      account,
      rows.map(({ id }) => id),
    );
    if (answer.kind === 'done') await this.take(accountId, answer.value);
  }

  private async take(accountId: string, { posts, missing }: Found): Promise<void> {
    const current = posts.filter(({ id, editHistoryIds }) => (editHistoryIds.at(-1) ?? id) === id);
    const outdated = posts.filter((post) => !current.includes(post)).map(({ id }) => id);
    const gone = missing.filter(({ why }) => why !== 'unavailable').map(({ id }) => id);
    await this.db.write(async (tx) => {
      await this.rows.take(
        tx,
        accountId,
        current.map((post) => ({ post, author: null })),
      );
      await this.rows.drop(tx, accountId, [...gone, ...outdated]);
    });
  }
}
