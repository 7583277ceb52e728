import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename, statfs, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { becomesTrue, spawnTied } from './child.service.js';
import { EmbeddedServiceError } from './embedded-service-error.js';
import { postgresPrograms } from './postgres-binaries.service.js';
import { type Cluster, cannotRun, openCluster } from './postgres-cluster.service.js';
import { damaged, explainPostgresFailure, type PostgresFailure } from './postgres-failure.js';
import { inPlainWords, prepareFolder, type ServerUser } from './postgres-folder.service.js';
import { waitForFormerServer } from './postgres-owner.service.js';
import { postgresSettings } from './postgres-settings.js';

export type EmbeddedPostgresOptions = {
  /** Where the data lives; made when missing. Root may be given another one: see `folder` of the answer. */
  folder: string;
  /** Default: the port of the last time when it is free, else a free one. */
  port?: number;
  log: (line: string) => void;
  /** false gives up safety against power cuts for speed; only for tests. */
  durable?: boolean;
  /** Settings of the server that are not as Baton's own small one has them, by their names in PostgreSQL. */
  settings?: Record<string, string>;
};

export type EmbeddedPostgres = {
  /** @param database default `baton`, which exists */
  connectionString(database?: string): string;
  port: number;
  folder: string;
  pid: number;
  /** Closes every connection, writes everything down and ends the server. */
  stop(): Promise<void>;
};

type Plan = {
  folder: string;
  user: ServerUser;
  cluster: Cluster;
  postgres: string;
  durable: boolean;
  more?: Record<string, string>;
};
type Running = { child: ChildProcess; exited: Promise<unknown> };

const ATTEMPTS = 4;

/** A PostgreSQL server of Baton's own, on 127.0.0.1 only, that ends when this process ends, however it ends.
 *  @throws EmbeddedServiceError with one sentence: disk full, damaged data, folder in use or not writable, … */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { folder, user } = await prepareFolder(options.folder, options.log);
  const { postgres, initdb } = await inPlainWords(folder, () => postgresPrograms(folder, user));
  const cluster = await openCluster(folder, initdb, user);
  await waitForFormerServer(folder, cluster.data, options.log);
  const plan = { folder, user, cluster, postgres, durable: options.durable ?? true, more: options.settings };
  const { port, running } = await startOnSomePort(plan, options.port);
  const connectionString = (database = 'baton') =>
    `postgresql://baton:${cluster.password}@127.0.0.1:${port}/${database}`;
  try {
    await makeDatabase(connectionString('postgres'), folder);
    await inPlainWords(folder, () => writeFile(join(folder, 'port'), String(port)));
  } catch (error) {
    await stop(running);
    throw error;
  }
  return { connectionString, port, folder, pid: running.child.pid ?? 0, stop: () => stop(running) };
}

async function startOnSomePort(plan: Plan, wanted: number | undefined): Promise<{ port: number; running: Running }> {
  let failure: PostgresFailure | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const port = wanted ?? (await freePort(attempt === 1 ? await lastPort(plan.folder) : 0));
    const running = await launch(plan, port);
    failure = await untilReady(plan, running);
    if (!failure) return { port, running };
    if (failure.reason === 'port' && wanted)
      throw new EmbeddedServiceError(`Port ${wanted} is taken by another program.`);
    if (failure.reason !== 'port' && !failure.retry) break;
    if (failure.retry) await waitForFormerServer(plan.folder, plan.cluster.data, () => {});
  }
  const { reason, sentence } = failure as PostgresFailure;
  throw new EmbeddedServiceError(reason === 'other' ? damaged(plan.folder, sentence) : sentence);
}

async function launch(plan: Plan, port: number): Promise<Running> {
  const logFile = join(plan.folder, 'server.log');
  await rename(logFile, `${logFile}.previous`).catch(() => {});
  const log = await inPlainWords(plan.folder, () => open(logFile, 'w', 0o600));
  const settings = postgresSettings({ port, durable: plan.durable, owner: process.pid, more: plan.more });
  const child = spawnTied(plan.postgres, ['-D', plan.cluster.data, ...settings], {
    cwd: '/',
    env: { PATH: process.env.PATH, TZ: 'UTC', LC_ALL: 'C' },
    stdio: ['ignore', log.fd, log.fd],
    ...plan.user,
  });
  const exited = once(child, 'exit').catch((error) => cannotRun(plan.postgres, error));
  exited.catch(() => {});
  await log.close();
  return { child, exited };
}

/** Recovery after a power cut may take a while, so the wait is long; a server that gives up ends it at once. */
async function untilReady({ folder, cluster }: Plan, { child, exited }: Running): Promise<PostgresFailure | undefined> {
  const gone = () => child.exitCode !== null || child.signalCode !== null;
  const ready = async () => {
    const lines = (await readFile(join(cluster.data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    return lines[0] === String(child.pid) && lines[7]?.trim() === 'ready';
  };
  const over = await Promise.race([becomesTrue(async () => gone() || (await ready()), 120_000), exited]);
  if (over === false) {
    child.kill('SIGQUIT');
    throw new EmbeddedServiceError(`PostgreSQL did not become ready in two minutes; see ${folder}/server.log.`);
  }
  if (!gone()) return undefined;
  const { bavail, bsize } = await statfs(folder);
  const printed = await readFile(join(folder, 'server.log'), 'utf8');
  // On a full disk the log may be empty as well.
  return explainPostgresFailure(folder, bavail * bsize < 1e6 ? `${printed}\nNo space left on device` : printed);
}

async function makeDatabase(url: string, folder: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = 'baton'");
    if (!rowCount) await client.query('CREATE DATABASE baton');
  } catch (error) {
    throw new EmbeddedServiceError(damaged(folder, (error as Error).message), { cause: error });
  } finally {
    await client.end();
  }
}

async function stop({ child, exited }: Running): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  child.kill('SIGINT');
  const slow = setTimeout(() => child.kill('SIGQUIT'), 10_000);
  await exited;
  clearTimeout(slow);
}

async function lastPort(folder: string): Promise<number> {
  return Number(await readFile(join(folder, 'port'), 'utf8').catch(() => '0')) || 0;
}

/** @param wanted 0 for any. @returns the wanted port when it is free, else another */
async function freePort(wanted: number): Promise<number> {
  const server = createServer().listen(wanted, '127.0.0.1');
  try {
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return await freePort(0);
  } finally {
    server.close();
  }
}
