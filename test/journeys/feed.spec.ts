import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { XMLValidator } from 'fast-xml-parser';
import { parseFeed } from 'feedsmith';
import { parse } from 'node-html-parser';
import pg from 'pg';
import sharp from 'sharp';
import { settings } from '../../config/settings.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { FeedJobs } from '../../src/feed/feed.jobs.js';
import { Hiding } from '../../src/feed/hiding.service.js';
import { Pulls } from '../../src/feed/pulls.service.js';
import { FeedReading } from '../../src/feed/reading.service.js';
import { Selections } from '../../src/feed/selections.service.js';
import { makeAccount, onDuty, personId, signedIn } from '../support/community.js';
import { hostileTexts } from '../support/feed.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';
import { impatiently } from '../support/simulated.js';
import type { Visitor } from '../support/visitor.js';

jest.setTimeout(60_000);

interface Posts {
  state: string;
  pulled_at: string | null;
  account: { name: string; avatar: string | null };
  posts: {
    id: string;
    url: string;
    text: string;
    posted_at: string;
    pictures: { href: string; description: string | null }[];
    credit: { kind: string; name: string; stint: string | null };
  }[];
}

const FORMATS = ['feed.json', 'feed.atom', 'feed.rss', 'posts.json', 'embed.html'];
const DAY_MS = 24 * 60 * 60_000;

let service: Service;
let network: Pretend;
let nhs: Account;
let stint: string;
let olu: Visitor;

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-08T10:00:00Z') });
  network = new Pretend(service);
  nhs = await makeAccount(service);
  stint = await onDuty(service, nhs, 'Grace');
  olu = await signedIn(service, 'Olu');
});

afterAll(() => service?.stop());
afterEach(heal);

/** The network is well again, and what it said of its limits and credits, which holds longer than a test, is forgotten. */
async function heal(): Promise<void> {
  await network.heal();
  await service.db.query('DELETE FROM network_limits');
  await service.db.query('UPDATE network_budgets SET out_since = NULL, try_at = NULL');
}

function ask(path: string, init: RequestInit = {}, from: Service = service): Promise<Response> {
  return fetch(`${from.url}${path}`, init);
}

async function shown(from: Service = service, slug = 'nhs'): Promise<Posts> {
  return (await (await ask(`/${slug}/posts.json`, {}, from)).json()) as Posts;
}

async function ids(from: Service = service): Promise<string[]> {
  return (await shown(from)).posts.map((post) => post.id);
}

/** Looks at the network now, whatever else is looking; and waits for this process to show it. */
async function pull(account: Account = nhs): Promise<void> {
  await eventually(() => service.app.get(Pulls).pull(account.id));
  const at = await pulledAt(account);
  await eventually(async () => (await shown(service, account.slug)).pulled_at === at.toISOString());
}

async function pulledAt(account: Account = nhs): Promise<Date> {
  const [row] = await service.db.query<{ pulled_at: Date }>('SELECT pulled_at FROM feeds WHERE account_id = $1', [
    account.id,
  ]);
  if (!row) throw new Error('There is no feed');
  return row.pulled_at;
}

async function age(from: Service = service): Promise<number> {
  return Number((await ask('/nhs/feed.json', {}, from)).headers.get('x-feed-age'));
}

async function moveOn(ms: number): Promise<void> {
  await service.moveClock(new Date((await service.db.now()).getTime() + ms));
}

