import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { FeedReading } from './reading.service.js';
import type { ShownFeed } from './shown.js';

/** A turn that began: whose, as the public may know them, and when. */
export interface PastTurn {
  id: string;
  name: string;
  weekId: string;
  startsAt: Date;
  endsAt: Date;
}

/** A slot of the rota in which somebody had a turn. */
export interface PastWeek {
  id: string;
  startsAt: Date;
  endsAt: Date;
  turns: { id: string; name: string }[];
}

/** Past weeks, newest first, and whether there are older ones. */
export interface PastWeeks {
  weeks: PastWeek[];
  more: boolean;
}

/** The weeks beside one: their ids and first days. */
export interface Neighbours {
  earlier: PastWeek | null;
  later: PastWeek | null;
}

/** What was posted in past weeks, as far as we still hold it. Hidden posts are left out; old ones may be mere links. */
@Injectable()
export class Archive {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly reading: FeedReading,
  ) {}

  /** So many weeks that have begun, after leaving out as many. */
  async weeks(account: Account, count: number, leaveOut: number): Promise<PastWeeks> {
    const weeks = await this.find(account, 's.starts_at <= $2 ORDER BY s.starts_at DESC LIMIT $3 OFFSET $4', [
      ...[await this.db.now(), count + 1, leaveOut],
    ]);
    return { weeks: weeks.slice(0, count), more: weeks.length > count };
  }

  /** A week with what its curators posted, and the house until the next week begins; oldest first. Throws NotFound. */
  async week(account: Account, id: string): Promise<{ week: PastWeek; beside: Neighbours; feed: ShownFeed }> {
    const [week] = await this.find(account, 's.id = $2', [id]);
    if (!week) throw new NotFound('There is no such week.');
    const [earlier] = await this.find(account, 's.starts_at < $2 ORDER BY s.starts_at DESC LIMIT 1', [week.startsAt]);
    const [later] = await this.find(account, 's.starts_at > $2 AND s.starts_at <= $3 ORDER BY s.starts_at LIMIT 1', [
      ...[week.startsAt, await this.db.now()],
    ]);
    const feed = await this.reading.kept(
      account,
      'p.stint_id = ANY($2) OR p.stint_id IS NULL AND p.posted_at >= $3 AND ($4::timestamptz IS NULL OR p.posted_at < $4)',
      [week.turns.map((turn) => turn.id), week.startsAt, later?.startsAt ?? null],
    );
    return { week, beside: { earlier: earlier ?? null, later: later ?? null }, feed };
  }

  /** One curator's turn with what they posted, oldest first. Throws NotFound. */
  async turn(account: Account, id: string): Promise<{ turn: PastTurn; feed: ShownFeed }> {
    const [turn] = await this.db.query<PastTurn>(
      `SELECT t.id, coalesce(n.shown_name, 'A curator') AS name, t.slot_id AS "weekId", t.starts_at AS "startsAt", t.ends_at AS "endsAt"
       FROM stints t LEFT JOIN persons n ON n.id = t.person_id WHERE t.id = $1 AND t.account_id = $2 AND ${BEGAN}`,
      [id, account.id],
    );
    if (!turn) throw new NotFound('There is no such turn.');
    return { turn, feed: await this.reading.kept(account, 'p.stint_id = $2', [id]) };
  }

  /** A feed of one post, by its id or that of an earlier version of it. Throws NotFound, also for a hidden one. */
  async post(account: Account, id: string): Promise<ShownFeed> {
    const feed = await this.reading.kept(account, `p.network_id = $2 OR jsonb_exists(p.post->'editHistoryIds', $2)`, [
      id,
    ]);
    if (feed.posts.length === 0) throw new NotFound('There is no such post.');
    return feed;
  }

  /** Where a picture (its file's name) came from; null unless a post has it that may be shown. */
  async pictureSource(slug: string, file: string): Promise<string | null> {
    const account = await this.accounts.bySlug(slug);
    const post = await this.reading.withPicture(account, file);
    const [key] = Object.entries(post?.copies ?? {}).find(([, copy]) => copy.file === file) ?? [];
    const media = post?.media.find((each) => each.key === key);
    return (media?.type === 'photo' ? media.url : media?.previewUrl) ?? null;
  }

  private find(account: Account, condition: string, values: unknown[]): Promise<PastWeek[]> {
    return this.db.query<PastWeek>(
      `SELECT s.id, s.starts_at AS "startsAt", s.ends_at AS "endsAt", w.turns FROM slots s CROSS JOIN LATERAL
         (SELECT json_agg(json_build_object('id', t.id, 'name', coalesce(n.shown_name, 'A curator')) ORDER BY t.starts_at, t.seat) AS turns
          FROM stints t LEFT JOIN persons n ON n.id = t.person_id WHERE t.slot_id = s.id AND ${BEGAN}) w
       WHERE s.account_id = $1 AND w.turns IS NOT NULL AND ${condition}`,
      [account.id, ...values],
    );
  }
}

const BEGAN = `t.state IN ('active', 'ended') AND t.ended_how IS DISTINCT FROM 'no-show'`;
