import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import sharp from 'sharp';
import type { Account } from '../../src/credentials/account.entity.js';
import { FeedRows, type KeptPost } from '../../src/feed/feed-rows.service.js';
import { renderedAs } from '../../src/feed/formats/formats.js';
import { Pulls } from '../../src/feed/pulls.service.js';
import { FeedReading } from '../../src/feed/reading.service.js';
import { FeedServing } from '../../src/feed/serving.service.js';
import { POST_FIELDS } from '../../src/networks/x/fields.js';
import { Line } from '../../src/networks/x/line.network.js';
import { timelineFrom } from '../../src/networks/x/timeline.js';
import { postsAnswer } from '../../src/networks/x/wire.js';
import { lock } from '../../src/platform/tx.js';
import { makeAccount } from '../support/community.js';
import { countOf, escapedIn } from '../support/dom.js';
import { Liar, type Lie } from '../support/liar.js';
import { mutated, mutations } from '../support/mutate.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';

const LONG = process.env.PROVE === 'fuzz';
/** Answers that go through our code in this process, and those that come over the wire to real pulls. */
const ALL = Number(process.env.ANSWERS ?? (LONG ? 100_000 : 240));
const RUNS = { inside: Math.round(ALL * 0.97), wire: Math.max(25, Math.round(ALL * 0.03)) };
const SEED = { seed: Number(process.env.SEED ?? Date.now() % 2 ** 31) };
const FORMATS = ['feed.json', 'feed.atom', 'feed.rss', 'posts.json', 'embed.html'] as const;
const EARLIER = 3;

jest.setTimeout(LONG ? 3 * 60 * 60_000 : 120_000);

type Forms = Record<(typeof FORMATS)[number], string>;
type Answer = { data: { id: string }[] };

