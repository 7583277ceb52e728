import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'node-html-parser';
import sharp from 'sharp';
import { Audit } from '../../src/audit/audit.service.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { Accounts } from '../../src/credentials/accounts.service.js';
import { NetworkCosts } from '../../src/credentials/network-costs.service.js';
import { Pulls } from '../../src/feed/pulls.service.js';
import { Rechecks } from '../../src/feed/rechecks.service.js';
import { makeAccount, signedIn } from '../support/community.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';

jest.setTimeout(60_000);

const DAY_MS = 24 * 60 * 60_000;

let service: Service;
let network: Pretend;
let nhs: Account;
/** What the network charged for answers that we could not read, in millionths of a dollar. */
const unseen = 0;

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
    await eventually(async () => (await service.app.get(Pulls).look(nhs.id, 'wanted')).kind === 'failed');
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
    const shown = async () => {
      const answer = await (await fetch(`${service.url}/talker/posts.json`)).json();
      return (answer as { posts: { text: string }[] }).posts.map(({ text }) => text);
    };
    await eventually(async () => (await shown()).length === 8, { within: 30_000 });
    expect(await shown()).toEqual([8, 7, 6, 5, 4, 3, 2, 1].map((n) => `Post ${n}`));
  });

  it('stays as it was when a later page of it cannot be had', async () => {
    const talker = await service.app.get(Accounts).bySlug('talker');
    const rows = () =>
      service.db.query('SELECT network_id FROM feed_posts WHERE account_id = $1 ORDER BY 1', [talker.id]);
    const before = await rows();
    await network.failOnce('timeline', '503', 2);
    expect(await service.app.get(Pulls).look(talker.id, 'wanted')).toMatchObject({ kind: 'failed' });
    expect(await rows()).toEqual(before);
    expect(before).toHaveLength(8);
  });

  it('loses its oldest post when that is deleted, and none that is only left out', async () => {
    const quiet = await makeAccount(service, { handle: 'Quiet' });
    const oldest = await network.post({ handle: 'Quiet', text: 'The oldest', at: '2026-12-01T12:00:00Z' });
    const newest = await network.post({ handle: 'Quiet', text: 'The newest', at: '2026-12-02T12:00:00Z' });
    await pull(quiet);
    await network.remove(oldest);
    await network.fail('lookup', '500');
    expect((await service.app.get(Pulls).look(quiet.id, 'wanted')).kind).toBe('failed');
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

describe('a post that no page shows any more', () => {
  const texts = ['Deleted', 'Protected', 'Withheld', 'Kept', 'Edited'];
  const ids: string[] = [];
  let old: Account;

  const shown = async () => {
    const { posts } = (await (await fetch(`${service.url}/old/posts.json`)).json()) as {
      posts: { id: string; text: string; link_only: boolean }[];
    };
    return posts.map(({ text, link_only: link }) => (link ? `link: ${text}` : text)).reverse();
  };

  const recheck = async () => {
    await service.db.query('UPDATE feeds SET recheck_at = NULL WHERE account_id = $1', [old.id]);
    await service.app.get(Rechecks).sweep();
  };

  beforeAll(async () => {
    old = await makeAccount(service, { handle: 'Old' });
    const start = (await service.db.now()).getTime() - 60 * 60_000;
    const at = (n: number) => new Date(start + n * 1000).toISOString();
    for (const [n, text] of texts.entries()) ids.push(await network.post({ handle: 'Old', text, at: at(n) }));
    await pull(old);
    const asked = await network.post({ handle: 'NHS', text: 'Tell me more, @Old', at: at(20) });
    await Promise.all(
      Array.from({ length: 61 }, (_, n) =>
        network.post({ handle: 'Old', text: `Answer ${n}`, at: at(n + 100), replyTo: asked }),
      ),
    );
    await pull(old);
  });

  it('is shown for a day, and then as a link only, in every format', async () => {
    expect(await shown()).toEqual(texts);
    await moveOn(DAY_MS + 60_000);
    await pull(old);
    await eventually(async () => (await shown()).length === texts.length);
    expect(await shown()).toEqual(texts.map(() => 'link: See this post on X'));
    for (const format of ['feed.json', 'feed.atom', 'feed.rss', 'embed.html']) {
      const answer = await (await fetch(`${service.url}/old/${format}`)).text();
      expect([format, texts.filter((text) => answer.includes(text)), answer.includes(ids[3] ?? '')]).toEqual([
        format,
        [],
        true,
      ]);
    }
  });

  it.each(['500', '503', 'reset', 'malformed'])('stays as it is when it cannot be looked up: %s', async (kind) => {
    const before = await network.calls('lookup');
    await network.fail('lookup', kind);
    await recheck();
    expect(await network.calls('lookup')).toBeGreaterThan(before);
    expect(await shown()).toEqual(texts.map(() => 'link: See this post on X'));
  });

  it('stays as it is when no money may be spent on it', async () => {
    const before = await network.calls('lookup');
    const kim = await signedIn(service, 'Kim');
    await kim.get('/team/old/feed/settings');
    expect((await kim.submit({ budget: 'much' })).status).toBe(422);
    await kim.submit({ budget: '0' });
    await recheck();
    expect(await network.calls('lookup')).toBe(before);
    expect(await shown()).toEqual(texts.map(() => 'link: See this post on X'));
    const olu = await signedIn(service, 'Olu');
    expect((await olu.get('/team/old/feed/settings')).status).toBe(403);
  });

  it('is looked up within the keeper’s budget, and what happened to it is followed at once', async () => {
    const kim = await signedIn(service, 'Kim');
    await kim.get('/team/old/feed/settings');
    await kim.submit({ budget: '2.00' });
    const [deleted = '', closed = '', withheld = '', , edited = ''] = ids;
    await network.remove(deleted);
    await network.befall(closed, { protected: true });
    await network.befall(withheld, { withheld: ['DE'] });
    const at = new Date((await service.db.now()).getTime() - DAY_MS).toISOString();
    await network.post({ handle: 'Old', text: 'Edited well', edits: edited, at });
    await recheck();
    await eventually(async () => (await shown()).length === 3);
    expect(await shown()).toEqual(['link: See this post on X', 'Kept', 'Edited well']);
    await kim.get('/team/old/feed');
    expect(kim.words).toContain('Posts looked up by id, to re-check them');
    expect(kim.words).toContain('at most $2.00 a day');
  });

  it('is not shown at all while the account shows its posts only to followers', async () => {
    await network.profile('Old', { protected: true });
    const kim = await signedIn(service, 'Kim');
    await eventually(async () => {
      await kim.get('/team/old/feed');
      await kim.submit({}, 'feed/pulls');
      return kim.words.includes('The feed is up to date');
    });
    await eventually(async () => (await shown()).length === 0);
  });
});

describe('what a post is made of', () => {
  interface Shown {
    id: string;
    text: string;
    repost: boolean;
    link_only: boolean;
    thread: { id: string; text: string }[];
    quote: { handle: string; link_only: boolean; segments: { text: string }[] } | null;
    poll: { options: object[]; ends_at: string; open: boolean } | null;
    pictures: { still?: string; description: string | null }[];
  }
  let rich: Account;
  let original: string;

  const shown = async () =>
    ((await (await fetch(`${service.url}/rich/posts.json`)).json()) as { posts: Shown[] }).posts;
  const post = async (fits: (each: Shown) => boolean): Promise<Shown> => {
    await pull(rich);
    return eventually(async () => (await shown()).find(fits), { within: 10_000 });
  };
  const embed = async () => parse(await (await fetch(`${service.url}/rich/embed.html`)).text());
  const reads = async () => {
    const costs = await service.app.get(NetworkCosts).since(rich.id, new Date('2026-12-01T00:00:00Z'));
    return costs.filter(({ kind }) => kind === 'post-read').reduce((sum, { items }) => sum + items, 0);
  };

  beforeAll(async () => {
    rich = await makeAccount(service, { handle: 'Rich' });
    original = await network.post({ handle: 'Talker', text: `Long words & <more> ${'and more '.repeat(20)}#end` });
  });

  it('is a quote with its original, which is read once', async () => {
    const id = await network.post({ handle: 'Rich', text: 'How true', quoteOf: original });
    const quoting = await post((each) => each.id === id);
    const words = quoting.quote?.segments.map(({ text }) => text).join('');
    expect([quoting.quote?.handle, words?.slice(0, 19)]).toEqual(['Talker', 'Long words & <more>']);
    const lookups = await network.calls('lookup');
    await pull(rich);
    expect([await network.calls('lookup'), await reads()]).toEqual([lookups, 1]);
    expect((await embed()).querySelector('blockquote')?.text).toContain('@Talker');
    await network.fail('lookup', '500');
    const second = await network.post({ handle: 'Talker', text: 'Hard to get' });
    const unread = await network.post({ handle: 'Rich', text: 'Hear, hear', quoteOf: second });
    expect((await post((each) => each.id === unread)).quote).toMatchObject({ handle: 'Talker', link_only: true });
    await network.heal();
    await post((each) => each.id === unread && each.quote?.link_only === false);
  });

  it('is a repost only where a keeper wants those, with the whole of the original', async () => {
    const id = await network.post({ handle: 'Rich', repostOf: original });
    await pull(rich);
    expect((await shown()).map((each) => each.id)).not.toContain(id);
    const kim = await signedIn(service, 'Kim');
    await kim.get('/team/rich/feed/settings');
    await kim.submit({ reposts: 'yes' });
    const repost = await post((each) => each.id === id);
    expect([repost.repost, repost.text]).toEqual([true, 'Reposted @Talker']);
    expect(repost.quote?.segments.map(({ text }) => text).join('')).toMatch(/^Long words & <more> .*#end$/);
    expect(await reads()).toBe(2);
    await kim.get('/team/rich/feed/settings');
    await kim.submit({ reposts: 'no' });
    await eventually(async () => !(await shown()).some((each) => each.id === id), { within: 10_000 });
  });

  it('is a thread in one piece, and follows what happens to its parts', async () => {
    const head = await network.post({ handle: 'Rich', text: 'One of three' });
    const second = await network.post({ handle: 'Rich', text: 'Two of three', replyTo: head });
    const third = await network.post({ handle: 'Rich', text: 'Three of three', replyTo: second });
    const thread = await post((each) => each.id === head && each.thread.length === 2);
    expect(thread.thread.map(({ text }) => text)).toEqual(['Two of three', 'Three of three']);
    expect((await shown()).map((each) => each.id)).not.toContain(second);
    expect((await embed()).querySelectorAll('.latest-posts__part')).toHaveLength(2);
    await network.remove(third);
    await post((each) => each.id === head && each.thread.length === 1);
  });

  it('is a poll, and a film as a still', async () => {
    const poll = { options: ['Tea', 'Coffee <b>'], minutes: 60, votes: [3, 1] };
    const asking = await network.post({ handle: 'Rich', text: 'Which?', poll });
    expect((await post((each) => each.id === asking)).poll).toMatchObject({
      options: [
        { label: 'Tea', votes: 3 },
        { label: 'Coffee <b>', votes: 1 },
      ],
      open: true,
    });
    const still = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#005eb8' } })
      .png()
      .toBuffer();
    const media = [{ bytes: still.toString('base64'), alt: 'A bear waves', type: 'video' as const }];
    const film = await network.post({ handle: 'Rich', text: 'Hello', media });
    expect((await post((each) => each.id === film)).pictures).toMatchObject([
      { still: 'video', description: 'A bear waves' },
    ]);
    expect((await embed()).text).toContain('Watch the video on X');
  });
});