describe('a post made at X', () => {
  it('is in every format, credited to the curator whose turn it is', async () => {
    const id = await network.post({ handle: 'NHS', text: 'Good morning from #wards, says Grace' });
    await pull();
    const [post] = (await shown()).posts;
    expect(post).toMatchObject({
      id,
      url: `https://x.com/NHS/status/${id}`,
      text: 'Good morning from #wards, says Grace',
      credit: { kind: 'curator', name: 'Grace', stint },
    });
    for (const format of FORMATS) {
      const answer = await ask(`/nhs/${format}`);
      const text = await answer.text();
      expect([
        format,
        answer.status,
        text.includes('says Grace'),
        text.includes('Grace<') || text.includes('"Grace"'),
      ]).toEqual([format, 200, true, true]);
      expect(answer.headers.get('content-type')).toMatch(/charset=utf-8/);
    }
  });

  it('is the house’s when it was made before the turn, and in a hold', async () => {
    const before = await network.post({ handle: 'NHS', text: 'At the weekend', at: '2026-12-06T12:00:00Z' });
    await service.db.write((tx) =>
      tx.query(
        `INSERT INTO holds (account_id, kind, scope, starts_at, ends_at, reason) VALUES ($1, 'takeover', 'curators', $2, $3, 'Incident')`,
        [nhs.id, new Date('2026-12-07T12:00:00Z'), new Date('2026-12-07T13:00:00Z')],
      ),
    );
    const during = await network.post({ handle: 'NHS', text: 'The house speaks', at: '2026-12-07T12:30:00Z' });
    const after = await network.post({ handle: 'NHS', text: 'Grace again', at: '2026-12-07T13:00:00Z' });
    await pull();
    const credits = new Map((await shown()).posts.map((post) => [post.id, post.credit.kind]));
    expect([before, during, after].map((id) => credits.get(id))).toEqual(['house', 'house', 'curator']);
  });

  it('stays credited to its instant when it is edited, and shows the last version once', async () => {
    const first = await network.post({ handle: 'NHS', text: 'Befor', at: '2026-12-07T07:59:59Z' });
    const last = await network.post({ handle: 'NHS', text: 'Before', at: '2026-12-07T08:05:00Z', edits: first });
    await pull();
    const found = (await shown()).posts.filter((post) => [first, last].includes(post.id));
    expect(found.map(({ id, text, credit }) => [id, text, credit.kind])).toEqual([[last, 'Before', 'house']]);
  });

  it('is gone at the next look after it was deleted there', async () => {
    const id = await network.post({ handle: 'NHS', text: 'A mistake' });
    await pull();
    expect(await ids()).toContain(id);
    await network.remove(id);
    await pull();
    expect(await ids()).not.toContain(id);
  });

  it('keeps its picture on our own origin, with its description', async () => {
    const bytes = (
      await sharp({ create: { width: 60, height: 40, channels: 3, background: '#005eb8' } })
        .png()
        .toBuffer()
    ).toString('base64');
    const id = await network.post({ handle: 'NHS', text: 'Look', media: [{ bytes, alt: 'The ward at "dawn"' }] });
    await pull();
    const [picture] = (await shown()).posts.find((post) => post.id === id)?.pictures ?? [];
    expect(picture?.description).toBe('The ward at "dawn"');
    expect(new URL(picture?.href ?? '').origin).toBe(service.url);
    const answer = await fetch(picture?.href ?? '');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/webp']);
    expect((await sharp(Buffer.from(await answer.arrayBuffer())).metadata()).width).toBe(60);
    const image = parse(await (await ask('/nhs/embed.html')).text()).querySelector('figure img');
    expect([image?.getAttribute('src'), image?.getAttribute('alt')]).toEqual([
      picture?.href.replace('.webp', '.jpg'),
      'The ward at "dawn"',
    ]);
  });

  it.each(hostileTexts.filter((text) => text.trim() !== ''))('breaks no format, whatever it says: %j', async (text) => {
    const id = await network.post({ handle: 'NHS', text });
    await pull();
    const atom = await (await ask('/nhs/feed.atom')).text();
    const rss = await (await ask('/nhs/feed.rss')).text();
    expect([XMLValidator.validate(atom), XMLValidator.validate(rss)]).toEqual([true, true]);
    expect([parseFeed(atom).format, parseFeed(rss).format]).toEqual(['atom', 'rss']);
    expect(parse(await (await ask('/nhs/embed.html')).text()).querySelectorAll('script, iframe, [onerror]')).toEqual(
      [],
    );
    await network.remove(id);
  });

  it('has a string for an id in every JSON, for it is too long for a number', async () => {
    const json = (await (await ask('/nhs/feed.json')).json()) as { items: { _baton: { post_id: unknown } }[] };
    expect(json.items.length).toBeGreaterThan(0);
    for (const { _baton } of json.items) expect(typeof _baton.post_id).toBe('string');
    for (const id of await ids()) expect(id).toEqual(expect.stringMatching(/^\d{17,}$/));
  });
});

