import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { migrate } from '../../src/data-source.js';
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.service.js';
import { type Child, startProgram } from '../../test/support/process.js';
import { freePort } from '../../test/support/redis.js';

const root = resolve(fileURLToPath(import.meta.url), '../../../..');
/** Servers share the first core; what asks them has the others. */
const PINNED = spawnSync('taskset', ['-c', '0', 'true']).status === 0 ? ['taskset', '-c', '0'] : [];

/** A server that is asked, and where. */
export interface Target {
  name: string;
  origin: string;
  pid: number;
}

/** Everything that the benchmark asks, and an end to it. */
export interface Place {
  databaseUrl: string;
  ours: Target;
  /** A server of its own with these bytes: bare Fastify, regeneration for each request, and nginx where it is installed. */
  peers(bytes: Buffer, path: string): Promise<Target[]>;
  stop(): Promise<void>;
}

/** PostgreSQL, and the service with its web and worker in one process, on an empty database. */
export async function openPlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-bench-feed-'));
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: () => {} });
  const databaseUrl = postgres.connectionString();
  await migrate(databaseUrl, { start: null, speed: 1 });
  const children: Child[] = [];
  const serve = async (name: string, given: string[], env: Record<string, string> = {}): Promise<Target> => {
    const port = await freePort();
    const args = given.map((each) => each.replace('PORT', String(port)));
    const child = program(args, { ...env, PORT: String(port) });
    children.push(child);
    await answers(port, child);
    return { name, origin: `http://127.0.0.1:${port}`, pid: child.pid };
  };
  const env = { DATABASE_URL: databaseUrl, BATON_DATA: folder, LOG_LEVEL: 'error' };
  const service = ['node', 'dist/src/main.js', '--empty'];
  return {
    databaseUrl,
    ours: await serve('the service', service, { ...env, PUBLIC_URL: 'http://127.0.0.1' }),
    async peers(bytes, path) {
      const file = join(folder, 'peer.json');
      writeFileSync(file, bytes);
      const peer = 'dist/bench/feed/peer.js';
      const targets = [
        await serve('bare Fastify', ['node', peer, 'bare', 'PORT', path, file]),
        await serve('regeneration for each request', ['node', peer, 'regenerating', 'PORT', path, file]),
      ];
      if (spawnSync('nginx', ['-v']).status !== 0) return targets;
      return [...targets, await nginx(folder, path, bytes, serve)];
    },
    async stop() {
      await Promise.all(children.map((child) => child.kill('SIGTERM')));
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Serve = (name: string, args: string[]) => Promise<Target>;

async function nginx(folder: string, path: string, bytes: Buffer, serve: Serve): Promise<Target> {
  writeFileSync(join(folder, 'plain.json'), bytes);
  const config = `daemon off; master_process off; error_log stderr; pid ${folder}/nginx.pid; events {} http {
    access_log off; open_file_cache max=10; sendfile on; tcp_nopush on; keepalive_requests 1000000; types {}
    default_type application/feed+json;
    server { listen 127.0.0.1:PORT; location = ${path} { alias ${folder}/plain.json; } location / { return 404; } } }`;
  const file = join(folder, 'nginx.conf');
  return serve('nginx, one worker', [
    'sh',
    '-c',
    `printf %s '${config}' > ${file} && exec nginx -p ${folder} -c ${file}`,
  ]);
}

function program(args: string[], env: Record<string, string>): Child {
  const { PATH, HOME } = process.env;
  const [file = '', ...rest] = [...PINNED, ...args.map((arg) => (arg === 'node' ? process.execPath : arg))];
  return startProgram(file, rest, { PATH, HOME, ...env }, root);
}

async function answers(port: number, child: Child): Promise<void> {
  let ended = false;
  child.exited.then(() => {
    ended = true;
  });
  while (!ended) {
    if (await fetch(`http://127.0.0.1:${port}/health/live`).catch(() => null)) return;
    await wait(50);
  }
  throw new Error(`A server ended: ${child.output()}`);
}
