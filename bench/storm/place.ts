import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readEnv } from '../../config/env.js';
import { runtimeOf } from '../../config/runtime.js';
import { createApp } from '../../src/app.js';
import { migrate } from '../../src/data-source.js';
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.service.js';
import { loadSecrets } from '../../src/platform/keys.service.js';
import { type Child, startProgram } from '../../test/support/process.js';
import { freePort, startRedis } from '../../test/support/redis.js';
import type { Watched } from './watch.js';

const root = resolve(fileURLToPath(import.meta.url), '../../../..');
export const WORKERS = 2;

/** Everything that a storm runs on. */
export interface Place {
  /** The service's own code in this process, with the same keys: it makes accounts and asks what became of them, and no more. */
  app: NestFastifyApplication;
  web: string;
  databaseUrl: string;
  sinks: string;
  watched: Watched[];
  /** Ends the web and worker processes in good order, and says what they complained about. */
  calm(): Promise<string[]>;
  stop(): Promise<void>;
}

/** As the PostgreSQL of docker-compose.yml has them: a server for ten thousand accounts is given some memory. */
const SERVER = { shared_buffers: '512MB', max_wal_size: '2GB' };

/** PostgreSQL as it is safe in a power cut, Redis, the sinks, one web and two worker processes. */
export async function openPlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-storm-'));
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: () => {}, settings: SERVER });
  const redis = await startRedis();
  const sinks = node('dist/bench/storm/sinks.js', []);
  const [, x, mail] = await sinks.waitForLine(/^sinks (\d+) (\d+)/);
  const env = {
    DATABASE_URL: postgres.connectionString(),
    REDIS_URL: redis.url,
    SIMULATOR_URL: `http://127.0.0.1:${x}`,
    SMTP_URL: `smtp://127.0.0.1:${mail}`,
    BATON_DATA: folder,
    LOG_LEVEL: 'warn',
  };
  await migrate(env.DATABASE_URL, { start: null, speed: 1 });
  const port = await freePort();
  const services = [{ name: 'web', child: await service('web', port, env) }];
  for (let each = 1; each <= WORKERS; each += 1)
    services.push({ name: `worker ${each}`, child: await service('worker', await freePort(), env) });
  const app = await within(env, folder);
  return {
    app,
    web: `http://127.0.0.1:${port}`,
    databaseUrl: env.DATABASE_URL,
    sinks: env.SIMULATOR_URL,
    watched: [
      ...services.map(({ name, child }) => ({ name, pid: child.pid })),
      { name: 'PostgreSQL', pid: postgres.pid },
      { name: 'Redis', pid: redis.pid },
      { name: 'sinks', pid: sinks.pid },
    ],
    calm: async () => {
      await Promise.all(services.map(({ child }) => child.stop()));
      return services.flatMap(({ child }) => child.output().split('\n')).filter((line) => line.includes('"level":'));
    },
    stop: async () => {
      // Children do not keep this process alive, and it must not end before they have.
      const awake = setInterval(() => undefined, 1000);
      await app.close();
      await Promise.all([...services.map(({ child }) => child.kill()), sinks.kill(), redis.stop()]);
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
      clearInterval(awake);
    },
  };
}

/** Runs a built file of this project in a Node of its own. */
export function node(file: string, args: string[], env: Record<string, string> = {}, flags: string[] = []): Child {
  const { PATH, HOME } = process.env;
  return startProgram(process.execPath, [...flags, join(root, file), ...args], { PATH, HOME, ...env }, root);
}

async function service(role: string, port: number, env: Record<string, string>): Promise<Child> {
  const folder = process.env.STORM_PROFILE;
  const flags = folder && role === 'worker' ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [];
  const own = { RUN: role, PORT: String(port), PUBLIC_URL: 'http://127.0.0.1' };
  const child = node('dist/src/main.js', ['--empty'], { ...env, ...own }, flags);
  await child.waitForLine(/^Baton answers/, 60_000);
  return child;
}

async function within(given: Record<string, string>, folder: string): Promise<NestFastifyApplication> {
  const env = readEnv({ ...given, RUN: 'web' });
  const { DATABASE_URL: databaseUrl = '', SIMULATOR_URL: simulatorUrl = null, SMTP_URL: smtpUrl = '' } = given;
  const services = { databaseUrl, simulatorUrl, smtpUrl };
  const idle = { ...env, RUN: [] };
  return createApp(runtimeOf(idle, { dataFolder: folder, root, secrets: loadSecrets(env, folder), services }));
}
