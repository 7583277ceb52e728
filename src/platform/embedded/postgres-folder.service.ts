import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EmbeddedServiceError } from './embedded-service-error.js';
import { diskFull } from './postgres-failure.js';

/** Whom the server runs as; undefined: the same user as this process. PostgreSQL refuses to run as root. */
export type ServerUser = { uid: number; gid: number } | undefined;

const FALLBACK = '/var/lib/baton';

/** The folder to use, made and writable: the wanted one, or, when the server's user cannot get into it, one that it can. */
export async function prepareFolder(wanted: string, log: (line: string) => void) {
  const user = await serverUser(wanted);
  const folder = resolve(wanted);
  if (await makeReachable(folder, user)) return { folder, user };
  const key = createHash('sha256').update(folder).digest('hex').slice(0, 10);
  const instead = join(FALLBACK, `${basename(folder)}-${key}`);
  if (!(await makeReachable(instead, user))) {
    throw new EmbeddedServiceError(
      `PostgreSQL will not run as root, and its user (${user?.uid}) can reach neither ${folder} nor ${instead}: start Baton as an ordinary user, or choose another folder.`,
    );
  }
  log(`PostgreSQL will not run as root and its user cannot reach ${folder}: the data is in ${instead}`);
  return { folder: instead, user };
}

/** Root hands over to the owner of the data that is there, else to `nobody`. */
async function serverUser(wanted: string): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(join(wanted, 'cluster')).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, uid = '65534', gid = '65534'] = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(passwd) ?? [];
  return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
}

async function makeReachable(folder: string, user: ServerUser): Promise<boolean> {
  if (user && !(await mayTraverse(folder, user))) return false;
  return await inPlainWords(folder, async () => {
    const made = await mkdir(folder, { recursive: true, mode: 0o755 });
    if (made) await chmod(folder, user ? 0o711 : 0o700);
    return !user || (await mayTraverse(folder, user));
  });
}

/** Whether `user` may pass through `path` and every folder above it; what does not exist yet does not count. */
export async function mayTraverse(path: string, user: NonNullable<ServerUser>): Promise<boolean> {
  for (let at = resolve(path); ; at = dirname(at)) {
    const entry = await stat(at).catch(() => undefined);
    if (entry?.isDirectory()) {
      const bit = entry.uid === user.uid ? 0o100 : entry.gid === user.gid ? 0o010 : 0o001;
      if ((entry.mode & bit) === 0) return false;
    }
    if (at === dirname(at)) return true;
  }
}

/** Runs file work in `folder`; the usual refusals of the file system come out as one sentence. */
export async function inPlainWords<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new EmbeddedServiceError(diskFull(folder), { cause: error });
    if (['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOTDIR'].includes(code)) {
      throw new EmbeddedServiceError(`Baton cannot write in the folder ${folder} (${(error as Error).message}).`, {
        cause: error,
      });
    }
    throw error;
  }
}
