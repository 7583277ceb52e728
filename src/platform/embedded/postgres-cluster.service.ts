import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lookAtProcess } from './child.service.js';
import { EmbeddedServiceError } from './embedded-service-error.js';
import { damaged, diskFull, explainPostgresFailure } from './postgres-failure.js';
import { inPlainWords, type ServerUser } from './postgres-folder.service.js';

/** The data folder of a PostgreSQL server and the password of its superuser `baton`. */
export type Cluster = { data: string; password: string };

/** Opens the cluster in `folder`, or makes one. It is made aside and moved into place whole, so neither a crash nor a
 *  second start at the same moment leaves half of one. */
export async function openCluster(folder: string, initdb: string, user: ServerUser): Promise<Cluster> {
  return await inPlainWords(folder, async () => {
    const found = await readdir(join(folder, 'cluster')).catch(absent);
    if (!found?.length) await makeCluster(folder, initdb, user);
    return await readCluster(folder);
  });
}

async function readCluster(folder: string): Promise<Cluster> {
  const data = join(folder, 'cluster/data');
  const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(absent);
  const password = await readFile(join(folder, 'cluster/password'), 'utf8').catch(absent);
  if (version === undefined) throw new EmbeddedServiceError(damaged(folder, 'cluster/data/PG_VERSION is missing'));
  if (password === undefined) throw new EmbeddedServiceError(damaged(folder, 'cluster/password is missing'));
  return { data, password };
}

async function makeCluster(folder: string, initdb: string, user: ServerUser): Promise<void> {
  await sweepUnfinished(folder);
  const making = join(folder, `making-${process.pid}`);
  await mkdir(making, { mode: 0o700 });
  await writeFile(join(making, 'password'), randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (user) for (const path of [making, join(making, 'password')]) await chown(path, user.uid, user.gid);
  try {
    await runInitdb(folder, making, initdb, user);
    await rename(making, join(folder, 'cluster')).catch(someoneWasFaster);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

async function sweepUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const maker = Number(/^making-(\d+)$/.exec(name)?.[1]);
    const abandoned = maker === process.pid || (maker > 0 && !lookAtProcess(maker));
    if (abandoned) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function runInitdb(folder: string, making: string, initdb: string, user: ServerUser): Promise<void> {
  const args = [
    ...['-D', join(making, 'data'), '-U', 'baton', '-A', 'scram-sha-256', '--pwfile', join(making, 'password')],
    ...['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...['--no-sync', '--no-instructions'],
  ];
  const child = spawn(initdb, args, { cwd: '/', env: { PATH: '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' }, ...user });
  let printed = '';
  child.stdout.resume();
  child.stderr.on('data', (chunk) => {
    printed += chunk;
  });
  const [code] = await once(child, 'close').catch((error) => cannotRun(initdb, error));
  if (code === 0) return;
  const { reason, sentence } = explainPostgresFailure(folder, printed);
  throw new EmbeddedServiceError(
    reason === 'full' ? diskFull(folder) : `PostgreSQL could not make its data in ${folder}: ${sentence}`,
  );
}

/** A program that is there and does not start: another C library (Alpine), or a user that may not be switched to. */
export function cannotRun(program: string, error: Error): never {
  throw new EmbeddedServiceError(
    `PostgreSQL's program ${program} cannot be run here (${error.message}); set DATABASE_URL to a PostgreSQL server of your own.`,
    { cause: error },
  );
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function someoneWasFaster(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
}
