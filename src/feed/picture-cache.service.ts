import { mkdir, readdir, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { settings } from '../../config/settings.js';
import { Clock } from '../platform/clock.service.js';

const HOUR_MS = 60 * 60_000;

/**
 * Our copies of the network's pictures, in all their forms, on disk. There is room for `settings.pictureCacheBytes`: what
 * was used longest ago goes first. Whatever is gone can be made again.
 */
@Injectable()
export class PictureCache {
  private readonly folder: string;
  /** When this process last noted the use of a file: once an hour is often enough. */
  private readonly noted = new Map<string, number>();
  private sinceLook = Number.POSITIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    @Inject(RUNTIME) runtime: Runtime,
  ) {
    this.folder = join(runtime.dataFolder, 'pictures');
  }

  /** The bytes, or null when they are not (or no longer) there. */
  async read(name: string): Promise<Buffer | null> {
    const bytes = await readFile(join(this.folder, name)).catch(() => null);
    if (bytes) await this.note(name);
    return bytes;
  }

  async keep(name: string, bytes: Buffer): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const partial = join(this.folder, `.${name}.${process.pid}.${process.hrtime.bigint()}`);
    await writeFile(partial, bytes);
    await rename(partial, join(this.folder, name));
    this.sinceLook += bytes.length;
    // Other processes write here too, so the folder itself is looked at, but not for every picture.
    if (this.sinceLook > settings.pictureCacheBytes / 16) await this.makeRoom(settings.pictureCacheBytes);
  }

  /** Removes what was used longest ago until no more than so many bytes are left. */
  async makeRoom(bytes: number): Promise<void> {
    this.sinceLook = 0;
    const names = await readdir(this.folder).catch(() => []);
    const files = (await Promise.all(names.map((name) => this.sized(name)))).flat().sort((a, b) => b.used - a.used);
    let room = bytes;
    for (const { path, size } of files) {
      room -= size;
      if (room < 0) await unlink(path).catch(() => undefined);
    }
  }

  private async sized(name: string): Promise<{ path: string; size: number; used: number }[]> {
    const path = join(this.folder, name);
    const found = await stat(path).catch(() => null);
    return found ? [{ path, size: found.size, used: found.mtimeMs }] : [];
  }

  private async note(name: string): Promise<void> {
    const now = this.clock.real();
    if (now.getTime() - (this.noted.get(name) ?? 0) < HOUR_MS) return;
    if (this.noted.size > 10_000) this.noted.clear();
    this.noted.set(name, now.getTime());
    await utimes(join(this.folder, name), now, now).catch(() => undefined);
  }
}
