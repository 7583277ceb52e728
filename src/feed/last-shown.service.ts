import { mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FeedAccount } from './formats/formats.js';
import type { ShownFeed } from './shown.js';

/** A feed as a process last showed it: all that is needed to show it again without a database. */
export interface LastShown {
  version: string;
  feed: ShownFeed;
  account: FeedAccount;
  changedAt: Date;
  /** Milliseconds by which the service's clock was ahead of the machine's. */
  clockAhead: number;
}

const NAME = /^([\w-]+)\.(\d+)\.json$/;
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/**
 * The last shown feeds in a folder, a file for each version, of which the highest counts: a process that writes an older
 * one late undoes no hide.
 */
export class LastShownFeeds {
  private readonly folder: string;

  constructor(dataFolder: string) {
    this.folder = join(dataFolder, 'feeds');
  }

  /** Writes a version whole or not at all, and drops those before it. */
  async keep(shown: LastShown): Promise<void> {
    const { slug } = shown.feed;
    await mkdir(this.folder, { recursive: true });
    const partial = join(this.folder, `${slug}.${shown.version}.${process.pid}.partial`);
    await writeFile(partial, JSON.stringify(shown));
    await rename(partial, join(this.folder, `${slug}.${shown.version}.json`));
    const older = (await this.files()).filter((file) => file.slug === slug && file.version < BigInt(shown.version));
    await Promise.all(older.map(({ name }) => this.drop(name)));
  }

  /** Drops the feeds of all accounts but these. */
  async keepOnly(slugs: string[]): Promise<void> {
    const others = (await this.files()).filter(({ slug }) => !slugs.includes(slug));
    await Promise.all(others.map(({ name }) => this.drop(name)));
  }

  /** The newest of each account; what cannot be read is left out. */
  async all(): Promise<LastShown[]> {
    const newest = new Map<string, { name: string; version: bigint }>();
    for (const file of await this.files()) {
      const known = newest.get(file.slug);
      if (!known || known.version < file.version) newest.set(file.slug, file);
    }
    const read = [...newest.values()].map(({ name }) => this.read(name));
    return (await Promise.all(read)).filter((shown) => shown !== null);
  }

  private async files(): Promise<{ name: string; slug: string; version: bigint }[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names.flatMap((name) => {
      const [, slug, version] = NAME.exec(name) ?? [];
      return slug && version ? [{ name, slug, version: BigInt(version) }] : [];
    });
  }

  private async read(name: string): Promise<LastShown | null> {
    try {
      return JSON.parse(await readFile(join(this.folder, name), 'utf8'), revived) as LastShown;
    } catch {
      return null;
    }
  }

  private async drop(name: string): Promise<void> {
    await unlink(join(this.folder, name)).catch(() => undefined);
  }
}

/** Instants are kept as text under names that end with At. */
function revived(key: string, value: unknown): unknown {
  return key.endsWith('At') && typeof value === 'string' && INSTANT.test(value) ? new Date(value) : value;
}