describe('a post made at the desk', () => {
  it('reaches the feed credited to its author, whatever the account is called at X by then', async () => {
    const grace = await signedIn(service, 'Grace');
    await grace.get('/nhs/desk');
    await grace.submit({ text: 'Written at the desk' }, 'publications');
    const post = await eventually(
      async () => (await shown()).posts.find(({ text }) => text === 'Written at the desk'),
      {
        within: 15_000,
      },
    );
    await network.profile('NHS', { name: 'Ben (curator)' });
    await eventually(async () => {
      await pull();
      const [row] = await service.db.query<{ credited_by: string }>(
        'SELECT credited_by FROM feed_posts WHERE network_id = $1',
        [post.id],
      );
      return row?.credited_by === 'author';
    });
    const again = (await shown()).posts.find(({ id }) => id === post.id);
    expect(again?.credit).toEqual({ kind: 'curator', name: 'Grace', stint });
  });
});

describe('when X does not answer well', () => {
  it.each(['429', '500', '402', 'reset', 'malformed', 'empty-page', 'silence'])(
    'the feed stays as it was, with its age growing: %s',
    async (fault) => {
      await pull();
      const before = await ids();
      await network.fail('timeline', fault);
      expect(await impatiently(service, () => service.app.get(Pulls).pull(nhs.id))).toBe(false);
      await moveOn(60_000);
      await eventually(async () => (await shown()).state === 'stale');
      expect(await ids()).toEqual(before);
      expect(await age()).toBeGreaterThanOrEqual(60);
      await olu.get('/team/nhs/feed');
      expect(olu.words).toContain('Posts are not being pulled');
      await heal();
      await pull();
      expect([(await shown()).state, await ids()]).toEqual(['fresh', before]);
    },
  );

  it('an empty page is believed when the posts themselves are gone', async () => {
    const other = await makeAccount(service, { handle: 'Empty' });
    const id = await network.post({ handle: 'Empty', text: 'The only one' });
    await pull(other);
    expect((await shown(service, 'empty')).posts).toHaveLength(1);
    await network.remove(id);
    await pull(other);
    expect((await shown(service, 'empty')).posts).toEqual([]);
  });

  it('the posts are taken down after 24 hours, in every process and format, and come back', async () => {
    await pull();
    const before = await ids();
    const web = await service.another({ RUN: ['web'] });
    try {
      await network.fail('timeline', '500');
      await moveOn(DAY_MS - 60_000);
      expect(await ids()).toEqual(before);
      await moveOn(120_000);
      await web.db.readAnchor();
      for (const from of [service, web]) {
        expect(await shown(from)).toMatchObject({ state: 'expired', posts: [] });
        expect(parse(await (await ask('/nhs/embed.html', {}, from)).text()).text).toContain('cannot show the posts');
      }
      await heal();
      await pull();
      expect(await ids()).toEqual(before);
    } finally {
      await web.stop();
    }
  });
});

