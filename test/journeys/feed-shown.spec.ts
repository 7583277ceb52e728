import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { settings } from '../../config/settings.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { Pulls } from '../../src/feed/pulls.service.js';
import { Rechecks } from '../../src/feed/rechecks.service.js';
import { makeAccount, onDuty, signedIn } from '../support/community.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

jest.setTimeout(60_000);

interface Posts {
  state: string;
  posts: { id: string; credit: { kind: string; stint: string | null } }[];
}

const patient = { within: 30_000 };
let service: Service;
let web: Service;
let network: Pretend;
let nhs: Account;
let stint: string;
let olu: Visitor;

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-08T10:00:00Z') });
  web = await service.another({ RUN: ['web'] });
  network = new Pretend(service);
  nhs = await makeAccount(service);
  stint = await onDuty(service, nhs, 'Grace');
  olu = await signedIn(service, 'Olu');
});

afterAll(async () => {
  await web?.stop();
  await service?.stop();
});

async function shown(from: Service = service): Promise<Posts> {
  return (await (await fetch(`${from.url}/nhs/posts.json`)).json()) as Posts;
}

async function ids(from: Service = service): Promise<string[]> {
  return (await shown(from)).posts.map(({ id }) => id);
}

const credited = (id: string, credit: object) =>
  eventually(async () => {
    const found = (await shown()).posts.find((post) => post.id === id)?.credit;
    expect(found).toMatchObject(credit);
    return true;
  }, patient);

const pull = () => eventually(() => service.app.get(Pulls).pull(nhs.id), patient);

/** Made at X and pulled by us, in every process. */
async function posted(text: string, more: object = {}): Promise<string> {
  const id = await network.post({ handle: 'NHS', text, ...more });
  await pull();
  return id;
}

const everywhere = (id: string) =>
  eventually(async () => (await ids()).includes(id) && (await ids(web)).includes(id), patient);
const nowhere = (id: string) => eventually(async () => ![...(await ids()), ...(await ids(web))].includes(id), patient);

async function audited(like: string): Promise<string[]> {
  const rows = await service.db.query<{ verb: string }>(
    'SELECT verb FROM audit_entries WHERE chain = $1 AND verb LIKE $2 ORDER BY seq',
    [nhs.id, like],
  );
  return rows.map(({ verb }) => verb);
}

describe('a credit that an organiser corrects', () => {
  const house = { kind: 'house', stint: null };

  it('stays so over later pulls and edits, until it is undone', async () => {
    const id = await posted('Early, says Grace', { at: '2026-12-07T07:30:00Z' });
    const graces = { kind: 'curator', stint };
    await credited(id, house);
    await olu.get(`/team/nhs/feed/${id}/credit`);
    await olu.submit({ who: stint, reason: '' });
    expect([olu.page.status, olu.words.includes('Say why')]).toEqual([422, true]);
    expect(olu.page.text).toMatch(new RegExp(`value="${stint}"[^>]* checked`));
    await olu.submit({ who: stint, reason: 'She began half an hour early' });
    expect(olu.words).toContain('Grace, credited by an organiser, before their turn opened');
    await credited(id, graces);

    const edited = await posted('Early, says Grace!', { at: '2026-12-07T07:40:00Z', edits: id });
    await credited(edited, graces);

    await olu.get(`/team/nhs/feed/${edited}/credit`);
    await olu.submit({ reason: 'It was the team after all' }, 'credit/undone');
    await credited(edited, house);
    expect(await audited('credit.%')).toEqual(['credit.corrected', 'credit.correction-undone']);
  });

  it('may be the house’s, and is never of a turn of nobody', async () => {
    const id = await posted('The team spoke');
    await olu.get(`/team/nhs/feed/${id}/credit`);
    await olu.submit({ who: '7b9d3c6e-0d7e-4a4a-8f3c-1f1f1f1f1f1f', reason: 'No such turn' });
    expect(olu.page.status).toBe(404);
    await olu.get(`/team/nhs/feed/${id}/credit`);
    await olu.submit({ who: 'house', reason: 'The team spoke' });
    await credited(id, house);
  });

  it('is for organisers', async () => {
    const [id] = await ids();
    const rhian = await signedIn(service, 'Rhian');
    expect((await rhian.get(`/team/nhs/feed/${id}/credit`)).status).toBe(403);
  });
});

