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
  /** What is in the folder, as far as this process knows: to list ten thousand files for each would take longer than to write them. */
  private known: Promise<Map<string, bigint[]>> | undefined;
  private writes = 0;

  constructor(dataFolder: string) {
    this.folder = join(dataFolder, 'feeds');
  }

  /** Writes a version whole or not at all, and drops those before it. */
  async keep(shown: LastShown): Promise<void> {
    const { slug } = shown.feed;
    const version = BigInt(shown.version);
    await mkdir(this.folder, { recursive: true });
    this.known ??= this.list();
    const known = await this.known;
    this.writes += 1;
    const partial = join(this.folder, `${slug}.${version}.${process.pid}-${this.writes}.partial`);
    await writeFile(partial, JSON.stringify(shown));
    await rename(partial, join(this.folder, nameOf(slug, version)));
    const all = [...(known.get(slug) ?? []), version];
    known.set(
      slug,
      all.filter((each) => each >= version),
    );
    await Promise.all(all.filter((each) => each < version).map((each) => this.drop(nameOf(slug, each))));
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

  private async list(): Promise<Map<string, bigint[]>> {
    const known = new Map<string, bigint[]>();
    for (const { slug, version } of await this.files()) known.set(slug, [...(known.get(slug) ?? []), version]);
    return known;
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

function nameOf(slug: string, version: bigint): string {
  return `${slug}.${version}.json`;
}

/** Instants are kept as text under names that end with At. */
function revived(key: string, value: unknown): unknown {
  return key.endsWith('At') && typeof value === 'string' && INSTANT.test(value) ? new Date(value) : value;
}
