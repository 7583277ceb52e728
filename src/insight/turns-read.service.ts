import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import type { Metrics } from '../networks/network.js';
import { Db } from '../platform/database.service.js';
import type { Counted, Counting } from './how-it-did.js';
import { OWN_WORDS } from './own-words.js';

/** A turn that may have numbers; `name` is how the public knows its curator. */
export interface ReadTurn extends Counting {
  id: string;
  accountId: string;
  name: string;
}

/** A post of a turn. */
export interface ReadPost extends Counted {
  id: string;
  stintId: string;
  /** What the network shows, as of `readAt`; null where it shows nothing. */
  text: string | null;
  /** What was sent through Baton; null for a post from elsewhere. */
  ownText: string | null;
}

const TURN = `
  SELECT s.id, s.account_id AS "accountId", coalesce(p.shown_name, 'A curator') AS name, s.state, s.starts_at AS "startsAt",
    s.ends_at AS "endsAt", s.import_id IS NOT NULL AS imported, c.counted_at AS "countedAt"
  FROM stints s LEFT JOIN persons p ON p.id = s.person_id LEFT JOIN turn_counts c ON c.stint_id = s.id
  WHERE s.state IN ('confirmed', 'active', 'ended') AND s.ended_how IS DISTINCT FROM 'no-show'`;

/** Posts that the feed holds, and those that went out through Baton and that it does not hold. */
const POSTS = `
  SELECT p.network_id AS id, p.stint_id AS "stintId", p.posted_at AS "postedAt", p.seen_at AS "readAt",
    nullif(p.post->'metrics', 'null') AS metrics, p.post->>'text' AS text, m.data->>'text' AS "ownText"
  FROM feed_posts p LEFT JOIN messages m ON m.account_id = p.account_id AND m.channel = 'post' AND m.provider_ref = p.network_id
  WHERE p.stint_id = ANY ($1) AND ${OWN_WORDS}
  UNION ALL
  SELECT m.provider_ref, m.stint_id, coalesce(m.settled_at, m.due_at), NULL, NULL, NULL, m.data->>'text' FROM messages m
  WHERE m.stint_id = ANY ($1) AND m.channel = 'post' AND m.state = 'sent' AND m.provider_ref IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM feed_posts p WHERE p.account_id = m.account_id
      AND (p.network_id = m.provider_ref OR jsonb_exists(p.post->'editHistoryIds', m.provider_ref)))
    AND (m.reply_to IS NULL OR EXISTS (SELECT 1 FROM messages o WHERE o.account_id = m.account_id AND o.provider_ref = m.reply_to))
  ORDER BY 3, 1`;

/** Turns and how their posts did, read from the rows of rota, feed and outbox. */
@Injectable()
export class TurnsRead {
  constructor(private readonly db: Db) {}

  async one(id: string): Promise<ReadTurn | null> {
    const [turn] = await this.db.query<ReadTurn>(`${TURN} AND s.id = $1`, [id]);
    return turn ?? null;
  }

  async isOf(stintId: string, personId: string): Promise<boolean> {
    return (
      (await this.db.query('SELECT 1 FROM stints WHERE id = $1 AND person_id = $2', [stintId, personId])).length > 0
    );
  }

  /** The turns that began in a year of the account's zone, oldest first. */
  async ofYear(account: Account, year: number): Promise<ReadTurn[]> {
    return this.db.query<ReadTurn>(
      `${TURN} AND s.account_id = $1 AND s.starts_at <= $4 AND extract(year FROM s.starts_at AT TIME ZONE $2) = $3
       ORDER BY s.starts_at, s.seat`,
      [account.id, account.zone, year, await this.db.now()],
    );
  }

  /** The years in which turns began, newest first. */
  async years(account: Account): Promise<number[]> {
    const rows = await this.db.query<{ year: number }>(
      `SELECT DISTINCT extract(year FROM t."startsAt" AT TIME ZONE $2)::int AS year FROM (${TURN}) t
       WHERE t."accountId" = $1 AND t."startsAt" <= $3 ORDER BY 1 DESC`,
      [account.id, account.zone, await this.db.now()],
    );
    return rows.map((row) => row.year);
  }

  /** In the order in which they went out. What answers other people is left out: the feed does not read it. */
  posts(stintIds: string[]): Promise<ReadPost[]> {
    return this.db.query<ReadPost & { metrics: Metrics | null }>(POSTS, [stintIds]);
  }
}
