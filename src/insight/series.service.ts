import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import { Db } from '../platform/database.service.js';
import { OWN_WORDS } from './own-words.js';

/** How a turn's posts did in all by the end of a day, as far as the network had told us by then; null is not known. */
export interface TurnDay {
  /** ISO date in the account's zone. */
  day: string;
  posts: number;
  impressions: number | null;
  likes: number | null;
  replies: number | null;
  reposts: number | null;
}

const sum = (measure: string) => `sum((p.post->'metrics'->>'${measure}')::bigint)`;

/** A line a day for each turn, out of what the feed reads anyway: no call is made for it. */
@Injectable()
export class Series {
  constructor(private readonly db: Db) {}

  /** Notes the newest readings of the turns that run or have ended not long ago. */
  async sweep(): Promise<void> {
    await this.db.write((tx) =>
      tx.query(
        `INSERT INTO turn_days (stint_id, day, posts, impressions, likes, replies, reposts, read_at)
         SELECT s.id, (max(p.seen_at) AT TIME ZONE a.zone)::date, count(*), ${sum('impressions')}, ${sum('likes')},
           ${sum('replies')}, ${sum('reposts')}, max(p.seen_at)
         FROM stints s JOIN accounts a ON a.id = s.account_id JOIN feed_posts p ON p.stint_id = s.id AND ${OWN_WORDS}
         WHERE s.account_id IN (SELECT account_id FROM feeds WHERE pulled_at IS NOT NULL)
           AND s.starts_at <= $1 AND s.ends_at > $2 GROUP BY s.id, a.zone
         ON CONFLICT (stint_id, day) DO UPDATE SET posts = excluded.posts, impressions = excluded.impressions,
           likes = excluded.likes, replies = excluded.replies, reposts = excluded.reposts, read_at = excluded.read_at
         WHERE turn_days.read_at < excluded.read_at`,
        [tx.now, new Date(tx.now.getTime() - settings.countAfter - settings.feedExpiry)],
      ),
    );
  }

  /** Oldest first; days on which nothing was read are left out. */
  of(stintId: string): Promise<TurnDay[]> {
    return this.db.query<TurnDay>(
      `SELECT day::text, posts, impressions::float8 AS impressions, likes::float8 AS likes, replies::float8 AS replies,
         reposts::float8 AS reposts FROM turn_days WHERE stint_id = $1 ORDER BY day`,
      [stintId],
    );
  }
}
