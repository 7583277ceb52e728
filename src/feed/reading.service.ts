import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import type { KeptProfile } from './feed-profile.service.js';
import type { KeptPost } from './feed-rows.service.js';
import { shownAt } from './lapse.js';
import type { Selection } from './selection.js';
import { type HeadRow, shownFrom } from './showing.js';
import type { ShownFeed, ShownPost } from './shown.js';

interface FeedRow {
  version: string;
  changed_at: Date;
  pulled_at: Date | null;
  failing_since: Date | null;
  profile: KeptProfile | null;
}

/** Whether a post may be on show; in SQL, as are the next three. */
const visible = (row: string) => `(NOT EXISTS (SELECT 1 FROM hidden_posts h WHERE h.account_id = ${row}.account_id
  AND (h.network_id = ${row}.network_id OR jsonb_exists(${row}.post->'editHistoryIds', h.network_id)))
  AND NOT EXISTS (SELECT 1 FROM hiding_rules r WHERE r.account_id = ${row}.account_id AND r.stint_id = ${row}.stint_id)
  AND NOT EXISTS (SELECT 1 FROM hiding_hits i WHERE i.account_id = ${row}.account_id AND i.network_id = ${row}.network_id))`;

/** Posts that begin something, of feeds that are for everybody, with reposts where they are wanted. */
const SHOWN = `p.post->>'replyTo' IS NULL AND ${visible('p')} AND EXISTS (SELECT 1 FROM feeds f
  WHERE f.account_id = p.account_id AND f.profile->>'protected' IS DISTINCT FROM 'true'
    AND (f.reposts OR NOT p.post->'references' @> '[{"kind": "repost"}]'))`;

/** What a post quotes or passes on, also where that is one of its account's own. */
const originalsOf = (row: string) => `(SELECT jsonb_agg(o) FROM (
  SELECT network_id AS id, post, missing, seen_at FROM feed_originals q WHERE q.account_id = ${row}.account_id
    AND q.network_id IN (SELECT r->>'id' FROM jsonb_array_elements(${row}.post->'references') r WHERE r->>'kind' <> 'reply')
  UNION ALL SELECT network_id, post, NULL, seen_at FROM feed_posts q WHERE q.account_id = ${row}.account_id AND ${visible('q')}
    AND q.network_id IN (SELECT r->>'id' FROM jsonb_array_elements(${row}.post->'references') r WHERE r->>'kind' <> 'reply')
) o)`;

const POSTS = `SELECT p.post, p.posted_at, p.seen_at, p.stint_id, n.shown_name, ${originalsOf('p')} AS originals,
    (SELECT jsonb_agg(a ORDER BY a.posted_at) FROM (
      SELECT t.post, t.posted_at, t.seen_at, t.stint_id, m.shown_name, NOT ${visible('t')} AS hidden, ${originalsOf('t')} AS originals
      FROM feed_posts t LEFT JOIN persons m ON m.id = t.person_id
      WHERE t.account_id = p.account_id AND t.posted_at BETWEEN p.posted_at AND p.posted_at + interval '7 days'
        AND t.post->>'replyTo' IS NOT NULL AND t.post->>'conversationId' = coalesce(p.post->>'conversationId', p.network_id)
    ) a) AS answers
  FROM feed_posts p LEFT JOIN persons n ON n.id = p.person_id`;

/** A feed as it was read. */
export interface ReadFeed {
  feed: ShownFeed;
  failing: boolean;
  version: string;
  /** When a pull, a hide or a failure last changed it; of an account without a feed yet, when it was made. */
  changedAt: Date;
}

