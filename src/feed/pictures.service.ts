import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import sharp, { type Sharp } from 'sharp';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { settings } from '../../config/settings.js';
import { Log } from '../platform/log.service.js';
import { PictureCache } from './picture-cache.service.js';
import { type PictureForm, type PictureType, pictureName } from './picture-forms.js';

const X_HOSTS = new Set(['pbs.twimg.com', 'video.twimg.com', 'abs.twimg.com']);

/** A copy of a network's picture that we serve ourselves, so that no visitor's browser asks the network. */
export interface Copy {
  /** SHA-256 in hex, the name of its file. */
  file: string;
  width: number;
  height: number;
}

const FORMATS = new Set<string | undefined>(['jpeg', 'png', 'webp', 'gif']);
const WRITE: Record<PictureType, (picture: Sharp) => Sharp> = {
  // The quickest of AVIF's efforts is already the smallest of the three types.
  avif: (picture) => picture.avif({ quality: 50, effort: 1 }),
  webp: (picture) => picture.webp({ quality: 80 }),
  jpg: (picture) => picture.flatten({ background: '#fff' }).jpeg({ quality: 80, mozjpeg: true }),
};

/** Fetches pictures from the network's own hosts (never anything else), makes them smaller and keeps them. */
@Injectable()
export class Pictures {
  private readonly making = new Map<string, Promise<Buffer | null>>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly cache: PictureCache,
    private readonly log: Log,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** Gives our copy, or null when the picture cannot be had now. */
  async copy(url: string, widest: number): Promise<Copy | null> {
    try {
      return await this.make(this.allowed(url), widest);
    } catch (error) {
      this.log.warn({ error }, 'a picture of a post could not be copied');
      return null;
    }
  }

  /**
   * A form of one of our copies; made when it is first asked for, one at a time, and kept. `again` is where the copy came
   * from, in case it had to make room. Null when there is no copy and none can be had.
   */
  async form(form: PictureForm, again: () => Promise<string | null>): Promise<Buffer | null> {
    const name = pictureName(form);
    const kept = await this.cache.read(name);
    if (kept) return kept;
    const making =
      this.making.get(name) ?? this.next(() => this.write(form, again)).finally(() => this.making.delete(name));
    this.making.set(name, making);
    return making;
  }

  private next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  private async write(form: PictureForm, again: () => Promise<string | null>): Promise<Buffer | null> {
    const source = (await this.cache.read(`${form.file}.webp`)) ?? (await this.fetchedAgain(await again()));
    if (!source || (form.type === 'webp' && form.width === null)) return source;
    const resized = sharp(source).resize({ ...(form.width ? { width: form.width } : {}), withoutEnlargement: true });
    const bytes = await WRITE[form.type](resized).toBuffer();
    await this.cache.keep(pictureName(form), bytes);
    return bytes;
  }

  private async fetchedAgain(url: string | null): Promise<Buffer | null> {
    const copy = url ? await this.copy(url, settings.pictureWidest) : null;
    return copy && this.cache.read(`${copy.file}.webp`);
  }

  private async make(address: string, widest: number): Promise<Copy> {
    const response = await fetch(address, { signal: AbortSignal.timeout(settings.outsideTimeout), redirect: 'error' });
    if (!response.ok || !response.body) throw new Error(`The network answered ${response.status}`);
    const picture = sharp(await bytesOf(response.body), { limitInputPixels: settings.picturePixels });
    const { format } = await picture.metadata();
    if (!FORMATS.has(format)) throw new Error(`A picture in ${format} is not taken`);
    const { data, info } = await picture
      .rotate()
      .resize({ width: widest, withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer({ resolveWithObject: true });
    const file = createHash('sha256').update(data).digest('hex');
    await this.cache.keep(`${file}.webp`, data);
    return { file, width: info.width, height: info.height };
  }

  /** The address to fetch: X's media hosts, or with the simulator its own media wherever it says they are. */
  private allowed(url: string): string {
    const parsed = new URL(url, this.runtime.simulatorUrl ?? undefined);
    if (this.runtime.simulatorUrl && parsed.pathname.startsWith('/simulator/media/')) {
      return new URL(parsed.pathname, this.runtime.simulatorUrl).toString();
    }
    if (parsed.protocol === 'https:' && X_HOSTS.has(parsed.hostname)) return parsed.toString();
    throw new Error(`${parsed.hostname} is not a host of the network's media`);
  }
}

/** Reads no further than the largest picture that is taken, whatever the answer says of its length. */
async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > settings.pictureFetchBytes) throw new Error('The picture is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
