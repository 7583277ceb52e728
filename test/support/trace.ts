/**
 * Loaded before a worker that is to be killed (`node --import`): finds every point at which it may die with something
 * half done, which is before and after each commit that wrote, and before and after each call outside. Prints each as
 * `point …`, and kills this process with SIGKILL at the one that KILL_AT names, or at a moment of KILL_AFTER_MS.
 * A point is named for what it does and how often that was done before, so that it is found again in another run.
 */
import { writeSync } from 'node:fs';
import type { ClientRequest } from 'node:http';
import https from 'node:https';
import nodemailer from 'nodemailer';
import pg from 'pg';

const WRITES = /\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(?:ONLY\s+)?"?(?:public"?\.)?"?([a-z_]+)"?/gi;
/** What follows UPDATE elsewhere: `DO UPDATE SET`, `FOR UPDATE SKIP LOCKED`, `FOR UPDATE OF t`. */
const WORDS = new Set(['set', 'skip', 'of', 'nowait']);
const counts = new Map<string, number>();

function pass(what: string): void {
  const nth = (counts.get(what) ?? 0) + 1;
  counts.set(what, nth);
  const point = `${what} #${nth}`;
  writeSync(1, `point ${point}\n`);
  if (point === process.env.KILL_AT) process.kill(process.pid, 'SIGKILL');
}

/** The tables that each connection has written to since its transaction began. */
const written = new WeakMap<object, Set<string>>();

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  return String((query as { text?: unknown } | null)?.text ?? '');
}

// biome-ignore lint/suspicious/noExplicitAny: pg's query has nine shapes; all are handed on as they are
const query = pg.Client.prototype.query as (...given: any[]) => any;
// biome-ignore lint/suspicious/noExplicitAny: as above
pg.Client.prototype.query = function traced(this: object, ...given: any[]): any {
  const text = textOf(given[0]);
  if (/^\s*(BEGIN|START TRANSACTION)/i.test(text)) written.set(this, new Set());
  const tables = written.get(this);
  for (const [, table = ''] of text.matchAll(WRITES)) if (!WORDS.has(table.toLowerCase())) tables?.add(table);
  if (!/^\s*COMMIT/i.test(text) || !tables?.size) return query.apply(this, given);
  const name = `commit ${[...tables].sort().join(' ')}`;
  pass(`before ${name}`);
  const answer = query.apply(this, given);
  return answer?.then ? answer.then((value: unknown) => (pass(`after ${name}`), value)) : answer;
};

const request = https.request;
https.request = ((...given: Parameters<typeof request>): ClientRequest => {
  const made = request(...given);
  const path = made.path.split('?')[0]?.replace(/\d{5,}/g, ':id');
  const name = `call ${made.method} ${path}`;
  pass(`before ${name}`);
  made.once('response', () => pass(`after ${name}`));
  return made;
}) as typeof request;

const createTransport = nodemailer.createTransport;
nodemailer.createTransport = ((...given: Parameters<typeof createTransport>) => {
  const transport = createTransport(...given);
  const sendMail = transport.sendMail.bind(transport) as (mail: object) => Promise<unknown>;
  transport.sendMail = (async (mail: object) => {
    pass('before letter');
    const answer = await sendMail(mail);
    pass('after letter');
    return answer;
  }) as unknown as typeof transport.sendMail;
  return transport;
}) as typeof createTransport;

const after = Number(process.env.KILL_AFTER_MS ?? Number.NaN);
if (!Number.isNaN(after)) {
  process.on('SIGUSR2', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), after));
}
