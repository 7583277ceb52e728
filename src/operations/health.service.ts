import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { Db } from '../platform/database.service.js';
import { Jobs } from '../platform/jobs.service.js';

/** One thing that is not as it should be, with what to do about it. */
export interface Trouble {
  what: string;
  todo: string;
  /** Where to act, when there is a page for it. */
  href?: string;
}

/** Numbers read off the rows; what metrics, alerts and the status page are made of. */
export interface Vitals {
  overdueMessages: number;
  unknownPosts: number;
  heldPosts: number;
  refusedLetters: number;
  lateBoundaries: number;
  disconnected: string[];
  staleFeeds: string[];
  worstLatenessSeconds: number;
}

/** What is unhealthy, from everyone's rows. */
@Injectable()
export class Health {
  constructor(
    private readonly db: Db,
    private readonly jobs: Jobs,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** Can this process do its work now? The queue may be away: sweepers then do the work. */
  async ready(): Promise<{ ready: boolean; database: boolean; queue: boolean }> {
    const database = await this.db.query('SELECT 1').then(
      () => true,
      () => false,
    );
    const queue = database || this.runtime.redisUrl ? await this.jobs.healthy() : false;
    return { ready: database, database, queue };
  }

  async vitals(): Promise<Vitals> {
    const [row] = await this.db.query<Vitals>(VITALS);
    if (!row) throw new Error('No vitals');
    return row;
  }

  /** The list for the status page; empty when all is well. */
  async troubles(): Promise<Trouble[]> {
    const [vitals, queue] = await Promise.all([this.vitals(), this.jobs.healthy()]);
    return troublesOf(vitals, queue);
  }
}

const VITALS = `
  WITH c AS (SELECT a.service_start + (clock_timestamp() - a.anchored_at) * a.speed AS now FROM clock_anchor a)
  SELECT
    (SELECT count(*)::int FROM messages m WHERE m.state = 'waiting' AND m.next_attempt_at < c.now - interval '5 minutes'
       AND NOT EXISTS (SELECT 1 FROM stops s WHERE s.cause_kind = m.cause_kind AND s.cause_id = m.cause_id AND s.lifted_at IS NULL)) AS "overdueMessages",
    (SELECT count(*)::int FROM messages WHERE state = 'unknown' AND channel = 'post') AS "unknownPosts",
    (SELECT count(*)::int FROM messages WHERE state = 'held' AND channel = 'post') AS "heldPosts",
    (SELECT count(*)::int FROM messages WHERE state = 'refused' AND channel = 'letter' AND settled_at > c.now - interval '7 days') AS "refusedLetters",
    (SELECT count(*)::int FROM boundaries WHERE done_at IS NULL AND suspended_at IS NULL AND at < c.now - interval '5 minutes') AS "lateBoundaries",
    (SELECT coalesce(json_agg(a.handle), '[]') FROM accounts a LEFT JOIN network_tokens t ON t.account_id = a.id
       WHERE a.connection = 'api' AND coalesce(t.state, 'disconnected') = 'disconnected') AS disconnected,
    (SELECT coalesce(json_agg(a.handle), '[]') FROM feeds f JOIN accounts a ON a.id = f.account_id
       WHERE f.failing_since < c.now - interval '15 minutes') AS "staleFeeds",
    (SELECT coalesce(max(lateness_ms), 0)::float / 1000 FROM boundaries WHERE started_at > c.now - interval '31 days') AS "worstLatenessSeconds"
  FROM c`;

/** Says in sentences what the numbers mean. */
function troublesOf(vitals: Vitals, queue: boolean): Trouble[] {
  const list: (Trouble | false)[] = [
    !queue && {
      what: 'The job queue does not answer.',
      todo: 'Work goes on by the sweepers, up to a second late. Look at Redis.',
    },
    vitals.lateBoundaries > 0 && {
      what: `${count(vitals.lateBoundaries, 'handover is', 'handovers are')} late and not finished`,
      todo: 'Open the account’s handovers page and see what each waits for.',
    },
    vitals.unknownPosts > 0 && {
      what: `${count(vitals.unknownPosts, 'post is', 'posts are')} of unknown fate`,
      todo: 'Look on X and settle each on the messages page.',
    },
    vitals.heldPosts > 0 && {
      what: `${count(vitals.heldPosts, 'post is', 'posts are')} held`,
      todo: 'Send or withdraw each on the messages page.',
    },
    vitals.refusedLetters > 0 && {
      what: `${count(vitals.refusedLetters, 'letter was', 'letters were')} refused in the last 7 days`,
      todo: 'Check the addresses on the messages page.',
    },
    vitals.overdueMessages > 0 && {
      what: `${count(vitals.overdueMessages, 'message is', 'messages are')} overdue`,
      todo: 'Is a worker running? Does the mail server answer?',
    },
    ...vitals.disconnected.map((handle) => ({
      what: `@${handle} is not connected to X.`,
      todo: 'A keeper must connect it again.',
    })),
    ...vitals.staleFeeds.map((handle) => ({
      what: `The feed of @${handle} has not been pulled for over 15 minutes.`,
      todo: 'See the reason on its feed page.',
    })),
  ];
  return list
    .filter((trouble) => trouble !== false)
    .map((trouble) => ({ ...trouble, what: trouble.what.endsWith('.') ? trouble.what : `${trouble.what}.` }));
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
