/**
 * From the desk to the network: the time from sending the desk's form until the network has the create call, in the
 * whole service in one process on a durable embedded PostgreSQL, against a bare call by twitter-api-v2. The two take
 * turns, one at a time. The simulator's rate limits are off. Run `npx nest build`, then
 * `node dist/bench/publish.js [redis]`.
 */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import diagnostics from 'node:diagnostics_channel';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { TwitterApi } from 'twitter-api-v2';
import { SimulatorAgent } from '../src/networks/x/agent.network.js';
import { startEmbeddedPostgres } from '../src/platform/embedded/postgres.service.js';
import { makeAccount, onDuty, signedIn } from '../test/support/community.js';
import { startRedis } from '../test/support/redis.js';
import { type Service, startService } from '../test/support/service.js';
import type { Visitor } from '../test/support/visitor.js';

const MONDAY = new Date('2026-11-30T09:00:00Z');
const WARM_UP = 30;
const POSTS = 300;
const BETWEEN_MS = 50;
const AIM_MS = 25;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-publish-'));
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: () => {} });
  process.env.TEST_POSTGRES_URL = postgres.connectionString('postgres');
  const redis = process.argv[2] === 'redis' ? await startRedis() : null;
  const service = await startService({ clockStart: MONDAY, redisUrl: redis?.url ?? null });
  try {
    const { desk, bare } = await measure(service);
    print(`desk, queue in ${redis ? 'Redis' : 'PostgreSQL'}`, desk);
    print('peer: a bare twitter-api-v2 call', bare);
    const more = percentile(desk, 50) - percentile(bare, 50);
    console.log(`the desk takes ${more.toFixed(1)} ms more at the median (aim: at most ${AIM_MS})`);
    if (more > AIM_MS) process.exitCode = 1;
  } finally {
    await service.stop();
    await redis?.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(service: Service): Promise<{ desk: number[]; bare: number[] }> {
  await control(service, 'limits', { endpoint: 'any', on: false });
  const account = await makeAccount(service, { postingHours: null });
  await onDuty(service, account, 'Grace');
  const grace = await signedIn(service, 'Grace');
  await grace.get('/nhs/desk');
  const csrf = /name="_csrf" value="([^"]+)"/.exec(grace.page.text)?.[1] ?? '';
  const { access_token: token } = await control<{ access_token: string }>(service, 'tokens', { handle: 'NHS' });
  const x = new TwitterApi(token, { httpAgent: new SimulatorAgent(service.simulatorUrl) });
  const desk: number[] = [];
  const bare: number[] = [];
  for (let number = 0; number < WARM_UP + POSTS; number += 1) {
    const ours = await untilReceipt(() => publish(grace, csrf, `From the desk, number ${number}`));
    await wait(BETWEEN_MS);
    const peers = await untilReceipt(() => x.v2.post('tweets', { text: `Bare, number ${number}` }));
    await wait(BETWEEN_MS);
    if (number >= WARM_UP) {
      desk.push(ours);
      bare.push(peers);
    }
  }
  return { desk, bare };
}

async function publish(grace: Visitor, csrf: string, text: string): Promise<void> {
  const { status } = await grace.post('/nhs/desk/publications', { _csrf: csrf, key: randomUUID(), text });
  if (status !== 200) throw new Error(`The desk answered ${status}: ${grace.words}`);
}

/** Milliseconds from the beginning of an act until the simulator, which is in this process, gets a create call. */
async function untilReceipt(act: () => Promise<unknown>): Promise<number> {
  let heard: (at: number) => void = () => undefined;
  const receipt = new Promise<number>((resolve) => {
    heard = resolve;
  });
  const listen = (message: unknown) => {
    const { method, url } = (message as { request: IncomingMessage }).request;
    if (method === 'POST' && url === '/2/tweets') heard(performance.now());
  };
  diagnostics.subscribe('http.server.request.start', listen);
  const began = performance.now();
  const [at] = await Promise.all([receipt, act()]);
  diagnostics.unsubscribe('http.server.request.start', listen);
  return at - began;
}

async function control<T>({ simulatorUrl }: Service, what: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${simulatorUrl}/simulator/${what}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  return (await answer.json()) as T;
}

function print(what: string, values: number[]): void {
  const shown = [50, 99, 100].map(
    (share) => `${share === 100 ? 'max' : `p${share}`} ${percentile(values, share).toFixed(1)} ms`,
  );
  console.log(`${what}: ${shown.join(', ')} (${values.length})`);
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((share / 100) * sorted.length) - 1] ?? 0;
}

await main();
