import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';

/** Files kept by the hash of their content, outside the web root. On several machines the folder is a shared volume. */
@Injectable()
export class Files {
  private readonly folder: string;

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    this.folder = join(runtime.dataFolder, 'files');
  }

  /** Keeps bytes and gives their name (SHA-256 in hex). Keeping the same bytes twice is one file. */
  async keep(bytes: Buffer): Promise<string> {
    const name = createHash('sha256').update(bytes).digest('hex');
    const path = this.pathOf(name);
    if (await stat(path).catch(() => null)) return name;
    await mkdir(join(path, '..'), { recursive: true });
    const partial = `${path}.${process.pid}.${process.hrtime.bigint()}`;
    await writeFile(partial, bytes);
    await rename(partial, path);
    return name;
  }

  /** Keeps a file that lies elsewhere on the same disk, without reading it into memory; it moves. */
  async keepFile(from: string): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(from)) hash.update(chunk as Buffer);
    const name = hash.digest('hex');
    await mkdir(join(this.pathOf(name), '..'), { recursive: true });
    await rename(from, this.pathOf(name));
    return name;
  }

  /** A kept file to be read in stretches, or null when there is none. Close it. */
  async open(name: string): Promise<FileHandle | null> {
    return open(this.pathOf(name)).catch(() => null);
  }

  /** The bytes of a kept file, or null when there is none. */
  async read(name: string): Promise<Buffer | null> {
    return readFile(this.pathOf(name)).catch(() => null);
  }

  async remove(name: string): Promise<void> {
    await unlink(this.pathOf(name)).catch(() => undefined);
  }

  private pathOf(name: string): string {
    if (!/^[0-9a-f]{64}$/.test(name)) throw new Error('Not the name of a kept file');
    return join(this.folder, name.slice(0, 2), name);
  }
}
