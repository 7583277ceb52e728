import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { type CostPurpose, NetworkCosts } from '../credentials/network-costs.service.js';
import type { Found, NetworkPost } from '../networks/network.js';
import { priceOf } from '../networks/prices.js';
import { Db } from '../platform/database.service.js';
import { lock } from '../platform/tx.js';
import { Copies } from './copies.service.js';
import { FeedCalls } from './feed-calls.service.js';
import { FeedRows } from './feed-rows.service.js';
import { Originals } from './originals.service.js';
import { recheckAllowance } from './recheck.js';

/**
 * Looks posts up by their ids which no page of the timeline shows any more: those first that were not seen for longest,
 * as many as the keeper's budget allows. What is gone at the network goes; a look-up that failed changes nothing.
 */
@Injectable()
export class Rechecks {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly costs: NetworkCosts,
    private readonly calls: FeedCalls,
    private readonly copies: Copies,
    private readonly rows: FeedRows,
    private readonly originals: Originals,
  ) {}

  /** Re-checks some posts of every feed whose turn it is. */
  async sweep(): Promise<void> {
    const due = await this.db.query<{ account_id: string }>(
      'SELECT account_id FROM feeds WHERE coalesce(recheck_at, $1) <= $1 ORDER BY recheck_at LIMIT 20',
      [await this.db.now()],
    );
    for (const { account_id: accountId } of due) await this.some(accountId);
  }

  private async some(accountId: string): Promise<void> {
    const account = await this.accounts.byId(accountId);
    const budget = await this.claim(accountId);
    if (budget === null || account.connection !== 'api') return;
    const ids = await this.longestUnseen(account, budget);
    if (ids.length > 0) await this.check(account, ids, 're-check');
  }

  /** Looks these up (100 at most) and takes in what the network says of them. False when it did not answer. */
  async check(account: Account, ids: string[], purpose: CostPurpose): Promise<boolean> {
    const begun = await this.db.now();
    const answer = await this.calls.lookUp(account, ids, purpose);
    if (answer.kind === 'done') await this.take(account, answer.value, begun, purpose);
    return answer.kind === 'done';
  }

  /** One process at a time, once an hour: gives the budget of the day, or null when it is another's turn. */
  private claim(accountId: string): Promise<number | null> {
    return this.db.write(async (tx) => {
      const [row] = await tx.query<{ recheck_budget: number }>(
        `UPDATE feeds SET recheck_at = $3 WHERE account_id = $1 AND coalesce(recheck_at, $2) <= $2 RETURNING recheck_budget`,
        [accountId, tx.now, new Date(tx.now.getTime() + settings.recheckEvery)],
      );
      return row?.recheck_budget ?? null;
    });
  }

  private async longestUnseen(account: Account, budget: number): Promise<string[]> {
    const now = await this.db.now();
    const costs = await this.costs.since(account.id, now);
    const spent = costs
      .filter(({ purpose }) => purpose === 're-check')
      .reduce((sum, cost) => sum + cost.microDollars, 0);
    const count = recheckAllowance({ budget, spent, price: priceOf(account.network, 'post-read') }, now);
    const rows = await this.db.query<{ network_id: string }>(
      `SELECT network_id FROM (
         SELECT network_id, seen_at, false AS own FROM feed_originals WHERE account_id = $1
         UNION ALL SELECT network_id, seen_at, true FROM feed_posts WHERE account_id = $1
       ) each WHERE seen_at < $2 ORDER BY own, seen_at, network_id DESC LIMIT $3`,
      [account.id, new Date(now.getTime() - settings.recheckAfter), count],
    );
    return rows.map((row) => row.network_id);
  }

  private async take(account: Account, found: Found, begun: Date, purpose: CostPurpose): Promise<void> {
    const posts = await this.copies.of(account.id, await this.newestVersions(account, found.posts, purpose));
    const gone = found.missing.filter(({ why }) => why !== 'unavailable').map(({ id }) => id);
    if (posts.length + gone.length === 0) return;
    await this.db.write([lock('feeds', account.id, 'account_id')], async (tx) => {
      await this.originals.checked(tx, account.id, posts, found.missing);
      const held = await this.rows.held(tx, account.id);
      const unseen = (id: string) => (held.get(id) ?? begun) <= begun;
      const own = posts.filter(({ id, editHistoryIds }) => unseen(id) && editHistoryIds.some((each) => held.has(each)));
      await this.rows.checked(tx, account.id, own, gone.filter(unseen));
      await this.originals.forget(tx, account.id);
      await this.rows.changed(tx, account.id);
    });
  }

  /** Each as it was last edited; one whose last version cannot be had now is left for another time. */
  private async newestVersions(account: Account, posts: NetworkPost[], purpose: CostPurpose): Promise<NetworkPost[]> {
    const current = posts.filter(({ id, editHistoryIds }) => (editHistoryIds.at(-1) ?? id) === id);
    const edited = posts
      .filter((post) => !current.includes(post))
      .map(({ id, editHistoryIds }) => editHistoryIds.at(-1) ?? id);
    if (edited.length === 0) return current;
    const answer = await this.calls.lookUp(account, edited, purpose);
    return answer.kind === 'done' ? [...current, ...answer.value.posts] : current;
  }
}
