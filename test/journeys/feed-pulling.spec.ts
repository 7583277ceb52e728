import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Audit } from '../../src/audit/audit.service.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { NetworkCosts } from '../../src/credentials/network-costs.service.js';
import { Pulls } from '../../src/feed/pulls.service.js';
import { makeAccount, signedIn } from '../support/community.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';

jest.setTimeout(60_000);

const DAY_MS = 24 * 60 * 60_000;

let service: Service;
let network: Pretend;
let nhs: Account;

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-08T10:00:00Z') });
  network = new Pretend(service);
  nhs = await makeAccount(service);
});

afterAll(() => service?.stop());
afterEach(() => network.heal());

/** Looks at the network now, whatever else is looking. */
async function pull(account: Account = nhs): Promise<void> {
  await eventually(() => service.app.get(Pulls).pull(account.id), { within: 30_000 });
}

async function moveOn(ms: number): Promise<void> {
  await service.moveClock(new Date((await service.db.now()).getTime() + ms));
}

describe('what the feed costs', () => {
  it('is counted as the network’s own meter counts it: an item once a day', async () => {
    for (const text of ['One', 'Two', 'Three']) await network.post({ handle: 'NHS', text });
    await pull();
    await pull();
    await moveOn(DAY_MS);
    await pull();
    await network.fail('timeline', '500');
    await service.app.get(Pulls).pull(nhs.id);
    const costs = await service.app.get(NetworkCosts).since(nhs.id, new Date('2026-12-08T00:00:00Z'));
    expect(
      costs.map(({ day, purpose, kind, items, microDollars }) => [day, purpose, kind, items, microDollars]),
    ).toEqual([
      ['2026-12-09', 'feed', 'owned-read', 3, 3_000],
      ['2026-12-09', 'feed', 'user-read', 1, 10_000],
      ['2026-12-08', 'feed', 'owned-read', 3, 3_000],
      ['2026-12-08', 'feed', 'user-read', 1, 10_000],
    ]);
    expect(costs.reduce((sum, { microDollars }) => sum + microDollars, 0)).toBe((await network.meter()).microdollars);
  });
});

describe('how often the network is looked at', () => {
  const nextIn = async () => {
    const [row] = await service.db.query<{ next: Date }>(
      'SELECT next_pull_at AS next FROM feeds WHERE account_id = $1',
      [nhs.id],
    );
    return ((row?.next.getTime() ?? 0) - (await service.db.now()).getTime()) / 1000;
  };

  it('is more often just after a post, and every five minutes otherwise', async () => {
    await service.moveClock(new Date('2026-12-10T12:00:00Z'));
    await pull();
    expect(await nextIn()).toBeGreaterThan(4 * 60);
    await network.post({ handle: 'NHS', text: 'Just said' });
    await pull();
    expect(await nextIn()).toBeLessThanOrEqual(60);
  });

  it('is less often while there are no credits', async () => {
    await moveOn(60 * 60_000);
    await network.fail('timeline', '402');
    await eventually(async () => (await service.app.get(Pulls).look(nhs.id)).kind === 'failed');
    expect(await nextIn()).toBeGreaterThan(14 * 60);
  });
});

describe('a timeline full of answers to others', () => {
  it('is read further, until it gives a feed’s worth of posts', async () => {
    const talker = await makeAccount(service, { handle: 'Talker' });
    const start = (await service.db.now()).getTime() - 60 * 60_000;
    const at = (n: number) => new Date(start + n * 1000).toISOString();
    const asked = await network.post({ handle: 'NHS', text: 'What do you think, @Talker?', at: at(0) });
    for (let n = 1; n <= 8; n += 1) await network.post({ handle: 'Talker', text: `Post ${n}`, at: at(n) });
    for (let n = 1; n <= 25; n += 1)
      await network.post({ handle: 'Talker', text: `Answer ${n}`, at: at(n + 20), replyTo: asked });
    await pull(talker);
    const shown = await (await fetch(`${service.url}/talker/posts.json`)).json();
    expect((shown as { posts: { text: string }[] }).posts.map(({ text }) => text)).toEqual(
      [8, 7, 6, 5, 4, 3, 2, 1].map((n) => `Post ${n}`),
    );
  });

  it('loses its oldest post when that is deleted, and none that is only left out', async () => {
    const quiet = await makeAccount(service, { handle: 'Quiet' });
    const oldest = await network.post({ handle: 'Quiet', text: 'The oldest', at: '2026-12-01T12:00:00Z' });
    const newest = await network.post({ handle: 'Quiet', text: 'The newest', at: '2026-12-02T12:00:00Z' });
    await pull(quiet);
    await network.remove(oldest);
    await network.fail('lookup', '500');
    expect((await service.app.get(Pulls).look(quiet.id)).kind).toBe('failed');
    await network.heal();
    await pull(quiet);
    const rows = await service.db.query('SELECT network_id FROM feed_posts WHERE account_id = $1', [quiet.id]);
    expect(rows).toEqual([{ network_id: newest }]);
  });
});

describe('a look by hand', () => {
  it('shows what the network answered, is audited and is not for reviewers', async () => {
    const kim = await signedIn(service, 'Kim');
    await kim.get('/team/nhs/feed');
    await network.post({ handle: 'NHS', text: 'Newly said' });
    await eventually(async () => {
      await kim.get('/team/nhs/feed');
      await kim.submit({}, 'feed/pulls');
      return !kim.words.includes('A look is being taken');
    });
    expect(kim.words).toContain('The feed is up to date');
    await network.fail('timeline', '503');
    await kim.get('/team/nhs/feed');
    await kim.submit({}, 'feed/pulls');
    expect(kim.words).toContain('The posts could not be had');
    const [entry] = await service.app.get(Audit).read(nhs.id, 1);
    expect(entry).toMatchObject({ verb: 'feed.pulled', actorKind: 'person', detail: { kind: 'failed' } });
    const rhian = await signedIn(service, 'Rhian');
    await rhian.get('/team/nhs/feed');
    expect((await rhian.submit({}, 'feed/pulls')).status).toBe(403);
  });

  it('is refused when it is asked for too often', async () => {
    const kim = await signedIn(service, 'Kim');
    let status = 200;
    for (let n = 0; n < 7 && status === 200; n += 1) {
      await kim.get('/team/nhs/feed');
      status = (await kim.submit({}, 'feed/pulls')).status;
    }
    expect(status).toBe(429);
  });
});
