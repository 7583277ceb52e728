import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'node-html-parser';
import type { Account } from '../../src/credentials/account.entity.js';
import { NetworkBudgets } from '../../src/credentials/network-budgets.service.js';
import { NetworkCosts } from '../../src/credentials/network-costs.service.js';
import { Pulls } from '../../src/feed/pulls.service.js';
import { FinalCounts } from '../../src/insight/final-counts.service.js';
import { Series } from '../../src/insight/series.service.js';
import { Outbox } from '../../src/messages/outbox.service.js';
import { People } from '../../src/people/people.service.js';
import { makeAccount, onDuty, pastTurn, personId, signedIn } from '../support/community.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

jest.setTimeout(60_000);

const LAST_WEEK = { startsAt: new Date('2026-11-30T08:00:00Z'), endsAt: new Date('2026-12-04T18:00:00Z') };
const A_WEEK_LATER = new Date('2026-12-11T18:05:00Z');
/** Enough newer posts that last week's are on no page of the timeline that is read. */
const OTHERS = 21;

let service: Service;
let network: Pretend;
let nhs: Account;
let bens: string;
let graces: string;
let ben: Visitor;
let grace: Visitor;
let olu: Visitor;
const ids: Record<string, string> = {};

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-08T10:00:00Z') });
  network = new Pretend(service);
  nhs = await makeAccount(service);
  bens = await pastTurn(service, nhs, 'Ben', LAST_WEEK);
  graces = await onDuty(service, nhs, 'Grace');
  [ben, grace, olu] = [
    await signedIn(service, 'Ben'),
    await signedIn(service, 'Grace'),
    await signedIn(service, 'Olu'),
  ];
  for (const [name, at, likes, views] of [
    ['hello', '2026-11-30T09:00:00Z', 40, 12_345],
    ['wards', '2026-12-02T09:00:00Z', 3, 800],
    ['bye', '2026-12-04T17:00:00Z', 9, 1_000],
  ] as const)
    ids[name] = await network.post({ handle: 'NHS', text: `Ben says ${name}`, at, likes, views });
  await network.post({ handle: 'NHS', repostOf: ids.hello, at: '2026-12-02T10:00:00Z' });
  await pull();
});

afterAll(() => service?.stop());

async function pull(): Promise<void> {
  await eventually(() => service.app.get(Pulls).pull(nhs.id), { within: 30_000 });
}

/** The words of a page's main part. */
async function read(who: Visitor, path: string): Promise<string> {
  const { text, status } = await who.get(path);
  expect([path, status]).toEqual([path, 200]);
  return (parse(text).querySelector('main')?.structuredText ?? '').replace(/\s+/g, ' ');
}

/** A table's lines, cell by cell, as they read in a wide window. */
async function table(who: Visitor, path: string): Promise<string[][]> {
  const { text } = await who.get(path);
  const rows = parse(text).querySelector('table')?.querySelectorAll('tbody tr') ?? [];
  return rows.map((row) =>
    row.querySelectorAll('td').map((cell) => cell.querySelectorAll('> span').at(-1)?.text.trim() ?? ''),
  );
}

async function pictures(who: Visitor, path: string): Promise<string[]> {
  const { text } = await who.get(path);
  return parse(text)
    .querySelectorAll('main img, main source')
    .map((each) => each.getAttribute('src') ?? each.getAttribute('srcset') ?? '');
}

