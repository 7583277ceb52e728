import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type LastShown, LastShownFeeds } from './last-shown.service.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-feeds-'));
});
afterEach(() => rm(folder, { recursive: true }));

const shown = (slug: string, version: number) =>
  ({ version: String(version), feed: { slug }, changedAt: new Date(0) }) as unknown as LastShown;
const files = async () => (await readdir(join(folder, 'feeds'))).toSorted();

it('keeps the highest version, whoever writes it when', async () => {
  const feeds = new LastShownFeeds(folder);
  await feeds.keep(shown('nhs', 1));
  await Promise.all([2, 2, 3, 3].map((version) => feeds.keep(shown('nhs', version))));
  await feeds.keep(shown('nhs-wales', 2));
  expect((await feeds.all()).map(({ feed, version }) => `${feed.slug} ${version}`).toSorted()).toEqual([
    'nhs 3',
    'nhs-wales 2',
  ]);
  expect((await files()).some((name) => name.endsWith('.partial'))).toBe(false);
});

it('drops what a process before it left, also when the folder went away meanwhile', async () => {
  await new LastShownFeeds(folder).keep(shown('nhs', 4));
  const feeds = new LastShownFeeds(folder);
  await feeds.keep(shown('nhs', 5));
  expect(await files()).toEqual(['nhs.5.json']);
  await rm(join(folder, 'feeds'), { recursive: true });
  await feeds.keep(shown('nhs', 6));
  expect(await files()).toEqual(['nhs.6.json']);
});
