import { createHash } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { XMLParser } from 'fast-xml-parser';
import { parse } from 'node-html-parser';
import sharp from 'sharp';
import type { Account } from '../../src/credentials/account.entity.js';
import { Hiding } from '../../src/feed/hiding.service.js';
import { PictureCache } from '../../src/feed/picture-cache.service.js';
import { Pictures } from '../../src/feed/pictures.service.js';
import { Pulls } from '../../src/feed/pulls.service.js';
import { FeedReading } from '../../src/feed/reading.service.js';
import { Log } from '../../src/platform/log.service.js';
import { makeAccount, onDuty, pastTurn, personId, signedIn } from '../support/community.js';
import { brokenRules } from '../support/display-rules.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';

jest.setTimeout(60_000);

const LAST_WEEK = { startsAt: new Date('2026-11-30T08:00:00Z'), endsAt: new Date('2026-12-04T18:00:00Z') };

let service: Service;
let network: Pretend;
let nhs: Account;
let graces: string;
let bens: string;
const ids: Record<string, string> = {};

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-08T10:00:00Z') });
  network = new Pretend(service);
  nhs = await makeAccount(service);
  bens = await pastTurn(service, nhs, 'Ben', LAST_WEEK);
  graces = await onDuty(service, nhs, 'Grace');
  for (const [name, text, at] of [
    ['ben', 'Ben here, with #wards', '2026-11-30T09:00:00Z'],
    ['team', 'The team in between', '2026-12-02T06:00:00Z'],
    ['bye', 'Goodbye from Ben', '2026-12-04T17:00:00Z'],
    ['weekend', 'At the weekend', '2026-12-05T12:00:00Z'],
    ['grace', 'Grace here', '2026-12-08T09:00:00Z'],
  ] as const)
    ids[name] = await network.post({ handle: 'NHS', text, at });
  await service.db.write((tx) =>
    tx.query(
      `INSERT INTO holds (account_id, kind, scope, starts_at, ends_at, reason) VALUES ($1, 'takeover', 'curators', $2, $3, 'Incident')`,
      [nhs.id, new Date('2026-12-02T05:00:00Z'), new Date('2026-12-02T07:00:00Z')],
    ),
  );
  await eventually(() => service.app.get(Pulls).pull(nhs.id));
  await eventually(async () => (await page('/nhs')).text.includes('Grace here'));
});

afterAll(() => service?.stop());

async function page(path: string, status = 200): Promise<ReturnType<typeof parse>> {
  const answer = await fetch(new URL(path, service.url), { headers: { accept: 'text/html' } });
  expect([path, answer.status]).toEqual([path, status]);
  return parse(await answer.text());
}

function texts(root: ReturnType<typeof parse>): string[] {
  return root.querySelectorAll('.latest-posts__text').map((text) => text.text);
}

/** The page behind a link whose words begin so. */
async function follow(root: ReturnType<typeof parse>, words: string): Promise<ReturnType<typeof parse>> {
  const link = root.querySelectorAll('a').find((each) => each.text.replace(/\s+/g, ' ').trim().startsWith(words));
  if (!link) throw new Error(`There is no link ${words}`);
  return page(link.getAttribute('href') ?? '');
}

