import { Injectable } from '@nestjs/common';
import { Grants } from '../credentials/grants.service.js';
import { Deliveries } from '../messages/deliveries.service.js';
import { instantOf, type NetworkPost } from '../networks/network.js';
import { Signals } from '../platform/signals.service.js';
import type { Tx } from '../platform/tx.js';
import { creditOf, type HeldGrant, type OwnPost } from './credit.js';
import type { Copy } from './pictures.service.js';
import { storable } from './storable.js';

const DAY_MS = 24 * 60 * 60_000;

/** A post as it is kept: what the network said, and our copies of its pictures by media key. */
export interface KeptPost extends NetworkPost {
  copies: Record<string, Copy>;
}

/** What a feed holds in rows. The transaction must hold the feed's row. */
@Injectable()
export class FeedRows {
  constructor(
    private readonly grants: Grants,
    private readonly deliveries: Deliveries,
    private readonly signals: Signals,
  ) {}

  /**
   * Takes in a page of posts, newest first. It replaces what is held within its window: what it lacks is gone, and so
   * are earlier versions of what it holds. The window reaches down to the oldest post of the page that was held already:
   * a page may be short although there is more, and an id that was damaged must not reach further than that.
   */
  async take(tx: Tx, accountId: string, posts: KeptPost[]): Promise<void> {
    await tx.query(GONE, [accountId, posts.map(({ id }) => id), posts.flatMap((post) => post.editHistoryIds)]);
    for (const post of posts) await this.keep(tx, accountId, post);
    await this.deliveries.settleUnknown(tx, accountId, posts);
    // A pull may have been quicker than the end of the transaction that opened a grant.
    await this.credit(tx, accountId, new Date(tx.now.getTime() - DAY_MS));
  }

  /** Raises the version and tells every process. */
  async changed(tx: Tx, accountId: string): Promise<void> {
    await tx.query('UPDATE feeds SET version = version + 1, changed_at = $2 WHERE account_id = $1', [
      accountId,
      tx.now,
    ]);
    await this.signals.send(tx, 'feed', accountId);
  }

  private async keep(tx: Tx, accountId: string, post: KeptPost): Promise<void> {
    await tx.query(
      `INSERT INTO feed_posts (account_id, network_id, posted_at, post, credited_by, seen_at) VALUES ($1, $2, $3, $4, 'house', $5)
       ON CONFLICT (account_id, network_id) DO UPDATE SET post = excluded.post, seen_at = excluded.seen_at`,
      [accountId, post.id, instantOf(post.id), storable(post), tx.now],
    );
  }

  /**
   * Credits anew every post of this look and every one made since an instant, except those that an organiser has
   * credited by hand. An edit makes a new id; it stays its author's, and its instant is that of the first version.
   */
  async credit(tx: Tx, accountId: string, since: Date): Promise<void> {
    const { grants, holds } = await this.grants.rows(tx, accountId);
    const posts = await tx.query<{ id: string; first: string | null; own: OwnPost | null }>(
      `SELECT p.network_id AS id, p.post->'editHistoryIds'->>0 AS first,
              CASE WHEN m.id IS NOT NULL THEN jsonb_build_object('stintId', m.stint_id, 'authorId', m.author_id) END AS own
       FROM feed_posts p LEFT JOIN messages m ON m.account_id = p.account_id AND m.channel = 'post'
         AND (m.provider_ref = p.network_id OR jsonb_exists(p.post->'editHistoryIds', m.provider_ref))
       WHERE p.account_id = $1 AND (p.seen_at = $2 OR p.posted_at >= $3) AND p.credited_by <> 'organiser'`,
      [accountId, tx.now, since],
    );
    for (const { id, first, own } of posts) {
      const credit = creditOf(instantOf(first ?? id), own ?? undefined, grants as HeldGrant[], holds);
      await tx.query(
        'UPDATE feed_posts SET stint_id = $3, person_id = $4, credited_by = $5 WHERE account_id = $1 AND network_id = $2',
        [accountId, id, credit.stintId, credit.personId, credit.by],
      );
    }
  }
}

/** $1 account, $2 ids of the page, $3 ids of every version of its posts. */
const GONE = `
  DELETE FROM feed_posts WHERE account_id = $1 AND NOT (network_id = ANY ($2)) AND (cardinality($2::text[]) = 0
    OR network_id = ANY ($3)
    OR network_id::numeric > (SELECT min(network_id::numeric) FROM feed_posts WHERE account_id = $1 AND network_id = ANY ($2)))`;
