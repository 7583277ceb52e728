/**
 * How soon websites see what happens: a post at the network, counted from the network's answer to the pull that brings
 * it; and a hide, counted from the press. Two web processes and a worker, each a process of its own, on a durable
 * embedded PostgreSQL; every web process is asked every few milliseconds, and the last one counts.
 * Run `npx nest build`, then `node dist/bench/freshness.js [rounds]`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import 'reflect-metadata';
import type { Runtime } from '../config/runtime.js';
import { createApp } from '../src/app.js';
import { Hiding } from '../src/feed/hiding.service.js';
import { Pulls } from '../src/feed/pulls.service.js';
import { startEmbeddedPostgres } from '../src/platform/embedded/postgres.service.js';
import { makeAccount, personId } from '../test/support/community.js';
import { Pretend } from '../test/support/pretend.js';
import { type Service, startService } from '../test/support/service.js';

const AIM_MS = 1_000;
const LOOK_EVERY_MS = 4;
const GIVE_UP_MS = 20_000;
const program = fileURLToPath(import.meta.url);

async function main(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: () => {} });
  process.env.TEST_POSTGRES_URL = postgres.connectionString('postgres');
  const service = await startService({ env: { RUN: 'web' } });
  const children: ChildProcess[] = [];
  try {
    const account = await makeAccount(service);
    const network = new Pretend(service);
    await network.unlimit();
    const urls: string[] = [];
    for (const run of ['web', 'web', 'worker'] as const) {
      const child = start(service.runtime, run);
      children.push(child);
      urls.push(await urlOf(child));
    }
    // The worker makes the feed; without one good pull there is nothing to be fresh.
    while (!(await service.app.get(Pulls).pull(account.id))) await wait(100);
    const webs = urls.slice(0, 2);
    const measured = { shown: [] as number[], hidden: [] as number[] };
    const olu = await personId(service, 'Olu');
    for (let round = 0; round < rounds; round += 1) {
      const id = await network.post({ handle: 'NHS', text: `Round ${round}` });
      const posted = Date.now();
      await service.db.write(async (tx) => tx.ring('feed.pull', account.id));
      const seen = await last(webs, (ids) => ids.includes(id));
      measured.shown.push(seen - (await answeredSince(service, posted)));
      const pressed = Date.now();
      await service.app.get(Hiding).hide(account.id, id, 'To measure', olu);
      measured.hidden.push((await last(webs, (ids) => !ids.includes(id))) - pressed);
    }
    print(`a post at X, from the network's answer until both web processes show it`, measured.shown);
    print('a hide, from the press until both web processes have lost it', measured.hidden);
  } finally {
    await Promise.all(children.map(stop));
    await service.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A process with the runtime of the bench's own, which does this. */
function start(runtime: Runtime, run: 'web' | 'worker'): ChildProcess {
  const own = { ...runtime, env: { ...runtime.env, RUN: [run] } };
  return spawn(process.execPath, [program, 'process', JSON.stringify(own)], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function serve(given: string): Promise<void> {
  const runtime = JSON.parse(given, (name, value) => (name === 'key' ? Buffer.from(value.data) : value)) as Runtime;
  const app = await createApp(runtime);
  await app.listen(0, '127.0.0.1');
  process.stdout.write(`${(await app.getUrl()).replace('[::1]', '127.0.0.1')}\n`);
}

function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((ready, failed) => {
    child.stdout?.once('data', (line) => ready(String(line).trim()));
    child.once('exit', (code) => failed(new Error(`A process ended with ${code}`)));
  });
}

/** When the slowest of the processes got there, by this machine's clock. */
async function last(urls: string[], there: (ids: string[]) => boolean): Promise<number> {
  return Math.max(...(await Promise.all(urls.map((url) => reached(url, there)))));
}

async function reached(url: string, there: (ids: string[]) => boolean): Promise<number> {
  const begun = Date.now();
  while (Date.now() - begun < GIVE_UP_MS) {
    const answer = await fetch(`${url}/nhs/posts.json`);
    const { posts } = (await answer.json()) as { posts: { id: string }[] };
    if (there(posts.map(({ id }) => id))) return Date.now();
    await wait(LOOK_EVERY_MS);
  }
  throw new Error(`${url} did not get there`);
}

/** When the network answered the first look at the timeline after an instant. */
async function answeredSince(service: Service, instant: number): Promise<number> {
  const calls = (await (await fetch(`${service.simulatorUrl}/simulator/calls.json`)).json()) as {
    at: string;
    endpoint: string;
  }[];
  const instants = calls.filter(({ endpoint }) => endpoint === 'timeline').map(({ at }) => Date.parse(at));
  return Math.min(...instants.filter((at) => at >= instant));
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((gone) => {
    child.once('exit', () => gone());
    child.kill('SIGTERM');
  });
}

function print(what: string, values: number[]): void {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil((share / 100) * sorted.length) - 1] ?? 0;
  const aim = at(99) <= AIM_MS ? 'met' : 'missed';
  console.log(
    `${what}: p50 ${at(50)} ms, p99 ${at(99)} ms, max ${at(100)} ms (${sorted.length}); aim p99 ≤ ${AIM_MS} ms: ${aim}`,
  );
}

const [mode, given = ''] = process.argv.slice(2);
if (mode === 'process') await serve(given);
else await main(Number(mode ?? 100));