describe('how a turn did', () => {
  it('shows its curator the numbers that the feed has read anyway, with the best post', async () => {
    const words = await read(ben, `/me/stints/${bens}/insight`);
    expect(words).toContain('Numbers are still being read');
    expect(words).toMatch(/3 posts.*Impressions 14,145 Likes 52 Replies 0 Reposts 1/);
    expect(words).toContain(
      'Post 1, Monday 30 November 2026 at 9am: 12,345 impressions, 40 likes, 0 replies, 1 repost',
    );
    expect((await table(ben, `/me/stints/${bens}/insight`)).map((row) => row.slice(1))).toEqual([
      ['12,345', '40', '0', '1'],
      ['800', '3', '0', '0'],
      ['1,000', '9', '0', '0'],
    ]);
  });

  it('has plots at addresses of their own, described in words', async () => {
    const addresses = await pictures(ben, `/me/stints/${bens}/insight`);
    expect(addresses).toHaveLength(4);
    for (const address of addresses) {
      const { status, headers, text } = await ben.get(address);
      expect([status, headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
      expect(text).toMatch(/^<svg /);
    }
    expect((await ben.get(`/me/stints/${bens}/insight`)).text).toContain('Most: post 1 with 12,345.');
    expect((await ben.get(`/me/stints/${bens}/insight/plots/other-wide.svg`)).status).toBe(404);
  });

  it('is nobody else’s but the team’s', async () => {
    for (const path of ['', '/plots/impressions-wide.svg']) {
      expect((await grace.get(`/me/stints/${bens}/insight${path}`)).status).toBe(404);
      expect((await service.visitor().get(`/me/stints/${bens}/insight${path}`)).url).toContain('/sign-in');
      expect((await olu.get(`/team/nhs/insight/${bens}${path}`)).status).toBe(200);
      expect((await grace.get(`/team/nhs/insight/${bens}${path}`)).status).toBe(403);
    }
  });

  it('says plainly that nothing went out, and links to itself from the curator’s own pages', async () => {
    expect(await read(grace, `/me/stints/${graces}/insight`)).toContain('No post has gone out yet.');
    expect((await grace.get('/me')).text).toContain(`/me/stints/${graces}/insight`);
  });

  it('claims no numbers of a post that X does not show any more', async () => {
    await service.db.write(async (tx) =>
      service.app.get(Outbox).post(tx, {
        key: 'grace one',
        accountId: nhs.id,
        cause: { kind: 'stint', id: graces },
        text: 'Grace says something and regrets it',
        stintId: graces,
        authorId: await personId(service, 'Grace'),
        dueAt: tx.now,
      }),
    );
    const out = await eventually(
      async () => (await network.posts()).find(({ text }) => text.startsWith('Grace says')),
      {
        within: 30_000,
      },
    );
    await eventually(async () => (await read(grace, `/me/stints/${graces}/insight`)).includes('X gave them'), {
      within: 30_000,
    });
    expect((await grace.get('/nhs/desk')).text).toContain('0 likes, 0 replies, 0 reposts, 0 impressions');
    await network.remove(out?.id ?? '');
    await eventually(async () => {
      await pull();
      return (await table(grace, `/me/stints/${graces}/insight`))[0]?.[1] === 'Not known';
    });
    const words = await read(grace, `/me/stints/${graces}/insight`);
    expect(words).toContain('not on X any more');
    expect(words).not.toContain('regrets');
  });

  it('keeps a line for each day without asking X for it', async () => {
    await service.app.get(Series).sweep();
    await service.moveClock(new Date('2026-12-09T10:00:00Z'));
    await network.befall(ids.bye ?? '', { views: 2_000 });
    await pull();
    await service.app.get(Series).sweep();
    expect(await service.app.get(Series).of(bens)).toMatchObject([
      { day: '2026-12-08', posts: 3, impressions: 14_145 },
      { day: '2026-12-09', posts: 3, impressions: 15_145 },
    ]);
    expect((await pictures(ben, `/me/stints/${bens}/insight`)).at(-1)).toContain('days-wide.svg');
  });
});

describe('the final count', () => {
  const spent = async () =>
    (await service.app.get(NetworkCosts).since(nhs.id, LAST_WEEK.startsAt)).filter(
      ({ purpose }) => purpose === 'insight',
    );

  beforeAll(async () => {
    for (let number = 1; number <= OTHERS; number += 1)
      await network.post({ handle: 'NHS', text: `The team, number ${number}`, at: '2026-12-05T11:00:00Z' });
    await service.moveClock(new Date('2026-12-09T12:00:00Z'));
    await pull();
    await network.remove(ids.wards ?? '');
    await network.befall(ids.hello ?? '', { views: 20_000, likes: 50 });
    await service.moveClock(A_WEEK_LATER);
  });

  it('waits while the day’s budget is nearly used', async () => {
    await service.db.write((tx) => service.app.get(NetworkBudgets).set(tx, nhs.id, 1));
    await service.app.get(FinalCounts).sweep();
    expect(await spent()).toEqual([]);
    expect(await read(ben, `/me/stints/${bens}/insight`)).toContain('Numbers are still being read');
  });

  it('looks up by id what the feed has not read since, once, and counts what that costs', async () => {
    await service.db.write((tx) => service.app.get(NetworkBudgets).set(tx, nhs.id, null));
    await service.moveClock(new Date(A_WEEK_LATER.getTime() + 61 * 60_000));
    await service.app.get(FinalCounts).sweep();
    expect(await spent()).toMatchObject([{ kind: 'post-read', items: 2, microDollars: 10_000 }]);
    const words = await read(ben, `/me/stints/${bens}/insight`);
    expect(words).toContain('These numbers are settled: they were counted on Friday 11 December 2026');
    expect(words).toMatch(/2 posts.*Impressions 22,000 Likes 59/);
    await service.moveClock(new Date('2026-12-12T10:00:00Z'));
    await service.app.get(FinalCounts).sweep();
    expect(await spent()).toHaveLength(1);
  });
});

describe('a year of turns', () => {
  it('is a table with what each came to, and what all did', async () => {
    expect((await table(olu, '/team/nhs/insight')).map((row) => row.map((cell) => cell.replace(/\s+/g, ' ')))).toEqual([
      [expect.stringContaining('Grace'), '1', 'Not known', 'Not known', 'Not known', 'Not known'],
      [expect.stringContaining('Ben'), '2', '22,000', '59', '0', '1'],
    ]);
    const words = await read(olu, '/team/nhs/insight');
    expect(words).toContain('3 posts in 2 turns');
    expect(words).toContain('Known of 2 of 3 posts');
    expect(words).toContain('which costs $0.005 for each post');
    for (const address of await pictures(olu, '/team/nhs/insight')) expect((await olu.get(address)).status).toBe(200);
  });

  it('can be an earlier one, where a turn from before Baton has no numbers', async () => {
    const early = { startsAt: new Date('2024-06-03T07:00:00Z'), endsAt: new Date('2024-06-07T17:00:00Z') };
    await pastTurn(service, nhs, 'Maya', early);
    expect(await table(olu, '/team/nhs/insight?year=2024')).toEqual([
      [expect.stringContaining('Maya'), '0', 'Not known', 'Not known', 'Not known', 'Not known'],
    ]);
    expect(await read(olu, '/team/nhs/insight?year=2024')).toContain('No posts of these turns are known.');
    expect(await read(olu, '/team/nhs/insight?year=1066')).toContain('Ben');
  });

  it('does not name a curator who was erased', async () => {
    const id = await personId(service, 'Ben');
    await service.db.write((tx) => service.app.get(People).erase(tx, id));
    for (const path of ['/team/nhs/insight', `/team/nhs/insight/${bens}`]) {
      const words = (await olu.get(path)).text;
      expect(words).toContain('A curator');
      expect(words).not.toContain('Ben’s');
      expect(words).not.toContain('>Ben<');
    }
  });
});