describe('past weeks', () => {
  it('are linked from the account’s page, newest first, with their curators', async () => {
    const weeks = await follow(await page('/nhs'), 'Posts week by week');
    const cards = weeks.querySelectorAll('.baton-card').map((card) => card.text.replace(/\s+/g, ' ').trim());
    expect(cards).toEqual([
      'Monday 7 December 2026 to Friday 11 December 2026 Grace',
      'Monday 30 November 2026 to Friday 4 December 2026 Ben',
    ]);
  });

  it('show what was posted in each, oldest first, the team’s too, by X’s rules, and lead to the next', async () => {
    const weeks = await page('/nhs/weeks');
    const week = await follow(weeks, 'Monday 30 November');
    expect(texts(week)).toEqual([
      ...['Ben here, with #wards', 'The team in between', 'Goodbye from Ben', 'At the weekend'],
    ]);
    const credits = week.querySelectorAll('.latest-posts__credit').map((credit) => credit.text);
    expect(credits).toEqual(['Posted by Ben', 'Posted by Ben']);
    const { posts } = await service.app
      .get(FeedReading)
      .kept(nhs, 'p.posted_at < $2', [new Date('2026-12-07T08:00:00Z')]);
    expect(brokenRules(week.toString(), 'NHS', posts, false)).toEqual([]);
    const next = await follow(week, 'Next');
    expect(texts(next)).toEqual(['Grace here']);
    expect(texts(await follow(next, 'Previous'))).toEqual(texts(week));
  });

  it('have a page and feeds for each curator', async () => {
    expect(texts(await page(`/nhs/turns/${bens}`))).toEqual(['Ben here, with #wards', 'Goodbye from Ben']);
    expect(texts(await page(`/nhs/turns/${graces}`))).toEqual(['Grace here']);
    const week = await follow(await page('/nhs/weeks'), 'Monday 30 November');
    for (const link of week.querySelectorAll('a').filter(({ text }) => ['JSON Feed', 'Atom', 'RSS'].includes(text))) {
      const text = await (await fetch(new URL(link.getAttribute('href') ?? '', service.url))).text();
      expect(['Ben here', 'Goodbye', 'team in', 'Grace here'].map((words) => text.includes(words))).toEqual([
        true,
        true,
        false,
        false,
      ]);
    }
  });

  it('leave hidden posts out, everywhere', async () => {
    const olu = await personId(service, 'Olu');
    await service.app.get(Hiding).hide(nhs.id, ids.bye ?? '', 'It shows a name', olu);
    for (const path of [`/nhs/turns/${bens}`]) expect(texts(await page(path))).toEqual(['Ben here, with #wards']);
    await page(`/nhs/posts/${ids.bye}`, 404);
    expect((await embed({ url: `https://x.com/NHS/status/${ids.bye}` })).status).toBe(404);
    await service.app.get(Hiding).unhide(nhs.id, ids.bye ?? '', 'It was a mistake', olu);
    expect(texts(await page(`/nhs/turns/${bens}`))).toHaveLength(2);
  });

  it('only link to a post that X has not shown for a day', async () => {
    const seen = (hours: number) =>
      service.db.write((tx) =>
        tx.query(`UPDATE feed_posts SET seen_at = seen_at - $2 * interval '1 hour' WHERE network_id = $1`, [
          ids.ben,
          hours,
        ]),
      );
    await seen(25);
    const turn = await page(`/nhs/turns/${bens}`);
    expect(turn.text).not.toContain('Ben here');
    const link = turn.querySelector('.latest-posts__text a');
    expect(link?.getAttribute('href')).toBe(`https://x.com/NHS/status/${ids.ben}`);
    expect((await (await embed({ url: `https://x.com/NHS/status/${ids.ben}` })).text()).includes('Ben here')).toBe(
      false,
    );
    await seen(-25);
  });

  it('and posts have one address each, which caches may share for a moment, and nobody gets twice', async () => {
    const ask = (path: string, headers: Record<string, string> = {}) =>
      fetch(new URL(path, service.url), { redirect: 'manual', headers: { accept: 'text/html', ...headers } });
    const week = (await page('/nhs/weeks')).querySelector('.baton-card a')?.getAttribute('href') ?? '';
    const turn = `/nhs/turns/${bens}`;
    for (const path of ['/nhs/weeks', '/nhs/weeks?page=2', week, turn, `/nhs/posts/${ids.ben}`]) {
      const first = await ask(path);
      const [html, etag] = [await first.text(), first.headers.get('etag') ?? ''];
      expect([path, first.status, first.headers.get('cache-control'), first.headers.get('vary')]).toEqual([
        ...[path, 200, 'public, max-age=60, stale-while-revalidate=30', 'cookie'],
      ]);
      const policy = first.headers.get('content-security-policy');
      const [, inline = ''] = /<script>(.*?)<\/script>/s.exec(html) ?? [];
      expect(policy).toContain(`'sha256-${createHash('sha256').update(inline).digest('base64')}'`);
      expect([policy, html].join()).not.toContain('nonce');
      const again = await ask(path, { 'if-none-match': etag });
      expect([path, again.status, await again.text()]).toEqual([path, 304, '']);
      for (const other of [`${path}${path.includes('?') ? '&' : '?'}utm_source=x`, path.replace('/nhs/', '/NHS/')]) {
        const sent = await ask(other);
        expect([other, sent.status, sent.headers.get('location')]).toEqual([other, 303, path]);
      }
    }
    const kim = await signedIn(service, 'Kim');
    await kim.get('/nhs/weeks');
    expect([kim.page.headers.get('cache-control'), kim.words.includes('Sign out')]).toEqual(['no-store', true]);
  });

  it('know no week or turn of elsewhere', async () => {
    await page('/nobody/weeks', 404);
    await page(`/nhs/weeks/${bens}`, 404);
    await page('/nhs/weeks/x', 404);
    await page(`/nhs/turns/${nhs.id}`, 404);
    const other = await makeAccount(service, { handle: 'RiversideVoices' });
    await page(`/${other.slug}/turns/${bens}`, 404);
    await page(`/${other.slug}/posts/${ids.ben}`, 404);
    expect((await page(`/${other.slug}/weeks`)).text).toContain('There are no weeks yet');
  });
});

