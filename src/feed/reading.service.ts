import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Db } from '../platform/database.service.js';
import type { KeptPost, KeptProfile } from './pulls.service.js';
import { permalink, type ShownFeed, type ShownPicture, type ShownPost, segmentsOf } from './shown.js';

interface FeedRow {
  version: string;
  pulled_at: Date | null;
  failing_since: Date | null;
  profile: KeptProfile | null;
  now: Date;
}

interface PostRow {
  post: KeptPost;
  posted_at: Date;
  stint_id: string | null;
  shown_name: string | null;
}

/** Reads an account's feed as every format shows it, without what is hidden. */
@Injectable()
export class FeedReading {
  constructor(
    private readonly db: Db,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** The feed and the version it was read at. */
  async read(account: Account): Promise<{ feed: ShownFeed; version: string }> {
    const [row] = await this.db.query<FeedRow>(
      `SELECT f.version, f.pulled_at, f.failing_since, f.profile,
              a.service_start + (clock_timestamp() - a.anchored_at) * a.speed AS now
       FROM feeds f CROSS JOIN clock_anchor a WHERE f.account_id = $1`,
      [account.id],
    );
    const state = row ? stateOf(row) : 'fresh';
    const posts = state === 'expired' ? [] : await this.posts(account);
    const avatar = row?.profile?.avatarFile ? this.picture(account.slug, row.profile.avatarFile) : null;
    const feed = {
      slug: account.slug,
      handle: account.handle,
      name: account.name,
      origin: this.runtime.publicUrl,
      avatar,
      pulledAt: row?.pulled_at ?? null,
      state,
      posts,
    };
    return { feed, version: row?.version ?? '0' };
  }

  private async posts(account: Account): Promise<ShownPost[]> {
    const rows = await this.db.query<PostRow>(
      `SELECT p.post, p.posted_at, p.stint_id, n.shown_name FROM feed_posts p LEFT JOIN persons n ON n.id = p.person_id
       WHERE p.account_id = $1 AND NOT EXISTS
         (SELECT 1 FROM hidden_posts h WHERE h.account_id = p.account_id AND h.network_id = p.network_id)
       ORDER BY p.posted_at DESC, p.network_id DESC LIMIT $2`,
      [account.id, settings.feedPosts],
    );
    return rows.map((row) => this.shown(row, account));
  }

  private shown({ post, posted_at, stint_id, shown_name }: PostRow, account: Account): ShownPost {
    return {
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
      curator: stint_id ? { name: shown_name ?? 'A curator', stintId: stint_id } : null,
    };
  }

  private picture(slug: string, file: string): string {
    return `${this.runtime.publicUrl}/${slug}/pictures/${file}.webp`;
  }
}

/** X's rule: what was not confirmed for 24 hours is not shown. */
function stateOf({ pulled_at, failing_since, now }: FeedRow): ShownFeed['state'] {
  if (!pulled_at) return failing_since ? 'stale' : 'fresh';
  if (now.getTime() - pulled_at.getTime() > settings.feedExpiry) return 'expired';
  return failing_since ? 'stale' : 'fresh';
}