/** Reads an account's feed as every format shows it, without what is hidden. */
@Injectable()
export class FeedReading {
  constructor(
    private readonly db: Db,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /**
   * The feed, whether pulls are failing, and the version it was read at. The feed's state is `fresh`: what it is at a
   * given moment depends on the clock, and is for whoever shows it to ask (`stateOf`).
   */
  async read(account: Account): Promise<ReadFeed> {
    const [row] = await this.db.query<FeedRow>(
      'SELECT version, changed_at, pulled_at, failing_since, profile FROM feeds WHERE account_id = $1',
      [account.id],
    );
    const feed = {
      slug: account.slug,
      handle: account.handle,
      name: account.name,
      origin: this.runtime.publicUrl,
      avatar: row?.profile?.avatarFile ? this.picture(account.slug, row.profile.avatarFile) : null,
      pulledAt: row?.pulled_at ?? null,
      state: 'fresh' as const,
      posts: row?.pulled_at ? await this.posts(account) : [],
    };
    const changedAt = row?.changed_at ?? account.createdAt;
    return { feed, failing: Boolean(row?.failing_since), version: row?.version ?? '0', changedAt };
  }

  private async posts(account: Account): Promise<ShownPost[]> {
    const rows = await this.db.query<HeadRow>(
      `${POSTS} WHERE p.account_id = $1 AND ${SHOWN}
       ORDER BY p.posted_at DESC, p.network_id DESC LIMIT $2`,
      [account.id, settings.feedPosts],
    );
    return rows.map((row) => this.shown(row, account));
  }

  /** The newest posts of a selection among all that are kept. NotFound when nobody may know of such a turn. */
  async selected(account: Account, { since, limit, curator, tag }: Selection): Promise<ShownPost[]> {
    if (curator) await this.turnOf(account, curator);
    const rows = await this.db.query<HeadRow>(
      `${POSTS} WHERE p.account_id = $1 AND ${SHOWN} AND ($3::uuid IS NULL OR p.stint_id = $3)
         AND ($4::timestamptz IS NULL OR p.posted_at > $4) AND ($5::numeric IS NULL OR p.network_id::numeric > $5)
         AND ($6::text IS NULL OR EXISTS
           (SELECT 1 FROM jsonb_array_elements(p.post->'entities'->'hashtags') h WHERE lower(h->>'tag') = lower($6)))
       ORDER BY p.posted_at DESC, p.network_id DESC LIMIT $2`,
      [
        ...[account.id, limit ?? settings.feedPosts, curator],
        ...[since instanceof Date ? since : null, typeof since === 'string' ? since : null, tag],
      ],
    );
    return rows.map((row) => this.shown(row, account));
  }

  /**
   * The kept posts that meet a condition (`p` is a post's row, `$1` the account), oldest first, as they may be shown now:
   * those that were not confirmed for a day are links.
   */
  async kept(account: Account, condition: string, values: unknown[]): Promise<ShownFeed> {
    const { feed } = await this.read(account);
    const rows = await this.db.query<HeadRow>(
      `${POSTS} WHERE p.account_id = $1 AND ${SHOWN} AND (${condition}) ORDER BY p.posted_at, p.network_id LIMIT 500`,
      [account.id, ...values],
    );
    return shownAt({ ...feed, posts: rows.map((row) => this.shown(row, account)) }, await this.db.now());
  }

  /** A post that may be shown whole, of the account's own or quoted by one, and has this picture (its file's name). */
  async withPicture(account: Account, file: string): Promise<KeptPost | null> {
    const [row] = await this.db.query<{ post: KeptPost }>(
      `SELECT e.post FROM (SELECT p.account_id, p.post, p.seen_at FROM feed_posts p WHERE ${visible('p')}
         UNION ALL SELECT o.account_id, o.post, o.seen_at FROM feed_originals o) e
       JOIN feeds f ON f.account_id = e.account_id AND f.profile->>'protected' IS DISTINCT FROM 'true'
       WHERE e.account_id = $1 AND e.post->>'withheld' IS NULL AND e.seen_at > $2
         AND jsonb_path_exists(e.post, '$.copies.*.file ? (@ == $file)', jsonb_build_object('file', $3::text)) LIMIT 1`,
      [account.id, new Date((await this.db.now()).getTime() - settings.feedExpiry), file],
    );
    return row?.post ?? null;
  }

  private async turnOf(account: Account, stintId: string): Promise<void> {
    const turns = await this.db.query(
      `SELECT 1 FROM stints WHERE id = $1 AND account_id = $2 AND state IN ('confirmed', 'active', 'ended')`,
      [stintId, account.id],
    );
    if (turns.length === 0) throw new NotFound('There is no such turn.');
  }

  private shown(row: HeadRow, { handle, slug }: Account): ShownPost {
    return shownFrom(row, { handle, picture: (file) => this.picture(slug, file) });
  }

  private picture(slug: string, file: string): string {
    return `${this.runtime.publicUrl}/${slug}/pictures/${file}.webp`;
  }
}
