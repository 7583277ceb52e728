/**
 * Requests per second of `/nhs/feed.json` of the running service (web and worker in one process, with its sweeps) against
 * a bare Fastify route that serves the same bytes. Each in a process of its own, runs interleaved; the ratio is the median
 * of the rounds' ratios, so that what else the machine does in a round hits both. Beside it, processor time for a request
 * (Linux: from /proc), which a busy machine distorts less.
 * Run `npx nest build`, then `node dist/bench/feed.js [rounds] [seconds]`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import Fastify from 'fastify';

const AIM = 0.8;
const program = fileURLToPath(import.meta.url);
const root = resolve(program, '../../..');

interface Measured {
  perSecond: number;
  /** Microseconds of processor time for a request. */
  cpu: number;
  p99: number;
}

async function main(rounds: number, seconds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
  const [port, peerPort] = [await freePort(), await freePort()];
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, PORT: String(port), BATON_DATA: folder, LOG_LEVEL: 'warn' };
  const service = run(['dist/src/main.js'], env);
  const ours = `http://127.0.0.1:${port}/nhs/feed.json`;
  const bytes = await answer(ours, service, (text) => JSON.parse(text).items.length > 0);
  writeFileSync(join(folder, 'feed.json'), bytes);
  const peer = run([program, 'peer', String(peerPort), join(folder, 'feed.json')], { PATH, HOME });
  const theirs = `http://127.0.0.1:${peerPort}/nhs/feed.json`;
  await answer(theirs, peer);
  try {
    print(bytes.length, await compare([ours, service], [theirs, peer], rounds, seconds));
  } finally {
    await Promise.all([stop(service), stop(peer)]);
    rmSync(folder, { recursive: true, force: true });
  }
}

type Target = [url: string, child: ChildProcess];

async function compare(ours: Target, theirs: Target, rounds: number, seconds: number) {
  await measure(ours, 2);
  await measure(theirs, 2);
  const measured = { ours: [] as Measured[], theirs: [] as Measured[] };
  for (let round = 0; round < rounds; round += 1) {
    measured.ours.push(await measure(ours, seconds));
    measured.theirs.push(await measure(theirs, seconds));
  }
  return measured;
}

async function measure([url, child]: Target, duration: number): Promise<Measured> {
  const before = processorTime(child);
  const result = await autocannon({ url, duration, connections: 50 });
  if (result.non2xx + result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} bad answers, ${result.errors} errors`);
  const cpu = ((processorTime(child) - before) * 10_000) / result.requests.total;
  return { perSecond: result.requests.average, cpu, p99: result.latency.p99 };
}

/** In hundredths of a second, of user and system. */
function processorTime({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

function print(bytes: number, { ours, theirs }: { ours: Measured[]; theirs: Measured[] }): void {
  const [mine, bare] = [ours, theirs].map((runs) => median(runs.map((each) => each.perSecond))) as [number, number];
  const ratio = median(ours.map((each, round) => each.perSecond / (theirs[round]?.perSecond ?? Number.NaN)));
  const list = (runs: Measured[]) => runs.map((each) => Math.round(each.perSecond)).join(', ');
  console.log(`/nhs/feed.json, ${bytes} bytes, 50 connections`);
  console.log(`service: median ${Math.round(mine)} a second (${list(ours)}), p99 ${worst(ours)} ms`);
  console.log(`bare Fastify route: median ${Math.round(bare)} a second (${list(theirs)}), p99 ${worst(theirs)} ms`);
  console.log(`ratio ${ratio.toFixed(2)} (aim: at least ${AIM})`);
  const [spent, bareSpent] = [ours, theirs].map((runs) => median(runs.map((each) => each.cpu))) as [number, number];
  console.log(
    `processor time for a request: ${spent.toFixed(1)} µs against ${bareSpent.toFixed(1)} µs, ratio ${(bareSpent / spent).toFixed(2)}`,
  );
}

function worst(runs: Measured[]): number {
  return Math.max(...runs.map((each) => each.p99));
}

/** The peer: what Fastify does with one route and nothing else. */
async function servePeer(port: number, file: string): Promise<void> {
  const bytes = readFileSync(file);
  const app = Fastify();
  app.get('/nhs/feed.json', (_request, reply) =>
    reply.header('content-type', 'application/feed+json; charset=utf-8').send(bytes),
  );
  await app.listen({ port, host: '127.0.0.1' });
}

function run(args: string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function answer(url: string, child: ChildProcess, good: (text: string) => boolean = () => true): Promise<Buffer> {
  for (;;) {
    const response = await fetch(url).catch(() => null);
    const bytes = response?.status === 200 ? Buffer.from(await response.arrayBuffer()) : null;
    if (bytes && good(bytes.toString())) return bytes;
    if (child.exitCode !== null) throw new Error(`A process ended with ${child.exitCode}`);
    await wait(50);
  }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null) return done();
    child.once('exit', () => done());
    child.kill('SIGTERM');
  });
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const [first, second, third] = process.argv.slice(2);
if (first === 'peer') await servePeer(Number(second), third ?? '');
else await main(Number(first ?? 9), Number(second ?? 3));
