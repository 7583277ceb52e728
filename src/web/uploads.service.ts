import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyRequest } from 'fastify';
import { settings } from '../../config/settings.js';
import { HEAD_BYTES, mediaTypeOf } from '../platform/media-type.js';
import type { Upload } from './form.js';

const DAY_MS = 24 * 60 * 60_000;
const AT_THE_DESK = /^\/[^/?]+\/desk\//;

/** Files of films that came with a request, to be removed when it ends unless they were kept. */
const spooled = new WeakMap<FastifyRequest, string[]>();

/** How much of a request's files lies in memory. */
const held = new WeakMap<FastifyRequest, number>();

/**
 * Takes one file of a form in, as it arrives. At the desk, for somebody who is signed in, pictures may be larger and films
 * go to disk instead of into memory. All files of a request share one room in memory: what no longer fits counts as too
 * large, for nobody has been asked yet who sends it.
 */
export async function takeIn(
  request: FastifyRequest,
  file: AsyncIterable<Buffer>,
  filename: string,
  given: { folder: string; signedIn: (request: FastifyRequest) => Promise<boolean> },
): Promise<Upload> {
  const atDesk = AT_THE_DESK.test(request.url) && (await given.signedIn(request));
  const most = atDesk ? settings.deskPictureBytes : settings.pictureBytes;
  const picture = new Picture(request, most, atDesk ? settings.deskFormBytes : most);
  let film: Film | null = null;
  try {
    for await (const chunk of file) {
      if (film) await film.add(chunk);
      else picture.add(chunk);
      if (!film && atDesk && picture.isFilm() && mayBegin(request)) {
        film = await Film.begin(request, given.folder);
        for (const each of picture.giveUp()) await film.add(each);
      }
    }
    if (film) return { filename, bytes: Buffer.alloc(0), path: film.path, truncated: film.isTooLarge };
    return { filename, bytes: picture.bytes(), path: null, truncated: picture.isTooLarge };
  } catch (error) {
    await clearUp(request);
    throw error;
  } finally {
    await film?.close();
  }
}

/** Removes the films of a request that nobody has kept. */
export async function clearUp(request: FastifyRequest): Promise<void> {
  for (const path of spooled.get(request) ?? []) await unlink(path).catch(() => undefined);
}

/** Removes what requests left that ended with their process; one that is under way is never a day old. `now` is unscaled. */
export async function clearLeft(folder: string, now: Date): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const about = await stat(join(folder, name)).catch(() => null);
    if (about && now.getTime() - about.mtimeMs > DAY_MS) await unlink(join(folder, name)).catch(() => undefined);
  }
}

/** A post takes one film, so a thread takes as many as it has parts. */
function mayBegin(request: FastifyRequest): boolean {
  return (spooled.get(request)?.length ?? 0) < settings.threadParts;
}

/** A file on its way into memory. What is beyond its own limit or the request's room is let go. */
class Picture {
  private chunks: Buffer[] = [];
  private kept = 0;
  private looked = false;
  isTooLarge = false;

  constructor(
    private readonly request: FastifyRequest,
    private readonly most: number,
    private readonly room: number,
  ) {}

  add(chunk: Buffer): void {
    const taken = held.get(this.request) ?? 0;
    if (this.isTooLarge || this.kept + chunk.length > this.most || taken + chunk.length > this.room) {
      this.giveUp();
      this.isTooLarge = true;
      return;
    }
    this.chunks.push(chunk);
    this.kept += chunk.length;
    held.set(this.request, taken + chunk.length);
  }

  /** Looks once, when enough has come to tell. */
  isFilm(): boolean {
    if (this.looked || this.kept < HEAD_BYTES) return false;
    this.looked = true;
    const type = mediaTypeOf(this.bytes());
    return type === 'mp4' || type === 'mov';
  }

  bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  giveUp(): Buffer[] {
    held.set(this.request, (held.get(this.request) ?? 0) - this.kept);
    this.kept = 0;
    return this.chunks.splice(0);
  }
}

/** A film on its way to disk. What is beyond the limit is let go. */
class Film {
  private size = 0;

  private constructor(
    readonly path: string,
    private readonly file: Awaited<ReturnType<typeof open>>,
  ) {}

  static async begin(request: FastifyRequest, folder: string): Promise<Film> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, randomUUID());
    spooled.set(request, [...(spooled.get(request) ?? []), path]);
    return new Film(path, await open(path, 'wx', 0o600));
  }

  get isTooLarge(): boolean {
    return this.size > settings.filmBytes;
  }

  async add(chunk: Buffer): Promise<void> {
    this.size += chunk.length;
    if (!this.isTooLarge) await this.file.write(chunk);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