/** How an answer is spoilt on its way, and to which call it comes. */
const TIMELINE = /^\/2\/users\/\d+\/tweets/;
const JSON_TYPE = 'application/json; charset=utf-8';
const whole = (body: string): Lie => ({ status: 200, type: JSON_TYPE, body, breaks: null });
interface Way {
  name: string;
  path: RegExp;
  lie: (body: string) => Lie;
}
/** Any but 200 to 202, and but 401 and 402, which end the connection and stop all calls, as they should. */
const statusOf = (length: number) => {
  const status = 203 + (length % 300);
  return status === 401 || status === 402 ? 500 : status;
};
const WAYS: Way[] = [
  { name: 'damaged', path: TIMELINE, lie: whole },
  { name: 'damaged look-up or profile', path: /^\/2\/(users\/me|tweets\?)/, lie: whole },
  { name: 'half of it', path: TIMELINE, lie: (body) => whole(body.slice(0, body.length / 2)) },
  {
    name: 'broken off',
    path: TIMELINE,
    lie: (body) => ({ ...whole(body), breaks: Math.floor(Buffer.byteLength(body) / 3) }),
  },
  { name: 'nothing', path: TIMELINE, lie: () => whole('') },
  {
    name: 'as HTML',
    path: TIMELINE,
    lie: (body) => ({ ...whole(`<html><body>${body}</body></html>`), type: 'text/html' }),
  },
  { name: 'JSON that says it is HTML', path: TIMELINE, lie: (body) => ({ ...whole(body), type: 'text/html' }) },
  {
    name: 'bytes that are no text',
    path: TIMELINE,
    lie: (body) => whole(Buffer.from(body.replace(/[a-z]{3}/g, '\u00ff\u00fe')).toString('latin1')),
  },
  {
    name: 'as deep as can be',
    path: TIMELINE,
    lie: () => whole(`{"data":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
  },
  { name: 'a number for a page', path: TIMELINE, lie: () => whole('1e999') },
  {
    name: 'with another status',
    path: TIMELINE,
    lie: (body) => ({ ...whole(body), status: statusOf(body.length) }),
  },
];
const ways = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...WAYS.slice(0, 2)) },
  { weight: 2, arbitrary: fc.constantFrom(...WAYS) },
);

let service: Service;
let nhs: Account;
let userId: string;
const liar = new Liar();
/** Real answers of the simulator, in both of X's vocabularies, of one post and of several. */
const answers: Answer[] = [];
let earlier: string[] = [];

beforeAll(async () => {
  const clockStart = new Date('2026-12-08T10:00:00Z');
  service = await startService({ clockStart, env: { RUN: 'web' }, between: (url) => liar.before(url) });
  nhs = await makeAccount(service);
  userId = nhs.networkUserId ?? '';
  const network = new Pretend(service);
  await network.unlimit();
  for (let index = 0; index < EARLIER; index += 1)
    await network.post({
      handle: 'NHS',
      text: `Earlier ${index}`,
      at: new Date(Date.parse('2026-12-07T08:00:00Z') + index * 60_000).toISOString(),
    });
  await service.db.write((tx) =>
    tx.query('INSERT INTO feeds (account_id, changed_at, next_pull_at) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING', [
      nhs.id,
      tx.now,
    ]),
  );
  expect(await service.app.get(Pulls).pull(nhs.id)).toBe(true);
  earlier = await held();
  expect(earlier).toHaveLength(EARLIER);
  await postOfEveryKind(network);
  await readAnswers();
});

afterAll(async () => {
  await service?.stop();
  await liar.stop();
});

/** One post of every kind that a timeline can hold. */
async function postOfEveryKind(network: Pretend): Promise<void> {
  const bytes = (
    await sharp({ create: { width: 40, height: 30, channels: 3, background: '#005eb8' } })
      .png()
      .toBuffer()
  ).toString('base64');
  const first = await network.post({
    handle: 'NHS',
    text: 'Hello #wards & <all> @GraceH, see https://www.nhs.uk/flu 💉',
  });
  await network.post({ handle: 'NHS', text: 'In a thread', replyTo: first });
  await network.post({ handle: 'NHS', text: 'A picture', media: [{ bytes, alt: 'A "ward"' }, { bytes }] });
  await network.post({ handle: 'NHS', text: 'Hello again $NHS #wards', edits: first });
  await network.post({ handle: 'NHS', text: `${'Long '.repeat(120)} #end https://www.nhs.uk/long` });
  await network.post({ handle: 'NHS', text: 'Which?', poll: { options: ['Tea', 'Coffee'], minutes: 60 } });
  await network.post({ handle: 'NHS', text: 'Look', quoteOf: first, withheld: ['DE'], sensitive: true });
  await network.post({ handle: 'NHS', repostOf: first });
}

async function readAnswers(): Promise<void> {
  const { access_token: token } = await tokenOf();
  const newer = Object.fromEntries(
    Object.entries(POST_FIELDS).map(([name, value]) => [
      name.replace('tweet', 'post'),
      value.replaceAll('tweet', 'post'),
    ]),
  );
  for (const fields of [POST_FIELDS, newer]) {
    const query = new URLSearchParams({ ...fields, max_results: '8' });
    const answer = await fetch(`${service.simulatorUrl}/2/users/${userId}/tweets?${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const whole = (await answer.json()) as Answer;
    if (!whole.data) throw new Error(`The simulator gave no timeline: ${JSON.stringify(whole)}`);
    answers.push(
      whole,
      ...whole.data.map((_, index) => ({
        ...whole,
        data: whole.data.slice(index, index + 1),
        meta: { result_count: 1 },
      })),
    );
  }
}

async function tokenOf(): Promise<{ access_token: string }> {
  const body = JSON.stringify({ handle: 'NHS' });
  const headers = { 'content-type': 'application/json' };
  return (await (
    await fetch(`${service.simulatorUrl}/simulator/tokens`, { method: 'POST', headers, body })
  ).json()) as { access_token: string };
}

async function held(): Promise<string[]> {
  const rows = await service.db.query<{ id: string }>('SELECT network_id AS id FROM feed_posts WHERE account_id = $1', [
    nhs.id,
  ]);
  return rows.map(({ id }) => id);
}

/** The rows as they were before the page was damaged. */
const PUT_BACK = 'DELETE FROM feed_posts WHERE account_id = $1 AND NOT (network_id = ANY ($2))';

async function putBack(): Promise<void> {
  await service.db.write((tx) => tx.query(PUT_BACK, [nhs.id, earlier]));
}

const pictures = () => `${service.runtime.publicUrl}/nhs/pictures/`;

/** Everything that is wrong with the five formats, whose posts were these. */
function faultsIn(forms: Forms): string[] {
  const json = JSON.parse(forms['feed.json']) as { items: { id: string; content_html: string }[] };
  const { posts } = JSON.parse(forms['posts.json']) as { posts: { id: string }[] };
  const xml = new XMLParser({ processEntities: true, ignoreAttributes: false });
  const entries = listed(xml.parse(forms['feed.atom']).feed.entry);
  const items = listed(xml.parse(forms['feed.rss']).rss.channel.item);
  const counts = [json.items, entries, items].map(({ length }) => length);
  const articles = countOf(forms['embed.html'], 'article');
  return [
    ...escapedIn(forms['embed.html'], pictures()),
    ...json.items.flatMap((item) => escapedIn(item.content_html, pictures())),
    ...(['feed.atom', 'feed.rss'] as const).filter((name) => XMLValidator.validate(forms[name]) !== true),
    ...FORMATS.filter((name) => name.startsWith('feed') && !forms[name].isWellFormed()),
    ...(counts.every((count) => count === posts.length) && articles >= posts.length
      ? []
      : [`${counts} and ${articles} of ${posts.length} posts`]),
  ];
}

function listed(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

describe('an answer of X that was damaged in any way', () => {
  const ends: Record<string, number> = {};
  const count = (end: string) => {
    ends[end] = (ends[end] ?? 0) + 1;
  };

  it('never stops a look, never lets markup through, and never takes an earlier page away', async () => {
    const line = new Line({
      clientId: '',
      clientSecret: '',
      consumer: null,
      simulatorUrl: null,
      publicSimulatorUrl: null,
      timeoutMs: 1_000,
    });
    const rows = service.app.get(FeedRows);
    const reading = service.app.get(FeedReading);
    const begun = performance.now();
    const copy = { file: 'a'.repeat(64), width: 40, height: 30 };
    await fc.assert(
      fc.asyncProperty(fc.nat(), mutations, async (which, changes) => {
        const body = JSON.stringify(mutated(answers[which % answers.length], changes)) ?? 'null';
        const read = await line.ask('read', postsAnswer, async () => JSON.parse(body));
        const page = read.kind === 'done' ? timelineFrom(read.value, userId) : read;
        count(page.kind);
        expect(['done', 'refused', 'later']).toContain(page.kind);
        if (page.kind !== 'done' || page.value.posts.length === 0) return;
        const kept = page.value.posts.map(
          (post): KeptPost => ({ ...post, copies: Object.fromEntries(post.media.map(({ key }) => [key, copy])) }),
        );
        await service.db.write([lock('feeds', nhs.id, 'account_id')], async (tx) => {
          await tx.query(PUT_BACK, [nhs.id, earlier]);
          await rows.take(tx, nhs.id, kept, []);
          await tx.query('UPDATE feeds SET pulled_at = $2 WHERE account_id = $1', [nhs.id, tx.now]);
        });
        const { feed, changedAt } = await reading.read(nhs);
        const ids = new Set([...earlier, ...page.value.posts.map(({ id }) => id)]);
        expect(feed.posts.filter(({ id }) => !ids.has(id))).toEqual([]);
        const forms = Object.fromEntries(
          FORMATS.map((name) => [
            name,
            renderedAs(name, { ...feed, state: 'fresh' }, nhs, changedAt).identity.bytes.toString(),
          ]),
        );
        expect(faultsIn(forms as Forms)).toEqual([]);
        const left = new Set(await held());
        expect(earlier.filter((id) => !left.has(id))).toEqual([]);
      }),
      { numRuns: RUNS.inside, endOnFailure: !LONG, ...SEED },
    );
    expect(ends.done).toBeGreaterThan(RUNS.inside / 20);
    if (LONG)
      console.log(
        `${RUNS.inside} answers of seed ${SEED.seed} in ${Math.round((performance.now() - begun) / 1000)} s: ${JSON.stringify(ends)}`,
      );
  });

  it('leaves the feed as it was, or comes in whole, when it comes over the wire', async () => {
    const begun = performance.now();
    const ends: Record<string, number> = {};
    const pulls = service.app.get(Pulls);
    expect(await pulls.pull(nhs.id)).toBe(true);
    await fc.assert(
      fc.asyncProperty(fc.nat(), mutations, ways, async (which, changes, way) => {
        const answer = mutated(answers[which % answers.length], changes);
        liar.lies = [{ path: way.path, lie: way.lie(JSON.stringify(answer) ?? 'null') }];
        await service.db.write((tx) =>
          tx.query('UPDATE feeds SET profile_pulled_at = NULL, next_pull_at = $2 WHERE account_id = $1', [
            nhs.id,
            tx.now,
          ]),
        );
        const before = await shown();
        const taken = await pulls.pull(nhs.id);
        ends[`${way.name} ${taken ? 'taken' : 'refused'}`] =
          (ends[`${way.name} ${taken ? 'taken' : 'refused'}`] ?? 0) + 1;
        await service.app.get(FeedServing).sweep();
        const forms = await served();
        expect(faultsIn(forms)).toEqual([]);
        if (!taken) expect(idsIn(forms)).toEqual(before);
        const left = new Set(await held());
        expect(earlier.filter((id) => !left.has(id))).toEqual([]);
        await putBack();
        await service.db.write([lock('feeds', nhs.id, 'account_id')], (tx) =>
          service.app.get(FeedRows).changed(tx, nhs.id),
        );
      }),
      { numRuns: RUNS.wire, endOnFailure: true, ...SEED },
    );
    liar.lies = [];
    expect(await pulls.pull(nhs.id)).toBe(true);
    if (LONG)
      console.log(
        `${RUNS.wire} over the wire, of seed ${SEED.seed}, in ${Math.round((performance.now() - begun) / 1000)} s: ${JSON.stringify(ends)}`,
      );
  });
});

/** Asks as websites do: nothing but 200 will do. */
async function served(): Promise<Forms> {
  const forms: Partial<Forms> = {};
  for (const name of FORMATS) {
    const answer = await fetch(`${service.url}/nhs/${name}`);
    expect([name, answer.status]).toEqual([name, 200]);
    forms[name] = await answer.text();
  }
  return forms as Forms;
}

function idsIn(forms: Forms): string[] {
  return (JSON.parse(forms['posts.json']) as { posts: { id: string }[] }).posts.map(({ id }) => id);
}

async function shown(): Promise<string[]> {
  await service.app.get(FeedServing).sweep();
  return idsIn(await served());
}
