/**
 * `npm run topology`: what docker-compose.yml describes, by plain processes on one machine: PostgreSQL, Redis, the
 * simulator, two web and two worker processes. Data is kept in `.baton/topology`. Ctrl-C stops everything.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { spawnTied } from '../src/platform/embedded/child.service.js';
import { startEmbeddedPostgres } from '../src/platform/embedded/postgres.service.js';
import { startEmbeddedSimulator } from '../src/platform/embedded/simulator.service.js';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const folder = join(root, '.baton', 'topology');
const REDIS_PORT = 6390;
const PROCESSES = [
  { name: 'web 1', run: 'web', port: 3001 },
  { name: 'web 2', run: 'web', port: 3002 },
  { name: 'worker 1', run: 'worker', port: 3003 },
  { name: 'worker 2', run: 'worker', port: 3004 },
];

let stopping = false;

/** Ends this process, and with it everything it started. */
function fail(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: say });
  say(`PostgreSQL  ${postgres.connectionString().replace(/:[^:@/]+@/, ':…@')}`);
  const options = ['--maxmemory-policy', 'noeviction', '--appendonly', 'yes', '--hz', '100', '--dir', folder];
  const redis = run('redis-server', ['--port', String(REDIS_PORT), '--bind', '127.0.0.1', ...options], {});
  const simulator = await startEmbeddedSimulator(postgres.connectionString(), folder);
  say(`Redis       redis://127.0.0.1:${REDIS_PORT}\nsimulator   ${simulator.url}/simulator`);
  const children: ChildProcess[] = [];
  const end = async () => {
    if (stopping) return;
    stopping = true;
    await Promise.all(children.map(stop));
    await simulator.stop();
    await Promise.all([stop(redis), postgres.stop()]);
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  for (const { name, run: does, port } of PROCESSES) {
    const env = {
      RUN: does,
      PORT: String(port),
      PUBLIC_URL: 'http://127.0.0.1:3001',
      DATABASE_URL: postgres.connectionString(),
      REDIS_URL: `redis://127.0.0.1:${REDIS_PORT}`,
      BATON_DATA: folder,
      SIMULATOR_URL: simulator.url,
      SMTP_URL: simulator.smtpUrl,
      LOG_LEVEL: 'warn',
    };
    children.push(run(process.execPath, [join(root, 'dist/src/main.js')], env, name === 'web 1'));
    // One after the other, so that one of them makes up the community.
    await answers(port);
    say(`${name.padEnd(11)} http://127.0.0.1:${port}`);
  }
  say('Ctrl-C stops everything.');
}

function run(program: string, args: string[], env: Record<string, string>, shown = false): ChildProcess {
  const { PATH, HOME } = process.env;
  const stdio = ['ignore', shown ? 'inherit' : 'ignore', 'inherit'] as ('ignore' | 'inherit')[];
  const child = spawnTied(program, args, { cwd: root, env: { PATH, HOME, ...env }, stdio }, 'TERM');
  child.once('error', ({ message }) => fail(`${program} cannot be started: ${message}`));
  child.once('exit', (code) => stopping || fail(`${[program, ...args.slice(0, 1)].join(' ')} ended with ${code}.`));
  return child;
}

async function answers(port: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/nhs/feed.json`).catch(() => null);
    if (answer?.ok) return;
    await wait(50);
  }
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((gone) => {
    child.once('exit', () => gone());
    child.ref();
    child.kill('SIGTERM');
  });
}

await main();