describe('hiding a post', () => {
  it('takes it from every process within a second, keeps it hidden when it is edited, and can be undone', async () => {
    const id = await network.post({ handle: 'NHS', text: 'Shows a patient’s name' });
    await pull();
    const web = await service.another({ RUN: ['web'] });
    try {
      expect(await ids(web)).toContain(id);
      await olu.get(`/team/nhs/feed/${id}/hide`);
      await olu.submit({ reason: '' });
      expect([olu.page.status, olu.words.includes('Say why the post is hidden')]).toEqual([422, true]);
      const begun = performance.now();
      await olu.submit({ reason: 'It shows a name' });
      await eventually(async () => ![...(await ids()), ...(await ids(web))].includes(id), { within: 1_000 });
      expect(performance.now() - begun).toBeLessThan(1_500);
      for (const format of FORMATS) expect(await (await ask(`/nhs/${format}`)).text()).not.toContain(id);

      const edited = await network.post({ handle: 'NHS', text: 'Shows a patient’s name!', edits: id });
      await pull();
      expect(await ids()).not.toContain(edited);

      await olu.get(`/team/nhs/feed/${edited}/shown`);
      await olu.submit({ reason: '' });
      expect([olu.page.status, olu.words.includes('Say why it is shown again')]).toEqual([422, true]);
      await olu.submit({ reason: 'The name was the nurse’s own' });
      await eventually(async () => (await ids()).includes(edited) && (await ids(web)).includes(edited), {
        within: 1_000,
      });
    } finally {
      await web.stop();
    }
  });

  it('is for organisers and keepers, and is in the audit log', async () => {
    const rhian = await signedIn(service, 'Rhian');
    const [id] = await ids();
    expect((await rhian.get('/team/nhs/feed')).status).toBe(200);
    expect((await rhian.get(`/team/nhs/feed/${id}/hide`)).status).toBe(403);
    const grace = await signedIn(service, 'Grace');
    expect((await grace.get('/team/nhs/feed')).status).toBe(403);
    const verbs = await service.db.query<{ verb: string }>(
      `SELECT verb FROM audit_entries WHERE chain = $1 AND verb IN ('post.hidden', 'post.shown-again') ORDER BY seq`,
      [nhs.id],
    );
    expect(verbs.map((row) => row.verb)).toEqual(['post.hidden', 'post.shown-again']);
  });
});

