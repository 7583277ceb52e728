import { Injectable } from '@nestjs/common';
import type { PostingHours } from '../credentials/week.js';
import { numbersOf } from '../messages/thread-words.js';
import { brokenThreads } from '../messages/threads.service.js';
import type { Tx } from '../platform/tx.js';
import { access, handovers, handWork, lateHandovers } from './handover-findings.service.js';
import { DAY, type Finding, isSilent, type SilentTurn } from './watch.js';

type Reader = Pick<Tx, 'query'>;
export type Look = (reader: Reader, accountId: string | null, now: Date) => Promise<Finding[]>;

/** Reads off everybody's rows what a team should know: of one account, or with null of all. Nothing is written. */
@Injectable()
export class Findings {
  async at(reader: Reader, accountId: string | null, now: Date): Promise<Finding[]> {
    const found: Finding[][] = [];
    for (const look of LOOKS) found.push(await look(reader, accountId, now));
    return found.flat();
  }
}

interface TurnRow extends SilentTurn {
  accountId: string;
  stintId: string;
  name: string;
  postedAt: Date | null;
  postId: string | null;
  postingHours: PostingHours | null;
}

const posts: Look = async (reader, account, now) => {
  const turns = await reader.query<TurnRow>(TURNS, [account, now]);
  return turns.flatMap((turn): Finding[] => {
    const { accountId, stintId, name, postedAt, postId } = turn;
    if (postedAt && postId) {
      // A turn that was running before anybody watched is no news.
      if (now.getTime() - postedAt.getTime() > DAY) return [];
      const facts = { name, at: postedAt.toISOString(), postId };
      return [{ news: { accountId, kind: 'first-post', key: `first-post ${stintId}`, facts }, every: null }];
    }
    if (!isSilent(turn, now)) return [];
    return [
      { news: { accountId, kind: 'no-first-post', key: `no-first-post ${stintId}`, facts: { name } }, every: null },
    ];
  });
};

const connections: Look = async (reader, account) => {
  const rows = await reader.query<{ accountId: string }>(DISCONNECTED, [account]);
  return rows.map(({ accountId }) => ({
    news: { accountId, kind: 'disconnected', key: `disconnected ${accountId}`, facts: {} },
    every: DAY,
  }));
};

const credits: Look = async (reader, account) => {
  const rows = await reader.query<{ accountId: string }>(CREDITS_OUT, [account]);
  return rows.map(({ accountId }) => ({
    news: { accountId, kind: 'credits-out', key: `credits-out ${accountId}`, facts: {} },
    every: DAY,
  }));
};

const unknownPosts: Look = async (reader, account) => {
  const rows = await reader.query<{ accountId: string; messageId: string }>(UNKNOWN, [account]);
  return rows.map(({ accountId, messageId }) => ({
    news: { accountId, kind: 'post-unknown', key: `post-unknown ${messageId}`, facts: { messageId } },
    every: DAY,
  }));
};

const threads: Look = async (reader, account) => {
  const broken = await brokenThreads(reader, { accountId: account });
  return broken.map((thread) => {
    const { accountId, id: messageId } = thread.at;
    const facts = { messageId, ...numbersOf(thread) };
    return { news: { accountId, kind: 'thread-broken', key: `thread-broken ${messageId}`, facts }, every: DAY };
  });
};

const heldPosts: Look = async (reader, account) => {
  const rows = await reader.query<{ accountId: string; count: number }>(HELD, [account]);
  return rows.map(({ accountId, count }) => ({
    news: { accountId, kind: 'posts-held', key: `posts-held ${accountId}`, facts: { count } },
    every: DAY,
  }));
};

const refusedLetters: Look = async (reader, account, now) => {
  const rows = await reader.query<{ accountId: string; count: number }>(REFUSED, [account, now]);
  return rows.map(({ accountId, count }) => ({
    news: { accountId, kind: 'letters-refused', key: `letters-refused ${accountId}`, facts: { count } },
    every: DAY,
  }));
};

const LOOKS: Look[] = [
  posts,
  access,
  handovers,
  lateHandovers,
  handWork,
  connections,
  credits,
  unknownPosts,
  threads,
  heldPosts,
  refusedLetters,
];

/** Turns that run through Baton and whose first post was not told: with their first post, or four hours old without one. */
const TURNS = `
  SELECT s.account_id AS "accountId", s.id AS "stintId", p.shown_name AS name, g.opens_at AS "opensAt",
    a.posting_hours AS "postingHours", post.at AS "postedAt", post.id AS "postId",
    EXISTS (SELECT FROM holds h WHERE h.account_id = a.id AND h.starts_at <= $2 AND (h.ends_at IS NULL OR h.ends_at > $2)) AS held,
    (SELECT max(h.ends_at) FROM holds h WHERE h.account_id = a.id AND h.ends_at <= $2 AND h.ends_at > h.starts_at) AS "heldUntil"
  FROM stints s JOIN grants g ON g.stint_id = s.id JOIN accounts a ON a.id = s.account_id JOIN persons p ON p.id = s.person_id
  LEFT JOIN LATERAL (
    SELECT at, id FROM (
      (SELECT settled_at AS at, provider_ref AS id FROM messages
       WHERE stint_id = s.id AND channel = 'post' AND state = 'sent' AND provider_ref IS NOT NULL ORDER BY settled_at LIMIT 1)
      UNION ALL
      (SELECT posted_at, network_id FROM feed_posts WHERE stint_id = s.id ORDER BY posted_at LIMIT 1)
    ) seen ORDER BY at LIMIT 1) post ON true
  WHERE ($1::uuid IS NULL OR s.account_id = $1) AND s.state = 'active' AND a.connection = 'api'
    AND g.closed_at IS NULL AND g.opens_at <= $2 AND g.ends_at > $2
    AND (post.id IS NOT NULL OR g.opens_at <= $2::timestamptz - interval '4 hours')
    AND NOT EXISTS (SELECT FROM alerts t WHERE t.key = 'first-post ' || s.id)`;

const DISCONNECTED = `
  SELECT a.id AS "accountId" FROM accounts a JOIN network_tokens t ON t.account_id = a.id
  WHERE ($1::uuid IS NULL OR a.id = $1) AND a.connection = 'api' AND t.state = 'disconnected'`;

const CREDITS_OUT = `
  SELECT account_id AS "accountId" FROM network_budgets
  WHERE ($1::uuid IS NULL OR account_id = $1) AND out_since IS NOT NULL`;

/** Those about which only a person can decide. */
const UNKNOWN = `
  SELECT account_id AS "accountId", id AS "messageId" FROM messages
  WHERE ($1::uuid IS NULL OR account_id = $1) AND channel = 'post' AND state = 'unknown' AND next_attempt_at IS NULL
    AND thread_id IS NULL`;

/** Parts of threads are told with their threads. */
const HELD = `
  SELECT account_id AS "accountId", count(*)::int AS count FROM messages
  WHERE ($1::uuid IS NULL OR account_id = $1) AND channel = 'post' AND state = 'held' AND thread_id IS NULL
  GROUP BY account_id`;

const REFUSED = `
  SELECT account_id AS "accountId", count(*)::int AS count FROM messages
  WHERE ($1::uuid IS NULL OR account_id = $1) AND account_id IS NOT NULL AND state = 'refused' AND channel <> 'post'
    AND settled_at > $2::timestamptz - interval '1 day'
  GROUP BY account_id HAVING count(*) >= 3`;
