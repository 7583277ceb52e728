import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import type { KeptProfile } from './feed-profile.service.js';
import type { KeptPost } from './feed-rows.service.js';
import type { Selection } from './selection.js';
import { asLink, permalink, type ShownFeed, type ShownPicture, type ShownPost, segmentsOf, shownAt } from './shown.js';

interface FeedRow {
  version: string;
  changed_at: Date;
  pulled_at: Date | null;
  failing_since: Date | null;
  profile: KeptProfile | null;
}

interface PostRow {
  post: KeptPost;
  posted_at: Date;
  seen_at: Date;
  stint_id: string | null;
  shown_name: string | null;
}

const SHOWN = `p.post->>'replyTo' IS NULL AND NOT EXISTS (SELECT 1 FROM hidden_posts h WHERE h.account_id = p.account_id
  AND (h.network_id = p.network_id OR jsonb_exists(p.post->'editHistoryIds', h.network_id)))
  AND NOT EXISTS (SELECT 1 FROM feeds f WHERE f.account_id = p.account_id AND f.profile->>'protected' = 'true')`;

const POSTS = `SELECT p.post, p.posted_at, p.seen_at, p.stint_id, n.shown_name
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
    const rows = await this.db.query<PostRow>(
      `${POSTS} WHERE p.account_id = $1 AND ${SHOWN}
       ORDER BY p.posted_at DESC, p.network_id DESC LIMIT $2`,
      [account.id, settings.feedPosts],
    );
    return rows.map((row) => this.shown(row, account));
  }

  /** The newest posts of a selection among all that are kept. NotFound when nobody may know of such a turn. */
  async selected(account: Account, { since, limit, curator, tag }: Selection): Promise<ShownPost[]> {
    if (curator) await this.turnOf(account, curator);
    const rows = await this.db.query<PostRow>(
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
    const rows = await this.db.query<PostRow>(
      `${POSTS} WHERE p.account_id = $1 AND ${SHOWN} AND (${condition}) ORDER BY p.posted_at, p.network_id LIMIT 500`,
      [account.id, ...values],
    );
    return shownAt({ ...feed, posts: rows.map((row) => this.shown(row, account)) }, await this.db.now());
  }

  /** A post that may be shown whole and has this picture (its file's name). */
  async withPicture(account: Account, file: string): Promise<KeptPost | null> {
    const [row] = await this.db.query<PostRow>(
      `${POSTS} WHERE p.account_id = $1 AND ${SHOWN} AND p.post->>'withheld' IS NULL AND p.seen_at > $2
         AND jsonb_path_exists(p.post, '$.copies.*.file ? (@ == $file)', jsonb_build_object('file', $3::text)) LIMIT 1`,
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

  private shown({ post, posted_at, seen_at, stint_id, shown_name }: PostRow, account: Account): ShownPost {
    const whole = {
      id: post.id,
      permalink: permalink(account.handle, post.id),
      postedAt: posted_at,
      text: post.text,
      segments: segmentsOf(post),
      pictures: post.media.flatMap((media): ShownPicture[] => {
        const copy = post.copies[media.key];
        if (!copy) return [];
        const href = this.picture(account.slug, copy.file);
        return [{ href, width: copy.width, height: copy.height, description: media.alt ?? null }];
      }),
      edited: post.edited,
      checkedAt: seen_at,
      linkOnly: false,
      curator: stint_id ? { name: shown_name ?? 'A curator', stintId: stint_id } : null,
    };
    return post.withheld ? asLink(whole) : whole;
  }

  private picture(slug: string, file: string): string {
    return `${this.runtime.publicUrl}/${slug}/pictures/${file}.webp`;
  }
}