describe('a rule that hides', () => {
  it('by words takes posts from every process, also those to come, until it ends', async () => {
    const before = await posted('Café gossip on the ward');
    const other = await posted('Gossips are welcome');
    await everywhere(before);
    await olu.get('/team/nhs/feed/rules');
    await olu.submit({ phrase: '...', reason: 'Unkind' });
    expect([olu.page.status, olu.words.includes('Enter a word')]).toEqual([422, true]);
    await network.profile('Elsewhere', { name: 'Somebody else' });
    const elsewhere = await network.post({ handle: 'Elsewhere', text: 'Cafe gossip is the best' });
    const quoting = await posted('How true', { quoteOf: elsewhere });
    await everywhere(quoting);
    await olu.submit({ phrase: 'CAFE, gossip', reason: 'Unkind' });
    await nowhere(before);
    await nowhere(quoting);
    const after = await posted('More cafe gossip');
    await everywhere(other);
    expect(await ids()).not.toContain(after);
    await olu.get('/team/nhs/feed/rules');
    expect(olu.words).toContain('Hides 3 posts. Unkind');
    const href = /\/team\/nhs\/feed\/rules\/[0-9a-f-]{36}/.exec(olu.page.text)?.[0] ?? '';
    await olu.get(href);
    await olu.submit({ reason: 'It is the name of a play' });
    await everywhere(after);
    await everywhere(before);
  });

  it('hides a whole turn, and nobody else’s posts', async () => {
    const hers = await posted('Of Grace’s turn');
    const house = await posted('Of the house', { at: '2026-12-07T07:00:00Z' });
    await everywhere(hers);
    await olu.get('/team/nhs/feed/rules');
    await olu.submit({ kind: 'turn', turn: stint, reason: 'She asked for it' });
    await nowhere(hers);
    expect(await ids()).toContain(house);
    expect(await audited('hiding-rule.%')).toEqual(['hiding-rule.made', 'hiding-rule.ended', 'hiding-rule.made']);
  });
});

describe('a rule that hides by words', () => {
  it('is asked again when what a post quotes turns out to say them, or does so no more', async () => {
    const check = (id: string) => service.app.get(Rechecks).check(nhs, [id], 're-check');
    const at = '2026-12-07T07:00:00Z';
    const closed = await network.post({ handle: 'Elsewhere', text: 'Our hush-hush recipe' });
    await network.befall(closed, { protected: true });
    const before = await network.post({ handle: 'Elsewhere', text: 'Our well known recipe', at });
    const [ofClosed, ofBefore] = [
      await posted('Tasty', { quoteOf: closed, at }),
      await posted('Tasty too', { quoteOf: before, at }),
    ];
    await olu.get('/team/nhs/feed/rules');
    await olu.submit({ phrase: 'hush-hush', reason: 'It is not ours to tell' });
    await everywhere(ofClosed);
    await everywhere(ofBefore);

    await network.befall(closed, { protected: false });
    await check(closed);
    await nowhere(ofClosed);
    await network.post({ handle: 'Elsewhere', text: 'Our hush-hush recipe', edits: before, at });
    await check(before);
    await nowhere(ofBefore);
    await network.befall(closed, { protected: true });
    await check(closed);
    await everywhere(ofClosed);
  });
});

