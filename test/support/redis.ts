import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atTheEnd } from './cleanup.js';
import { startProgram } from './process.js';

export type TestRedis = {
  url: string;
  readonly pid: number;
  /** Ends it in good order; its data is kept for `start`. */
  stop(): Promise<void>;
  /** kill -9 */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data, after `stop` or `kill`. */
  start(): Promise<void>;
  /** It keeps its connections and answers nothing, until `thaw`. */
  freeze(): void;
  thaw(): void;
};

/** A real redis-server on a free port of 127.0.0.1 with append-only file, as Baton wants it in production. */
export async function startRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-redis-'));
  const port = await freePort();
  let server = await launch(folder, port);
  atTheEnd(async () => {
    await server.kill();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return server.pid;
    },
    stop: async () => void (await server.stop()),
    kill: () => server.kill(),
    start: async () => {
      server = await launch(folder, port);
    },
    freeze: () => process.kill(server.pid, 'SIGSTOP'),
    thaw: () => process.kill(server.pid, 'SIGCONT'),
  };
}

async function launch(folder: string, port: number) {
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    appendonly: 'yes',
    save: '',
    hz: 100,
    'maxmemory-policy': 'noeviction',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = startProgram('redis-server', args, { PATH: process.env.PATH }, folder);
  await server.waitForLine(/Ready to accept connections/);
  return server;
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
