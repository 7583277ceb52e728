import { Inject, Injectable } from '@nestjs/common';
import sharp from 'sharp';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { settings } from '../../config/settings.js';
import { Files } from '../platform/files.service.js';
import { Log } from '../platform/log.service.js';

const X_HOSTS = new Set(['pbs.twimg.com', 'video.twimg.com', 'abs.twimg.com']);
const LARGEST = 20 * 1024 * 1024;

/** A copy of a network's picture that we serve ourselves, so that no visitor's browser asks the network. */
export interface Copy {
  /** Name in Files. */
  file: string;
  width: number;
  height: number;
}

/** Fetches pictures from the network's own hosts (never anything else), makes them smaller and keeps them. */
@Injectable()
export class Pictures {
  constructor(
    private readonly files: Files,
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

  private async make(address: string, widest: number): Promise<Copy> {
    const response = await fetch(address, { signal: AbortSignal.timeout(settings.outsideTimeout), redirect: 'error' });
    if (!response.ok || !response.body) throw new Error(`The network answered ${response.status}`);
    const { data, info } = await sharp(await bytesOf(response.body), { limitInputPixels: 50_000_000 })
      .rotate()
      .resize({ width: widest, withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer({ resolveWithObject: true });
    return { file: await this.files.keep(data), width: info.width, height: info.height };
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
    if (size > LARGEST) throw new Error('The picture is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