describe('the team’s list of posts', () => {
  const listed = async (page: number) => {
    await olu.get(`/team/nhs/feed?page=${page}`);
    return [...olu.page.text.matchAll(/feed\/(\d+)\/(?:hide|shown)"/g)].map(([, id]) => id ?? '');
  };

  it('has each once, also of a turn with two spans, and reaches back to the oldest', async () => {
    await service.db.query(
      `INSERT INTO grants (account_id, stint_id, person_id, seat, opens_at, ends_at, closed_at)
       SELECT account_id, stint_id, person_id, seat, opens_at - interval '2 hours', opens_at, opens_at FROM grants WHERE stint_id = $1`,
      [stint],
    );
    await service.db.query(
      `INSERT INTO feed_posts (account_id, network_id, posted_at, post, credited_by, seen_at)
       SELECT account_id, each.id, '2026-09-01', jsonb_set(jsonb_set(post, '{id}', to_jsonb(each.id)), '{editHistoryIds}', to_jsonb(ARRAY[each.id])),
         'house', '2026-09-01' FROM (SELECT * FROM feed_posts WHERE account_id = $1 LIMIT 1) p,
         (SELECT (1860000000000000000 + n)::text AS id FROM generate_series(1, 110) n) each`,
      [nhs.id],
    );
    const all = [...(await listed(1)), ...(await listed(2)), ...(await listed(3))];
    expect([all.length > 110, new Set(all).size]).toEqual([true, all.length]);
    const oldest = '1860000000000000001';
    expect(all.at(-1)).toBe(oldest);
    await olu.get(`/team/nhs/feed/${oldest}/hide`);
    await olu.submit({ reason: 'It shows a name' });
    expect((await fetch(`${service.url}/nhs/posts/${oldest}`)).status).toBe(404);
    await olu.get(`/team/nhs/feed/${oldest}/shown`);
    await olu.submit({ reason: 'The name was the nurse’s own' });
    expect((await fetch(`${service.url}/nhs/posts/${oldest}`)).status).toBe(200);
    expect((await olu.get('/team/nhs/feed/1/hide')).status).toBe(404);
  });
});

describe('a process that cannot hear of hides', () => {
  it('says that its posts may be out of date, and stops saying so when it hears again', async () => {
    await pull();
    await eventually(async () => (await shown(web)).state === 'fresh', patient);
    const dated = () => fetch(`${web.url}/nhs/feed.rss`);
    const since = (form: Response) =>
      fetch(`${web.url}/nhs/feed.rss`, { headers: { 'if-modified-since': form.headers.get('last-modified') ?? '' } });
    let [fresh, stale] = [await dated(), await dated()];
    // The last pull may reach this process between the two.
    await eventually(async () => {
      fresh = await dated();
      return (await since(fresh)).status === 304;
    }, patient);
    const name = new URL(service.runtime.databaseUrl).pathname.slice(1);
    const admin = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL });
    await admin.connect();
    try {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      await eventually(async () => (await shown(web)).state === 'stale', { within: settings.feedUnheard + 30_000 });
      expect(await (await fetch(`${web.url}/nhs/embed.html`)).text()).toContain('may be out of date');
      expect((await since(fresh)).status).toBe(200);
      stale = await dated();
      expect((await since(stale)).status).toBe(304);

      expect((await fetch(`${web.url}/nhs/posts.json?limit=1`)).status).toBe(200);
      const wanting = await fetch(`${web.url}/nhs/posts.json?since=2020-01-01T00:00:00Z&limit=100`);
      expect([wanting.status, wanting.headers.get('retry-after')]).toEqual([503, '10']);
      expect(wanting.headers.get('content-type')).toBe('application/problem+json');
      expect(await wanting.json()).toMatchObject({ status: 503, detail: 'It should be back in a moment.' });
    } finally {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await admin.end();
    }
    await eventually(async () => (await shown(web)).state === 'fresh', patient);
    expect((await since(stale)).status).toBe(200);
    const wanting = await fetch(`${web.url}/nhs/posts.json?since=2020-01-01T00:00:00Z&limit=100`);
    expect(wanting.status).toBe(200);
  });
});