function embed(query: Record<string, string>): Promise<Response> {
  return fetch(`${service.url}/oembed?${new URLSearchParams(query)}`);
}

describe('a post for other people’s editors', () => {
  it('is found from its own page, by X’s rules', async () => {
    const own = await page(`/nhs/posts/${ids.ben}`);
    expect(texts(own)).toEqual(['Ben here, with #wards']);
    expect(texts(await follow(own, 'More posts by Ben'))).toHaveLength(2);
    const found = own.querySelectorAll('link[rel=alternate]').map((link) => link.getAttribute('href') ?? '');
    const [json, xml] = await Promise.all(found.map((href) => fetch(href)));
    expect([json?.headers.get('content-type'), xml?.headers.get('content-type')]).toEqual([
      'application/json; charset=utf-8',
      'text/xml; charset=utf-8',
    ]);
    const answer = (await json?.json()) as Record<string, string | number>;
    expect(answer).toMatchObject({ version: '1.0', type: 'rich', author_name: 'Ben', provider_url: service.url });
    const { posts } = await service.app.get(FeedReading).kept(nhs, 'p.network_id = $2', [ids.ben]);
    for (const html of [own.toString(), String(answer.html)])
      expect(brokenRules(html, 'NHS', posts, false)).toEqual([]);
    expect(new XMLParser({ parseTagValue: false }).parse((await xml?.text()) ?? '').oembed).toMatchObject({
      html: answer.html,
      width: String(answer.width),
    });
  });

  it('is found by its address on X, whatever the spelling, and by that of an earlier version', async () => {
    const first = await network.post({ handle: 'NHS', text: 'Befor', at: '2026-12-08T09:30:00Z' });
    const last = await network.post({ handle: 'NHS', text: 'Before', at: '2026-12-08T09:35:00Z', edits: first });
    await eventually(() => service.app.get(Pulls).pull(nhs.id));
    for (const id of [first, last]) {
      const answer = await embed({ url: `https://twitter.com/nhs/status/${id}?s=20`, maxwidth: '300' });
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(await answer.json()).toMatchObject({
        title: 'Before',
        url: `https://x.com/NHS/status/${last}`,
        width: 300,
      });
    }
  });

  it('is not sent again to who has it, and not kept for longer than a feed', async () => {
    const url = `https://x.com/NHS/status/${ids.ben}`;
    const first = await embed({ url });
    expect(first.headers.get('cache-control')).toBe('public, max-age=60, stale-while-revalidate=30');
    const etag = first.headers.get('etag') ?? '';
    const again = await fetch(first.url, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
  });

  it.each([
    [404, { url: 'https://x.com/NHS/status/1' }],
    [404, { url: 'https://x.com/nobody/status/1867000000000000001' }],
    [404, { url: 'https://example.org/a' }],
    [400, {}],
    [400, { url: 'https://x.com/NHS/status/1', maxwidth: 'wide' }],
    [501, { url: 'https://x.com/NHS/status/1', format: 'yaml' }],
  ] as [number, Record<string, string>][])('is refused with %i: %j', async (status, query) => {
    expect((await embed(query)).status).toBe(status);
  });
});

describe('the picture of a post', () => {
  let id: string;
  let href: string;

  beforeAll(async () => {
    const noise = { type: 'gaussian', mean: 120, sigma: 20 } as const;
    const bytes = (
      await sharp({ create: { width: 900, height: 600, channels: 3, background: '#005eb8', noise } })
        .jpeg()
        .toBuffer()
    ).toString('base64');
    id = await network.post({ handle: 'NHS', text: 'Look', media: [{ bytes, alt: 'A ward' }] });
    await eventually(() => service.app.get(Pulls).pull(nhs.id));
    await eventually(async () => (await page('/nhs')).text.includes('Look'));
    href = (await feedPicture()) ?? '';
  });

  async function feedPicture(): Promise<string | undefined> {
    const root = parse(await (await fetch(`${service.url}/nhs/embed.html`)).text());
    return root.querySelector('figure img')?.getAttribute('src');
  }

  async function had(address: string): Promise<[string | null, string | undefined, number | undefined]> {
    const answer = await fetch(address);
    expect([address, answer.status]).toEqual([address, 200]);
    // A visitor may keep it for a day; a cache that many share asks again each minute, since its post may be hidden.
    expect(answer.headers.get('cache-control')).toBe('public, max-age=86400, s-maxage=60, immutable');
    const again = await fetch(address, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } });
    expect([address, again.status, await again.text()]).toEqual([address, 304, '']);
    const { format, width } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
    return [answer.headers.get('content-type'), format, width];
  }

  it('comes as AVIF, WebP and JPEG, in widths no larger than its own, by addresses that last', async () => {
    const root = parse(await (await fetch(`${service.url}/nhs/embed.html`)).text());
    const sets = root
      .querySelectorAll('figure source')
      .map((source) => [
        source.getAttribute('type'),
        (source.getAttribute('srcset') ?? '').split(', ').map((each) => each.split(' ')),
      ]) as [string, [string, string][]][];
    expect(sets.map(([type, set]) => [type, set.map(([, width]) => width)])).toEqual([
      ['image/avif', ['480w', '800w', '900w']],
      ['image/webp', ['480w', '800w', '900w']],
    ]);
    for (const [type, set] of sets)
      for (const [address, width] of set)
        expect(await had(address)).toEqual([type, type === 'image/avif' ? 'heif' : 'webp', Number.parseInt(width, 10)]);
    expect(await had(href)).toEqual(['image/jpeg', 'jpeg', 900]);
  });

  it('is fetched again when it had to make room, and what was used longest ago goes first', async () => {
    const cache = service.app.get(PictureCache);
    const before = await had(href);
    await cache.makeRoom(0);
    expect(await had(href)).toEqual(before);
    for (const [name, at] of [
      ['old', 1],
      ['older', 0],
      ['new', 2],
    ] as const) {
      await cache.keep(name, Buffer.alloc(1_000));
      await utimes(join(service.runtime.dataFolder, 'pictures', name), 2e9 + at, 2e9 + at);
    }
    await cache.makeRoom(2_500);
    expect(await Promise.all(['new', 'old', 'older'].map(async (name) => (await cache.read(name))?.length))).toEqual([
      1_000,
      1_000,
      undefined,
    ]);
  });

  it('is gone with its post, and there is no other', async () => {
    const status = async (address: string) => (await fetch(address)).status;
    const olu = await personId(service, 'Olu');
    await service.app.get(Hiding).hide(nhs.id, id, 'It shows a name', olu);
    await eventually(async () => (await status(href)) === 404, { within: 1_500 });
    await service.app.get(Hiding).unhide(nhs.id, id, 'It was a mistake', olu);
    await eventually(async () => (await status(href)) === 200);
    for (const other of [
      href.replace('.jpg', '-481.jpg'),
      href.replace('.jpg', '.png'),
      href.replace('.jpg', ''),
      href.replace('/nhs/', '/riversidevoices/'),
    ])
      expect([other, await status(other)]).toEqual([other, 404]);
  });

  it('is taken from the network’s own hosts alone, and never when it is too large or no picture', async () => {
    const bomb = await sharp({ create: { width: 8_000, height: 7_000, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    const asked: string[] = [];
    const host = createServer(({ url = '' }, response) => {
      asked.push(url);
      if (url.endsWith('/away')) response.writeHead(302, { location: '/elsewhere' }).end();
      else if (url.endsWith('/endless')) Readable.from(endless()).pipe(response);
      else if (url.endsWith('/bomb')) response.end(bomb);
      else response.end('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>');
    }).listen(0, '127.0.0.1');
    await new Promise((done) => host.once('listening', done));
    const simulatorUrl = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
    const pictures = new Pictures(service.app.get(PictureCache), service.app.get(Log), {
      ...service.runtime,
      simulatorUrl,
    });
    try {
      for (const name of ['away', 'endless', 'bomb', 'drawing'])
        expect([name, await pictures.copy(`/simulator/media/${name}`, 1200)]).toEqual([name, null]);
      expect(asked).toEqual(['away', 'endless', 'bomb', 'drawing'].map((name) => `/simulator/media/${name}`));
      for (const url of [
        `${simulatorUrl}/elsewhere`,
        'http://pbs.twimg.com/a',
        'https://pbs.twimg.com.evil.example/a',
        'https://x@evil.example/a',
        'file:///etc/passwd',
        'data:image/png,a',
      ])
        expect([url, await pictures.copy(url, 1200)]).toEqual([url, null]);
      expect(asked).toHaveLength(4);
    } finally {
      host.closeAllConnections();
      host.close();
    }
  });
});

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(1024 * 1024);
}
