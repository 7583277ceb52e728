import { randomUUID } from 'node:crypto';
import { mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyRequest } from 'fastify';
import { settings } from '../../config/settings.js';
import { HEAD_BYTES, mediaTypeOf } from '../platform/media-type.js';
import type { Upload } from './form.js';

const AT_THE_DESK = /^\/[^/?]+\/desk\//;

/** Files of films that came with a request, to be removed when it ends unless they were kept. */
const spooled = new WeakMap<FastifyRequest, string[]>();

/**
 * Takes one file of a form in, as it arrives. At the desk, for somebody who is signed in, pictures may be larger and films
 * go to disk instead of into memory.
 */
export async function takeIn(
  request: FastifyRequest,
  file: AsyncIterable<Buffer>,
  filename: string,
  given: { folder: string; signedIn: (request: FastifyRequest) => Promise<boolean> },
): Promise<Upload> {
  const atDesk = AT_THE_DESK.test(request.url) && (await given.signedIn(request));
  const most = atDesk ? settings.deskPictureBytes : settings.pictureBytes;
  const chunks: Buffer[] = [];
  let size = 0;
  let film: Film | null = null;
  for await (const chunk of file) {
    size += chunk.length;
    if (film) await film.add(chunk);
    else if (size <= most) chunks.push(chunk);
    else chunks.length = 0;
    if (atDesk && !film && size >= HEAD_BYTES && size - chunk.length < HEAD_BYTES && isFilm(chunks)) {
      film = await Film.begin(request, given.folder);
      for (const each of chunks.splice(0)) await film.add(each);
    }
  }
  const path = film ? await film.end() : null;
  return { filename, bytes: Buffer.concat(chunks), path, truncated: size > (film ? settings.filmBytes : most) };
}

/** Removes the films of a request that nobody has kept. */
export async function clearUp(request: FastifyRequest): Promise<void> {
  for (const path of spooled.get(request) ?? []) await unlink(path).catch(() => undefined);
}

function isFilm(chunks: Buffer[]): boolean {
  const type = mediaTypeOf(Buffer.concat(chunks));
  return type === 'mp4' || type === 'mov';
}

/** A film on its way to disk. What is beyond the limit is let go. */
class Film {
  private size = 0;

  private constructor(
    private readonly path: string,
    private readonly file: Awaited<ReturnType<typeof open>>,
  ) {}

  static async begin(request: FastifyRequest, folder: string): Promise<Film> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, randomUUID());
    spooled.set(request, [...(spooled.get(request) ?? []), path]);
    return new Film(path, await open(path, 'wx', 0o600));
  }

  async add(chunk: Buffer): Promise<void> {
    this.size += chunk.length;
    if (this.size <= settings.filmBytes) await this.file.write(chunk);
  }

  async end(): Promise<string> {
    await this.file.close();
    return this.path;
  }
}
