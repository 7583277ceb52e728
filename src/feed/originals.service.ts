import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import type { Found, NetworkPost } from '../networks/network.js';
import { storable } from '../networks/storable.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import { Copies } from './copies.service.js';
import { FeedCalls } from './feed-calls.service.js';
import type { KeptPost } from './feed-rows.service.js';

/** The posts that an account's own posts quote or pass on. Each is read once, and then only when it is re-checked. */
@Injectable()
export class Originals {
  constructor(
    private readonly db: Db,
    private readonly calls: FeedCalls,
    private readonly copies: Copies,
  ) {}

  /** Reads those that were never read. What cannot be read now is shown as a link, and read at another look. */
  async complete(account: Account, posts: NetworkPost[]): Promise<void> {
    const ids = await this.unread(account.id, posts);
    if (ids.length === 0) return;
    const found = await this.calls.lookUp(account, ids);
    if (found.kind !== 'done') return;
    const kept = await this.copies.of(account.id, found.value.posts);
    const read = kept.map((post) => ({ id: post.id, post }));
    await this.db.write((tx) => this.keep(tx, account.id, read, found.value.missing));
  }

  /** Takes in what a re-check found of those that are kept: each as it was last edited, by the id that it is quoted by. */
  async checked(tx: Tx, accountId: string, posts: KeptPost[], missing: Found['missing']): Promise<void> {
    const rows = await tx.query<{ network_id: string }>('SELECT network_id FROM feed_originals WHERE account_id = $1', [
      accountId,
    ]);
    const known = new Set(rows.map((row) => row.network_id));
    const sure = missing.filter(({ id, why }) => known.has(id) && why !== 'unavailable');
    const read = posts.flatMap((post) => {
      const ids = post.editHistoryIds.filter((id) => known.has(id));
      return ids.map((id) => ({ id, post }));
    });
    await this.keep(tx, accountId, read, sure);
  }

  /** Forgets those that no post is about any more. */
  async forget(tx: Tx, accountId: string): Promise<void> {
    await tx.query(
      `DELETE FROM feed_originals o WHERE o.account_id = $1 AND NOT EXISTS (SELECT 1 FROM feed_posts p
         WHERE p.account_id = $1 AND p.post->'references' @> jsonb_build_array(jsonb_build_object('id', o.network_id)))`,
      [accountId],
    );
  }

  private async unread(accountId: string, posts: NetworkPost[]): Promise<string[]> {
    const own = new Set(posts.map(({ id }) => id));
    const about = posts
      .flatMap(({ references }) => references)
      .filter(({ kind, id }) => kind !== 'reply' && !own.has(id));
    const ids = [...new Set(about.map(({ id }) => id))];
    if (ids.length === 0) return [];
    const known = await this.db.query<{ network_id: string }>(
      `SELECT network_id FROM feed_originals WHERE account_id = $1 AND network_id = ANY($2)
       UNION SELECT network_id FROM feed_posts WHERE account_id = $1 AND network_id = ANY($2)`,
      [accountId, ids],
    );
    return ids.filter((id) => !known.some((row) => row.network_id === id));
  }

  private async keep(
    tx: Tx,
    accountId: string,
    posts: { id: string; post: KeptPost }[],
    missing: Found['missing'],
  ): Promise<void> {
    const rows = [
      ...posts.map(({ id, post }) => ({ id, post: storable(post), why: null })),
      ...missing.map(({ id, why }) => ({ id, post: null, why })),
    ];
    for (const { id, post, why } of rows)
      await tx.query(
        `INSERT INTO feed_originals (account_id, network_id, post, missing, seen_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id, network_id) DO UPDATE SET post = excluded.post, missing = excluded.missing, seen_at = excluded.seen_at`,
        [accountId, id, post, why, tx.now],
      );
  }
}