describe('a website', () => {
  it('gets nothing again that it has already', async () => {
    for (const format of FORMATS) {
      const plain = { 'accept-encoding': 'identity' };
      const first = await ask(`/nhs/${format}`, { headers: plain });
      const etag = first.headers.get('etag') ?? '';
      expect(etag).toMatch(/^"[\w-]+"$/);
      for (const known of [etag, `W/${etag}`, `"old", ${etag}`, '*']) {
        const again = await ask(`/nhs/${format}`, { headers: { ...plain, 'if-none-match': known } });
        expect([format, again.status, await again.text()]).toEqual([format, 304, '']);
        expect(again.headers.get('etag')).toBe(etag);
      }
      expect((await ask(`/nhs/${format}`, { headers: { 'if-none-match': '"old"' } })).status).toBe(200);
      const compressed = await eventually(async () => {
        const got = await ask(`/nhs/${format}`, { headers: { 'accept-encoding': 'br' } });
        return got.headers.get('content-encoding') === 'br' ? got : null;
      });
      expect(compressed.headers.get('etag')).not.toBe(etag);
      const still = await ask(`/nhs/${format}`, { headers: { 'accept-encoding': 'br', 'if-none-match': etag } });
      expect([format, still.status, still.headers.get('etag')]).toEqual([format, 304, etag]);
    }
  });

  it('gets it compressed in the way it asked for, each with a tag of its own', async () => {
    const tags = new Set<string | null>();
    for (const [accepted, sent] of [
      ['br, gzip', 'br'],
      ['gzip', 'gzip'],
      ['identity', null],
    ] as const) {
      const headers = { 'accept-encoding': accepted };
      const answer = await eventually(async () => {
        const got = await ask('/nhs/feed.json', { headers });
        return got.headers.get('content-encoding') === sent ? got : null;
      });
      expect(answer.headers.get('vary')).toBe('accept-encoding');
      expect(((await answer.json()) as { items: unknown[] }).items.length).toBeGreaterThan(0);
      tags.add(answer.headers.get('etag'));
      const again = await ask('/nhs/feed.json', {
        headers: { ...headers, 'if-none-match': answer.headers.get('etag') ?? '' },
      });
      expect([accepted, again.status]).toEqual([accepted, 304]);
    }
    expect(tags.size).toBe(3);
  });

  it('that knows only the date gets nothing again before the next change, and a hide is a change', async () => {
    const first = await ask('/nhs/feed.json');
    const since = { headers: { 'if-modified-since': first.headers.get('last-modified') ?? '' } };
    expect((await ask('/nhs/feed.json', since)).status).toBe(304);
    await service.moveClock(new Date((await service.db.now()).getTime() + 2_000));
    const [id = ''] = await ids();
    await service.app.get(Hiding).hide(nhs.id, id, 'Only to see', await personId(service, 'Olu'));
    await eventually(async () => (await ask('/nhs/feed.json', since)).status === 200);
    await service.app.get(Hiding).unhide(nhs.id, id, 'It was a mistake', await personId(service, 'Olu'));
    await eventually(async () => (await ids()).includes(id));
  });

  it('may ask for the headers alone', async () => {
    const [head, get] = [await ask('/nhs/feed.json', { method: 'HEAD' }), await ask('/nhs/feed.json')];
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const name of ['etag', 'content-length', 'content-type', 'x-feed-age', 'cache-control'])
      expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
  });

  it('gets the component in 4 kB or less, and not again', async () => {
    for (const encoding of ['br', 'gzip']) {
      const first = await ask('/embed.js', { headers: { 'accept-encoding': encoding } });
      expect([first.status, first.headers.get('content-encoding')]).toEqual([200, encoding]);
      expect(Number(first.headers.get('content-length'))).toBeLessThanOrEqual(4096);
      expect(await first.text()).toContain('customElements.define');
      const etag = first.headers.get('etag') ?? '';
      const again = await ask('/embed.js', { headers: { 'accept-encoding': encoding, 'if-none-match': etag } });
      expect([again.status, await again.text()]).toEqual([304, '']);
    }
    const [script, style] = await Promise.all(
      ['/nhs/embed.js', '/embed.css'].map(async (path) => (await ask(path)).text()),
    );
    expect(script).toContain(JSON.stringify(style));
    expect(style).toMatch(/^latest-posts,\.latest-posts\{display:block/);
  });

  it('gets the description for developers compressed, and not again', async () => {
    const first = await ask('/openapi.json', { headers: { 'accept-encoding': 'br' } });
    expect(await first.json()).toMatchObject({ openapi: '3.1.0' });
    const etag = first.headers.get('etag') ?? '';
    const again = await ask('/openapi.json', { headers: { 'accept-encoding': 'br', 'if-none-match': etag } });
    expect([again.status, await again.text(), again.headers.get('content-encoding')]).toEqual([304, '', null]);
  });

  it('of any origin may read it, without a cookie', async () => {
    for (const path of [...FORMATS.map((format) => `/nhs/${format}`), '/embed.js', '/embed.css', '/openapi.json']) {
      const answer = await ask(path, { headers: { origin: 'https://trust.example', cookie: 'session=1' } });
      expect([path, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([path, 200, '*']);
      expect([path, answer.headers.get('set-cookie')]).toEqual([path, null]);
      expect([path, answer.headers.get('cross-origin-resource-policy')]).toEqual([path, 'cross-origin']);
      expect([path, answer.headers.get('cache-control')]).toEqual([
        path,
        expect.stringMatching(/^public, max-age=\d+/),
      ]);
    }
  });

  it('finds the feed however the account is spelt, and is told plainly when there is none', async () => {
    for (const [path, address] of [
      ['/NHS/feed.json', '/nhs/feed.json'],
      ['/nhs/feed.json/', '/nhs/feed.json'],
      ['/Nhs/embed.html/?limit=2&heading=3', '/nhs/embed.html?limit=2&heading=3'],
    ] as const) {
      const answer = await ask(path, { redirect: 'manual' });
      expect([path, answer.status, answer.headers.get('location')]).toEqual([path, 308, address]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect((await ask(path)).url).toBe(`${service.url}${address}`);
    }
    expect((await ask('/NHS/feed.json?limit=0', { redirect: 'manual' })).status).toBe(400);
    expect((await ask('/Nobody/feed.json/', { redirect: 'manual' })).status).toBe(404);
    const none = await ask('/nobody/feed.json');
    expect([none.status, none.headers.get('content-type')]).toEqual([
      404,
      expect.stringMatching(/^application\/problem\+json/),
    ]);
    expect((await ask(`/nhs/pictures/${'0'.repeat(64)}.webp`)).status).toBe(404);
    expect((await ask('/nhs/pictures/..%2f..%2fetc.webp')).status).toBe(404);
  });
});

describe('a selection of posts', () => {
  const said: Record<string, string> = {};

  beforeAll(async () => {
    for (const [text, day] of [
      ['Old #Wards', '01'],
      ['Middle #wards', '02'],
      ['New', '03'],
    ] as const)
      said[text] = await network.post({ handle: 'NHS', text, at: `2026-12-${day}T12:00:00Z` });
    await network.post({ handle: 'NHS', text: 'In Grace’s turn', at: '2026-12-08T09:00:00Z' });
    await pull();
  });

  async function selected(query: string): Promise<string[]> {
    const answer = await ask(`/nhs/posts.json?${query}`);
    expect([query, answer.status]).toEqual([query, 200]);
    return ((await answer.json()) as Posts).posts.map(({ id }) => id);
  }

  it('is by number, by instant, by post, by hashtag and by turn, in every format', async () => {
    const all = await ids();
    expect(await selected('limit=2')).toEqual(all.slice(0, 2));
    expect(await selected('limit=100')).toEqual(all);
    expect(await selected(`since=${said['Middle #wards']}`)).toEqual(all.slice(0, all.indexOf(said.New ?? '') + 1));
    expect(await selected('since=2026-12-02T12:00:00Z&limit=100')).toEqual(
      all.slice(0, all.indexOf(said.New ?? '') + 1),
    );
    expect(await selected('tag=WARDS&since=2026-12-01T00:00:00Z')).toEqual(
      expect.arrayContaining([said['Middle #wards'], said['Old #Wards']]),
    );
    const hers = (await shown()).posts.filter(({ credit }) => credit.stint === stint).map(({ id }) => id);
    expect([hers.length > 0, await selected(`curator=${stint}`)]).toEqual([true, hers]);
    for (const format of FORMATS) {
      const text = await (await ask(`/nhs/${format}?tag=wards&limit=1`)).text();
      const found = Object.values(said)
        .concat(all)
        .filter((id) => text.includes(id));
      expect([format, new Set(found).size]).toEqual([format, 1]);
    }
    const feed = parseFeed(await (await ask('/nhs/feed.atom?limit=1')).text());
    expect(feed.feed).toMatchObject({ id: `${service.url}/nhs/feed.atom?limit=1` });
  });

  it('is answered like the whole feed: with a tag of its own, 304, HEAD, and compressed', async () => {
    const plain = (await ask('/nhs/feed.json')).headers.get('etag');
    // In one encoding: the compressed forms, each with its own tag, join when they are ready.
    const plainly = { 'accept-encoding': 'identity' };
    const first = await ask('/nhs/feed.json?limit=1', { headers: plainly });
    const etag = first.headers.get('etag') ?? '';
    expect(etag).not.toBe(plain);
    expect((await ask('/nhs/feed.json?limit=1', { headers: { ...plainly, 'if-none-match': etag } })).status).toBe(304);
    const head = await ask('/nhs/feed.json?limit=1', { method: 'HEAD', headers: plainly });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, '']);
    expect(head.headers.get('cache-control')).toBe(first.headers.get('cache-control'));
    await eventually(async () => {
      const answer = await ask('/nhs/feed.json?limit=1', { headers: { 'accept-encoding': 'br' } });
      return answer.headers.get('content-encoding') === 'br';
    });
  });

  it('is kept for the next who asks, but never more of them than there is room for', async () => {
    const held = { account: nhs, ...(await service.app.get(FeedReading).read(nhs)), selected: new Map() };
    const selections = service.app.get(Selections);
    for (let limit = 1; limit <= 100; limit += 1) await selections.form(held, 'fresh', 'feed.json', `limit=${limit}`);
    expect(held.selected.size).toBe(settings.feedSelections);
    const keys = [...held.selected.keys()];
    const again = await selections.form(held, 'fresh', 'feed.json', '&limit=100');
    expect(await selections.form(held, 'fresh', 'feed.json', 'limit=100')).toBe(again);
    await expect(selections.form(held, 'fresh', 'feed.json', 'utm=1')).rejects.toThrow('There is no parameter utm');
    expect([...held.selected.keys()]).toEqual(keys);
  });

  it('loses a post that is hidden', async () => {
    const id = said['Middle #wards'] ?? '';
    expect(await selected('tag=wards&limit=50')).toContain(id);
    await service.app.get(Hiding).hide(nhs.id, id, 'Only to see', await personId(service, 'Olu'));
    await eventually(async () => !(await selected('tag=wards&limit=50')).includes(id), { within: 1_500 });
    await service.app.get(Hiding).unhide(nhs.id, id, 'It was a mistake', await personId(service, 'Olu'));
  });

  it('that cannot be read is refused with what can', async () => {
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=1&limit=2',
      'since=yesterday',
      'curator=Grace',
      'tag=a b',
      'utm=1',
      'heading=2',
    ]) {
      const answer = await ask(`/nhs/feed.json?${query}`);
      expect([query, answer.status, answer.headers.get('content-type')]).toEqual([
        query,
        400,
        'application/problem+json',
      ]);
      const problem = (await answer.json()) as { allowed: object };
      expect(Object.keys(problem.allowed)).toEqual(['since', 'limit', 'curator', 'tag']);
    }
    expect((await ask('/nhs/embed.html?heading=2')).status).toBe(200);
    expect((await ask('/nhs/embed.html?heading=1')).status).toBe(400);
    expect((await ask(`/nhs/feed.json?curator=${randomUUID()}`)).status).toBe(404);
  });
});

