import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { settings } from '../../config/settings.js';
import { shownFeed, shownPost } from '../../test/support/feed.js';
import { eventually } from '../../test/support/poll.js';
import { freePort } from '../../test/support/redis.js';
import { bridgeUntil, type EarlyFeeds } from './early-feeds.service.js';
import { LastShownFeeds } from './last-shown.service.js';
import { websiteFiles } from './website-files.service.js';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const account = { zone: 'Europe/London', pausedMessage: null };

let url: string;
let dataFolder: string;
let reachable = false;
let early: Promise<EarlyFeeds | null>;

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'baton-early-'));
  const now = new Date();
  const keep = (slug: string, checkedAt: Date) => {
    const feed = shownFeed({ slug, pulledAt: now, posts: [shownPost({ checkedAt })] });
    return new LastShownFeeds(dataFolder).keep({ version: '1', feed, account, changedAt: now, clockAhead: 0 });
  };
  await keep('nhs', now);
  await keep('wales', new Date(now.getTime() - settings.feedExpiry + 4000));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  early = bridgeUntil(async () => reachable, { host: '127.0.0.1', port, dataFolder, root });
  await eventually(() => ask('/health/live'));
});

afterAll(async () => {
  reachable = true;
  await (await early)?.close();
  await rm(dataFolder, { recursive: true });
});

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${url}${path}`, { method, headers });

it('while the database is away, websites get the component and its style, from the same bytes as ever', async () => {
  const { script, style } = websiteFiles(root);
  for (const [path, file] of [
    ['/embed.js', script],
    ['/nhs/embed.js', script],
    ['/embed.css?v=1', style],
  ] as const) {
    const { bytes, etag } = (await file.forms).br;
    const answer = await ask(path, { 'accept-encoding': 'br' });
    expect([path, answer.status, answer.headers.get('etag')]).toEqual([path, 200, etag]);
    expect(answer.headers.get('content-length')).toBe(String(bytes.length));
    expect(answer.headers.get('content-type')).toBe(file.type);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.text()).toBe((await file.forms).identity.bytes.toString());
    const again = await ask(path, { 'accept-encoding': 'br', 'if-none-match': etag });
    expect([again.status, await again.text(), again.headers.get('content-encoding')]).toEqual([304, '', null]);
    expect(await (await ask(path, {}, 'HEAD')).text()).toBe('');
  }
  for (const path of ['/', '/nhs', '/a/b/embed.js', '/nhs/embed.css']) expect((await ask(path)).status).toBe(503);
  expect((await ask('/embed.js', {}, 'POST')).status).toBe(503);
});

it('while the database is away, a feed has one address as ever', async () => {
  const moved = (path: string) =>
    new Promise((answered) => {
      // `fetch` leaves out a question mark after which nothing comes.
      get({ port: new URL(url).port, path }, (answer) => answered(answer.resume().headers.location ?? null));
    });
  expect(await moved('/NHS/feed.json/?limit=1')).toBe('/nhs/feed.json?limit=1');
  expect(await moved('/nhs/feed.json?')).toBe('/nhs/feed.json');
  expect(await moved('/nhs/feed.json?limit=1')).toBeNull();
});

it('while the database is away, a feed is rendered once, and compressed when that is wanted again', async () => {
  expect((await (await ask('/nhs/posts.json')).json()) as object).toMatchObject({ state: 'stale' });
  await eventually(async () => {
    const answer = await ask('/nhs/posts.json', { 'accept-encoding': 'br' });
    return answer.headers.get('content-encoding') === 'br';
  });
});

it('while the database is away, a post is only a link from when X has not shown it for a day, and that is a change', async () => {
  const before = await ask('/wales/posts.json');
  expect(await before.text()).toContain('Good morning from the ward');
  const since = { 'if-modified-since': before.headers.get('last-modified') ?? '' };
  expect((await ask('/wales/posts.json', since)).status).toBe(304);
  await eventually(async () => (await (await ask('/wales/posts.json')).text()).includes('"link_only":true'));
  expect((await ask('/wales/posts.json', since)).status).toBe(200);
});
