import { Injectable } from '@nestjs/common';
import { Grants } from '../credentials/grants.service.js';
import { Deliveries } from '../messages/deliveries.service.js';
import { instantOf, type NetworkPost } from '../networks/network.js';
import { storable } from '../networks/storable.js';
import { Signals } from '../platform/signals.service.js';
import type { Tx } from '../platform/tx.js';
import { type Credit, creditOf, type HeldGrant, type OwnPost } from './credit.js';
import type { Copy } from './pictures.service.js';
import { WordHits } from './word-hits.service.js';

const DAY_MS = 24 * 60 * 60_000;

/** A post as it is kept: what the network said, and our copies of its pictures by media key. */
export interface KeptPost extends NetworkPost {
  copies: Record<string, Copy>;
}

/** What taking in the newest posts came to: how many there are, how many are new, how many that were held are gone. */
export interface Taken {
  posts: number;
  added: number;
  gone: number;
}

/** What a feed holds in rows. The transaction must hold the feed's row. */
@Injectable()
export class FeedRows {
  constructor(
    private readonly grants: Grants,
    private readonly deliveries: Deliveries,
    private readonly signals: Signals,
    private readonly words: WordHits,
  ) {}

  /**
   * Takes in the newest posts. They replace what is held within their window: what they lack is gone, and so are earlier
   * versions of what they hold. The window reaches down to the oldest of them that was held already: a page may be short
   * although there is more, and an id that was damaged must not reach further than that. `gone` is what else is known to
   * be gone.
   */
  async take(tx: Tx, accountId: string, posts: KeptPost[], gone: string[] | 'all'): Promise<Taken> {
    const versions = posts.flatMap((post) => post.editHistoryIds);
    const more = gone === 'all' ? [] : gone;
    const lost = await tx.query(GONE, [accountId, posts.map(({ id }) => id), [...versions, ...more], gone === 'all']);
    let added = 0;
    for (const post of posts) added += (await this.keep(tx, accountId, post)) ? 1 : 0;
    await this.words.find(tx, accountId, tx.now);
    await this.deliveries.settleUnknown(tx, accountId, posts);
    // A pull may have been quicker than the end of the transaction that opened a grant.
    await this.credit(tx, accountId, new Date(tx.now.getTime() - DAY_MS));
    return { posts: posts.length, added, gone: lost.length };
  }

  /** Takes in posts that were looked up by their ids, and drops those that are gone. */
  async checked(tx: Tx, accountId: string, posts: KeptPost[], gone: string[]): Promise<void> {
    await tx.query(GONE, [
      accountId,
      [],
      [...gone, ...posts.flatMap(({ id, editHistoryIds }) => without(editHistoryIds, id))],
      false,
    ]);
    for (const post of posts) await this.keep(tx, accountId, post);
    await this.words.find(tx, accountId, tx.now);
    await this.credit(tx, accountId, tx.now);
  }

  /** Ids of the posts that are held, and when each was last seen at the network. */
  async held(tx: Tx, accountId: string): Promise<Map<string, Date>> {
    const rows = await tx.query<{ network_id: string; seen_at: Date }>(
      'SELECT network_id, seen_at FROM feed_posts WHERE account_id = $1',
      [accountId],
    );
    return new Map(rows.map((row) => [row.network_id, row.seen_at]));
  }

  /** When the account last posted, as far as its feed and the outbox know. */
  async lastPosted(tx: Tx, accountId: string): Promise<Date | null> {
    const [row] = await tx.query<{ at: Date | null }>(
      `SELECT greatest((SELECT max(posted_at) FROM feed_posts WHERE account_id = $1),
         (SELECT max(settled_at) FROM messages WHERE account_id = $1 AND channel = 'post' AND state = 'sent')) AS at`,
      [accountId],
    );
    return row?.at ?? null;
  }

  /** Raises the version and tells every process. */
  async changed(tx: Tx, accountId: string): Promise<void> {
    tx.send('UPDATE feeds SET version = version + 1, changed_at = $2 WHERE account_id = $1', [accountId, tx.now]);
    await this.signals.send(tx, 'feed', accountId);
  }

  /** True when it is new. */
  private async keep(tx: Tx, accountId: string, post: KeptPost): Promise<boolean> {
    const [row] = await tx.query<{ added: boolean }>(
      `INSERT INTO feed_posts (account_id, network_id, posted_at, post, credited_by, seen_at) VALUES ($1, $2, $3, $4, 'house', $5)
       ON CONFLICT (account_id, network_id) DO UPDATE SET post = excluded.post, seen_at = excluded.seen_at
       RETURNING xmax = 0 AS added`,
      [accountId, post.id, instantOf(post.id), storable(post), tx.now],
    );
    return row?.added ?? false;
  }

  /**
   * Credits anew every post of this look and every one made since an instant, what an organiser corrected
   * stays so. An edit makes a new id; it stays its author's, and its instant is that of the first version.
   */
  async credit(tx: Tx, accountId: string, since: Date): Promise<void> {
    const { grants, holds } = await this.grants.rows(tx, accountId);
    const posts = await tx.query<{ id: string; first: string | null; own: OwnPost | null; corrected: Credit | null }>(
      `SELECT p.network_id AS id, p.post->'editHistoryIds'->>0 AS first,
              CASE WHEN m.id IS NOT NULL THEN jsonb_build_object('stintId', m.stint_id, 'authorId', m.author_id) END AS own,
              CASE WHEN c.network_id IS NOT NULL THEN
                jsonb_build_object('stintId', c.stint_id, 'personId', c.person_id, 'by', 'organiser') END AS corrected
       FROM feed_posts p LEFT JOIN messages m ON m.account_id = p.account_id AND m.channel = 'post'
         AND (m.provider_ref = p.network_id OR jsonb_exists(p.post->'editHistoryIds', m.provider_ref))
         LEFT JOIN LATERAL (SELECT k.network_id, k.stint_id, s.person_id FROM credit_corrections k LEFT JOIN stints s ON s.id = k.stint_id
           WHERE k.account_id = p.account_id AND (k.network_id = p.network_id OR jsonb_exists(p.post->'editHistoryIds', k.network_id))
           ORDER BY k.corrected_at DESC LIMIT 1) c ON true
       WHERE p.account_id = $1 AND (p.seen_at = $2 OR p.posted_at >= $3)`,
      [accountId, tx.now, since],
    );
    for (const { id, first, own, corrected } of posts) {
      const credit = corrected ?? creditOf(instantOf(first ?? id), own ?? undefined, grants as HeldGrant[], holds);
      tx.send(
        'UPDATE feed_posts SET stint_id = $3, person_id = $4, credited_by = $5 WHERE account_id = $1 AND network_id = $2',
        [accountId, id, credit.stintId, credit.personId, credit.by],
      );
    }
  }
}

function without(ids: string[], one: string): string[] {
  return ids.filter((id) => id !== one);
}

/** $1 account, $2 ids of the newest posts, $3 other ids that are gone or were replaced, $4 whether there are none at all. */
const GONE = `
  DELETE FROM feed_posts WHERE account_id = $1 AND NOT (network_id = ANY ($2)) AND ($4
    OR network_id = ANY ($3)
    OR network_id::numeric > (SELECT min(network_id::numeric) FROM feed_posts WHERE account_id = $1 AND network_id = ANY ($2)))`;