describe('several accounts and workers', () => {
  it('a second account is only rows', async () => {
    const other = await makeAccount(service, { handle: 'RiversideVoices' });
    await network.post({ handle: 'RiversideVoices', text: 'From the river' });
    await pull(other);
    const { posts } = await shown(service, 'riversidevoices');
    expect(posts.map(({ text, credit }) => [text, credit.kind])).toEqual([['From the river', 'house']]);
    expect((await shown()).posts.map((post) => post.text)).not.toContain('From the river');
  });

  it('one worker looks at a time, and one look is enough', async () => {
    const worker = await service.another({ RUN: ['worker'] });
    try {
      await pull();
      const before = await network.calls('timeline');
      await service.db.write((tx) =>
        tx.query('UPDATE feeds SET next_pull_at = $2 WHERE account_id = $1', [nhs.id, tx.now]),
      );
      const sweeps = [service, worker].flatMap((each) => [1, 2, 3].map(() => each.app.get(FeedJobs).sweep()));
      await Promise.all(sweeps);
      expect(await network.calls('timeline')).toBe(before + 1);
    } finally {
      await worker.stop();
    }
  });

  it('a pull that is wanted while another runs is made after it', async () => {
    await pull();
    await network.fail('timeline', 'slow');
    const running = service.app.get(Pulls).pull(nhs.id);
    await eventually(async () => {
      const [row] = await service.db.query<{ busy: boolean }>(
        'SELECT pull_lease_until IS NOT NULL AS busy FROM feeds WHERE account_id = $1',
        [nhs.id],
      );
      return row?.busy;
    });
    expect(await service.app.get(Pulls).pull(nhs.id)).toBe(false);
    const first = (await running) && (await pulledAt());
    await eventually(async () => first && (await pulledAt()) > first, { within: 10_000 });
  });
});

describe('when PostgreSQL is away', () => {
  it('the feed goes on answering and says how old it is; hidden posts stay hidden', async () => {
    await pull();
    const before = await ids();
    const name = new URL(service.runtime.databaseUrl).pathname.slice(1);
    const admin = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL });
    await admin.connect();
    try {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      await expect(service.db.now()).rejects.toThrow();
      const first = await age();
      for (const format of FORMATS) expect([format, (await ask(`/nhs/${format}`)).status]).toEqual([format, 200]);
      expect(await ids()).toEqual(before);
      const newest = (await (await ask('/nhs/posts.json?limit=1')).json()) as Posts;
      expect(newest.posts.map(({ id }) => id)).toEqual(before.slice(0, 1));
      await eventually(async () => (await age()) > first);
    } finally {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await admin.end();
    }
    await eventually(() => service.db.now(), { within: 10_000 });
    const id = await network.post({ handle: 'NHS', text: 'Back again' });
    await pull();
    expect(await ids()).toContain(id);
  });
});
