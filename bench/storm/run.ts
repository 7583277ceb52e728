import { setTimeout as wait } from 'node:timers/promises';
import { NetworkTokens } from '../../src/credentials/network-tokens.service.js';
import { Planning } from '../../src/handover/planning.service.js';
import { Db } from '../../src/platform/database.service.js';
import { makeAccounts, setInstant } from './accounts.js';
import type { Place } from './place.js';
import { playKeepers, revealSecrets } from './secrets.js';
import { type Asked, watchFormer } from './strangers.js';
import { memoryOf, processorTime } from './watch.js';

/** Longer than any storm that is worth waiting for. */
const LIMIT_MS = 30 * 60_000;

/** What a storm was like. */
export interface Storm {
  count: number;
  /** From the instant until the last handover and the last message were done. */
  seconds: number;
  handovers: number;
  /** Milliseconds from the instant, for every account. */
  close: number[];
  grant: number[];
  stepsPerSecond: number;
  /** Milliseconds of processor time for one handover with its messages, by process. */
  cost: Record<string, number>;
  /** Megabytes, by process, as time went on. */
  memory: Record<string, number[]>;
  asked: Asked;
}

/** One storm, from the making of its accounts to its last letter. */
export async function storm(place: Place, prefix: string, count: number): Promise<Storm> {
  const db = place.app.get(Db);
  const accounts = await makeAccounts(db, place.app.get(NetworkTokens), prefix, count);
  await revealSecrets(place.app, prefix);
  const at = new Date(Date.now() + 20_000 + count * 8);
  await setInstant(db, prefix, at);
  await inParallel(accounts, 8, (id) => place.app.get(Planning).plan(id));
  const former = await watchFormer(place.app, place.web, accounts, at);
  if (Date.now() > at.getTime() - 2000) throw new Error('Planning took longer than the lead');
  await wait(at.getTime() - Date.now());
  const before = place.watched.map(({ pid }) => processorTime(pid));
  const keepers = playKeepers(place.app, at);
  const memory = await untilDone(place, prefix, count, at);
  await keepers();
  const cost = Object.fromEntries(
    place.watched.map(({ name, pid }, index) => [name, (1000 * (processorTime(pid) - (before[index] ?? 0))) / count]),
  );
  return { count, ...(await timesOf(db, prefix, at)), cost, memory, asked: await former() };
}

async function untilDone(place: Place, prefix: string, count: number, at: Date): Promise<Storm['memory']> {
  const db = place.app.get(Db);
  const memory: Storm['memory'] = Object.fromEntries(place.watched.map(({ name }) => [name, []]));
  for (;;) {
    const [left] = await db.query<{ some: boolean }>(LEFT, [at]);
    for (const { name, pid } of place.watched) memory[name]?.push(memoryOf(pid).now);
    const [sent] = left?.some ? [] : await db.query<{ count: number }>(SENT, [`${prefix}%`, at]);
    if (sent?.count === 4 * count) return memory;
    if (Date.now() > at.getTime() + LIMIT_MS) throw new Error(`Not done: ${JSON.stringify(sent)} of ${count}`);
    await wait(count > 1000 ? 2000 : 200);
  }
}

async function timesOf(db: Db, prefix: string, at: Date) {
  const [last] = await db.query<{ handover: Date; message: Date; steps: number }>(LAST, [`${prefix}%`]);
  if (!last) throw new Error('There was no storm');
  const handovers = (last.handover.getTime() - at.getTime()) / 1000;
  return {
    seconds: Math.max(handovers, (last.message.getTime() - at.getTime()) / 1000),
    handovers,
    close: await lateness(db, prefix, 'close'),
    grant: await lateness(db, prefix, 'grant'),
    stepsPerSecond: last.steps / handovers,
  };
}

async function lateness(db: Db, prefix: string, step: string): Promise<number[]> {
  const rows = await db.query<{ ms: string }>(
    `SELECT 1000 * extract(epoch FROM s.done_at - b.at) AS ms
     FROM steps s JOIN boundaries b ON b.id = s.boundary_id JOIN accounts a ON a.id = b.account_id
     WHERE a.slug LIKE $1 AND s.name = $2`,
    [`${prefix}%`, step],
  );
  return rows.map(({ ms }) => Number(ms));
}

async function inParallel(ids: string[], atOnce: number, work: (id: string) => Promise<void>): Promise<void> {
  const left = [...ids];
  const one = async () => {
    for (let id = left.pop(); id; id = left.pop()) await work(id);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

/** Answered from two indexes: counting would take a part of the machine from what is measured. */
const LEFT = `
  SELECT EXISTS (SELECT FROM boundaries WHERE at = $1 AND done_at IS NULL)
    OR EXISTS (SELECT FROM messages WHERE state IN ('waiting', 'sending', 'unknown') AND due_at BETWEEN $1 AND clock_timestamp()
               AND next_attempt_at < clock_timestamp() + interval '1 hour') AS some`;

const SENT = `
  SELECT count(*)::int FROM messages m JOIN accounts a ON a.id = m.account_id
  WHERE m.state = 'sent' AND m.due_at >= $2 AND a.slug LIKE $1`;

const LAST = `
  SELECT (SELECT max(b.done_at) FROM boundaries b JOIN accounts a ON a.id = b.account_id WHERE a.slug LIKE $1) AS handover,
         (SELECT max(m.settled_at) FROM messages m JOIN accounts a ON a.id = m.account_id WHERE a.slug LIKE $1) AS message,
         (SELECT count(*)::int FROM steps s JOIN boundaries b ON b.id = s.boundary_id JOIN accounts a ON a.id = b.account_id
          WHERE a.slug LIKE $1) AS steps`;
