import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { FeedRows } from './feed-rows.service.js';

/** A post as the team's page lists it. */
export interface ListedPost {
  id: string;
  postedAt: Date;
  text: string;
  curator: string | null;
  creditedBy: 'author' | 'grant' | 'house' | 'organiser';
  hiddenReason: string | null;
  /** Why a rule hides it. */
  ruleReason: string | null;
  /** The grant of the turn that it is credited to. */
  opensAt: Date | null;
  endsAt: Date | null;
}

/** How the feed is doing. */
export interface FeedHealth {
  pulledAt: Date | null;
  failingSince: Date | null;
  failure: string | null;
}

/** A turn may have several spans of access: its first begins it and its last ends it. */
const LISTED = `SELECT p.network_id AS id, p.posted_at AS "postedAt", p.post->>'text' AS text, n.shown_name AS curator,
    p.credited_by AS "creditedBy", g."opensAt", g."endsAt",
    (SELECT h.reason FROM hidden_posts h WHERE h.account_id = p.account_id
      AND (h.network_id = p.network_id OR jsonb_exists(p.post->'editHistoryIds', h.network_id)) LIMIT 1) AS "hiddenReason",
    (SELECT r.reason FROM hiding_rules r WHERE r.account_id = p.account_id AND (r.stint_id = p.stint_id OR EXISTS
      (SELECT 1 FROM hiding_hits i WHERE i.rule_id = r.id AND i.network_id = p.network_id)) LIMIT 1) AS "ruleReason"
  FROM feed_posts p LEFT JOIN persons n ON n.id = p.person_id
  LEFT JOIN LATERAL (SELECT min(opens_at) AS "opensAt", max(least(ends_at, closed_at)) AS "endsAt"
    FROM grants WHERE stint_id = p.stint_id) g ON true`;

/** Hiding: a hidden post leaves every connected process within a second; unhiding brings it back. Both are audited. */
@Injectable()
export class Hiding {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
    private readonly rows: FeedRows,
  ) {}

  /** So many of the posts that are kept, newest first, after leaving out as many, and whether there are older ones. */
  async list(accountId: string, count: number, leaveOut: number): Promise<{ posts: ListedPost[]; more: boolean }> {
    const posts = await this.db.query<ListedPost>(
      `${LISTED} WHERE p.account_id = $1 ORDER BY p.posted_at DESC, p.network_id DESC LIMIT $2 OFFSET $3`,
      [accountId, count + 1, leaveOut],
    );
    return { posts: posts.slice(0, count), more: posts.length > count };
  }

  /** One of them, however old it is, by its number now or one from before an edit. Throws NotFound. */
  async one(accountId: string, postId: string): Promise<ListedPost> {
    const [post] = await this.db.query<ListedPost>(
      `${LISTED} WHERE p.account_id = $1 AND (p.network_id = $2 OR jsonb_exists(p.post->'editHistoryIds', $2))`,
      [accountId, postId],
    );
    if (!post) throw new NotFound('There is no such post.');
    return post;
  }

  async health(accountId: string): Promise<FeedHealth | null> {
    const [health] = await this.db.query<FeedHealth>(
      'SELECT pulled_at AS "pulledAt", failing_since AS "failingSince", failure FROM feeds WHERE account_id = $1',
      [accountId],
    );
    return health ?? null;
  }

  /** NotFound when the account's feed has no such post, by its number now or one from before an edit. */
  async hide(accountId: string, postId: string, reason: string, personId: string): Promise<void> {
    await this.change(accountId, postId, personId, 'post.hidden', reason, async (tx) => {
      const there = await tx.query(
        `SELECT 1 FROM feed_posts WHERE account_id = $1 AND (network_id = $2 OR jsonb_exists(post->'editHistoryIds', $2))`,
        [accountId, postId],
      );
      if (there.length === 0) throw new NotFound('There is no such post.');
      return tx.query(
        `INSERT INTO hidden_posts (account_id, network_id, reason, hidden_by, hidden_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING RETURNING network_id`,
        [accountId, postId, reason, personId, tx.now],
      );
    });
  }

  async unhide(accountId: string, postId: string, reason: string, personId: string): Promise<void> {
    await this.change(accountId, postId, personId, 'post.shown-again', reason, (tx) =>
      tx.query(
        `DELETE FROM hidden_posts WHERE account_id = $1 AND (network_id = $2 OR network_id IN
           (SELECT jsonb_array_elements_text(post->'editHistoryIds') FROM feed_posts WHERE account_id = $1 AND network_id = $2))
         RETURNING network_id`,
        [accountId, postId],
      ),
    );
  }

  private async change(
    accountId: string,
    postId: string,
    personId: string,
    verb: 'post.hidden' | 'post.shown-again',
    reason: string,
    write: (tx: Tx) => Promise<unknown[]>,
  ): Promise<void> {
    await this.db.write([lock('feeds', accountId, 'account_id')], async (tx) => {
      const changed = await write(tx);
      if (changed.length === 0) return;
      await this.audit.record(tx, {
        accountId,
        actor: { kind: 'person', id: personId },
        verb,
        subject: { kind: 'post', id: postId },
        particulars: { reason },
      });
      await this.rows.changed(tx, accountId);
    });
  }
}
