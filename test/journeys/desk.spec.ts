import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'node-html-parser';
import sharp from 'sharp';
import type { Account } from '../../src/credentials/account.entity.js';
import { makeAccount, onDuty, signedIn } from '../support/community.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

jest.setTimeout(60_000);

const TUESDAY = new Date('2026-12-08T10:00:00Z');
const FRIDAY_END = '2026-12-11T18:00:00Z';

let service: Service;
let network: Pretend;
let nhs: Account;
let grace: Visitor;

beforeAll(() => begin());
afterAll(() => service?.stop());
beforeEach(() => grace.get('/nhs/desk'));

async function begin(env: Record<string, string> = {}): Promise<void> {
  service = await startService({ clockStart: TUESDAY, env });
  network = new Pretend(service);
  nhs = await makeAccount(service);
  await onDuty(service, nhs, 'Grace');
  grace = await signedIn(service, 'Grace');
}

/** The desk's form, filled in on the page seen last and sent. */
function send(fields: Record<string, string | Blob>, to = 'publications'): Promise<{ status: number }> {
  if (to === 'publications') return grace.submit(fields, to);
  const given = new Map(Object.entries({ ...formOf(), ...fields }));
  return grace.post(`/nhs/desk/${to}`, Object.fromEntries(given));
}

/** What the desk's form holds. */
function formOf(): Record<string, string> {
  const form = parse(grace.page.text).querySelector('form[action$="publications"]');
  const fields = form?.querySelectorAll('input[type=hidden], textarea') ?? [];
  return Object.fromEntries(
    fields.map((field) => [
      field.getAttribute('name') ?? '',
      field.tagName === 'TEXTAREA' ? field.textContent.trim() : (field.getAttribute('value') ?? ''),
    ]),
  );
}

async function photo(width = 800, height = 600): Promise<Blob> {
  const picture = sharp({ create: { width, height, channels: 3, background: '#005eb8' } }).jpeg();
  return new Blob([new Uint8Array(await picture.toBuffer())], { type: 'image/jpeg' });
}

async function queued(text: string): Promise<{ state: string }[]> {
  return service.db.query<{ state: string }>(
    `SELECT state FROM messages WHERE channel = 'post' AND data->>'text' = $1`,
    [text],
  );
}

async function drafts(): Promise<{ text: string; descriptions: string[] }[]> {
  return service.db.query(
    `SELECT text, array(SELECT description FROM draft_media WHERE draft_id = d.id ORDER BY part, position) AS descriptions
     FROM drafts d ORDER BY saved_at DESC`,
  );
}

/** The fields that describe the pictures that the page's draft holds, in order. */
function describing(): string[] {
  return parse(grace.page.text)
    .querySelectorAll('textarea[name^=describe-]')
    .map((field) => field.getAttribute('name') ?? '');
}

async function atNetwork(text: string): Promise<number> {
  return (await network.posts()).filter((post) => post.text.startsWith(text)).length;
}

describe('a curator at the desk', () => {
  it('says once, and before its form, until when, within which hours and whom to ask', () => {
    expect(grace.words).toMatch(
      /Your turn\s*Monday 7.* left\s*Posting hours\s*Monday.*Whom to ask\s*Olu, 01632 960 123\s*Your post/,
    );
    expect(grace.words.match(/Whom to ask/g)).toHaveLength(1);
  });

  it('posts a text with a described picture, which reaches the network as it was meant', async () => {
    await send({ text: 'Good morning 👋 from the ward', picture: await photo(), description: 'The ward at dawn' });
    expect([grace.page.status, grace.words.includes('Your post is on its way')]).toEqual([200, true]);
    const post = await eventually(
      async () => (await network.posts()).find(({ text }) => text.startsWith('Good morning 👋 from the ward')),
      { within: 15_000 },
    );
    expect(post.mediaKeys).toHaveLength(1);
    await eventually(async () => {
      await grace.get('/nhs/desk');
      return grace.page.text.includes(`https://x.com/NHS/status/${post.id}`);
    });
    const shown = await eventually(
      async () => {
        const { posts } = (await (await fetch(`${service.url}/nhs/posts.json`)).json()) as {
          posts: { id: string; pictures: { description: string }[]; credit: { name: string } }[];
        };
        return posts.find(({ id }) => id === post.id);
      },
      { within: 15_000 },
    );
    expect([shown.credit.name, shown.pictures.map((picture) => picture.description)]).toEqual([
      'Grace',
      ['The ward at dawn'],
    ]);
    expect(await drafts()).toEqual([]);
  });

  it('keeps a draft with its picture, goes on with it, takes the picture off and discards it', async () => {
    await send({ text: 'Half a thought', picture: await photo(), description: 'A ward' }, 'drafts');
    const draftPage = grace.page.url;
    expect([formOf().text, formOf()[describing()[0] ?? '']]).toEqual(['Half a thought', 'A ward']);
    const image = parse(grace.page.text).querySelector('.baton-preview')?.getAttribute('src') ?? '';
    expect((await grace.get(image)).headers.get('content-type')).toBe('image/jpeg');
    await grace.get(draftPage);
    await send({ text: 'A whole thought', media: image.split('/').at(-1) ?? '' }, 'drafts/picture-removals');
    expect(parse(grace.page.text).querySelector('.baton-preview')).toBeNull();
    expect(await drafts()).toEqual([{ text: 'A whole thought', descriptions: [] }]);
    await grace.get('/nhs/desk');
    await grace.get(/\/nhs\/desk\/drafts\/[^"]+\/removal/.exec(grace.page.text)?.[0] ?? '');
    expect((await drafts()).length).toBe(1);
    await grace.submit({}, 'removals');
    expect(await drafts()).toEqual([]);
  });

  it('sends the same form twice and posts once', async () => {
    const form = { ...formOf(), text: 'Only once' };
    await Promise.all([grace.post('/nhs/desk/publications', form), grace.post('/nhs/desk/publications', form)]);
    await grace.post('/nhs/desk/publications', form);
    expect(grace.words).toContain('Your post is on its way');
    expect([(await queued('Only once')).length, await drafts()]).toEqual([1, []]);
    await eventually(async () => (await atNetwork('Only once')) === 1, { within: 15_000 });
  });

  it('loses nothing by going back to a form that was sent and writing something else', async () => {
    const form = { ...formOf(), text: 'The first of two' };
    await grace.post('/nhs/desk/publications', form);
    await grace.post('/nhs/desk/publications', { ...form, text: 'The second of two' });
    expect([grace.page.status, grace.words.includes('This form was sent before')]).toEqual([409, true]);
    expect([(await queued('The second of two')).length, formOf().text]).toEqual([0, 'The second of two']);
    await send({});
    expect([(await queued('The second of two')).length, await drafts()]).toEqual([1, []]);
  });
});

describe('a thread', () => {
  afterAll(() => service.db.write((tx) => tx.query('DELETE FROM drafts')));

  it('is written part by part without JavaScript, each with a picture of its own, and goes out in order', async () => {
    await send({ text: 'A thread: one' }, 'drafts/parts');
    expect(formOf()).toMatchObject({ text: 'A thread: one', text2: '' });
    await send({ text2: 'A thread: a slip' }, 'drafts/parts');
    await send({ text3: 'A thread: two', picture3: await photo(), description3: 'The garden' }, 'drafts');
    await send({ part: '2' }, 'drafts/part-removals');
    expect(formOf()).toMatchObject({ text: 'A thread: one', text2: 'A thread: two' });
    expect(formOf()[describing()[0] ?? '']).toBe('The garden');
    const image = parse(grace.page.text).querySelector('.baton-preview')?.getAttribute('src') ?? '';
    const draftPage = grace.page.url;
    expect((await grace.get(image)).headers.get('content-type')).toBe('image/jpeg');
    await grace.get(draftPage);
    await send({}, 'drafts/parts');
    await send({ text3: ' ' });
    expect(grace.words).toContain('Part 2 of 2');
    const parts = await eventually(
      async () => {
        const found = (await network.posts()).filter(({ text }) => text.startsWith('A thread: '));
        return found.length === 2 ? found.toReversed() : null;
      },
      { within: 30_000 },
    );
    const [one, two] = parts as { id: string; text: string; mediaKeys: string[]; replyTo: string | null }[];
    expect([one?.text, one?.mediaKeys.length, one?.replyTo]).toEqual(['A thread: one', 0, null]);
    expect([two?.text.startsWith('A thread: two'), two?.mediaKeys.length, two?.replyTo]).toEqual([true, 1, one?.id]);
  });

  it('is sent once however often its form is, and kept apart when it was changed since', async () => {
    await send({ text: 'Twice one' }, 'drafts/parts');
    const form = { ...formOf(), text2: 'Twice two' };
    await grace.post('/nhs/desk/publications', form);
    await grace.post('/nhs/desk/publications', form);
    expect([(await queued('Twice one')).length, (await queued('Twice two')).length]).toEqual([1, 1]);
    await grace.post('/nhs/desk/publications', { ...form, text2: 'Something else' });
    expect([grace.page.status, (await queued('Something else')).length, formOf().text2]).toEqual([
      409,
      0,
      'Something else',
    ]);
  });

  it('says of which part something is missing, and keeps all of it', async () => {
    await send({ text: 'Good so far' }, 'drafts/parts');
    await send({ text2: '😀'.repeat(150), picture2: await photo() });
    expect([grace.page.status, grace.words.includes('Part 2: Your post is 20 characters too long')]).toEqual([
      422,
      true,
    ]);
    expect(grace.words).toContain('Part 2: Describe the picture');
    expect(formOf()).toMatchObject({ text: 'Good so far', text2: '😀'.repeat(150) });
    await send({ media: describing()[0]?.replace('describe-', '') ?? '' }, 'drafts/picture-removals');
    expect(parse(grace.page.text).querySelector('.baton-preview')).toBeNull();
  });
});

describe('a refusal keeps what was written', () => {
  const cases: [string, Record<string, string>, (() => Promise<Blob>) | null, RegExp][] = [
    ['without anything', { text: ' ' }, null, /Write something to post, or add a picture/],
    ['a text too long by X’s weights', { text: `${'😀'.repeat(140)}a` }, null, /Your post is 1 character too long/],
    ['a picture without a description', { text: 'Look' }, () => photo(), /Describe the picture/],
    [
      'a picture that is none',
      { text: 'Look' },
      async () => new Blob(['%PDF-1.4'], { type: 'image/png' }),
      /must be a JPEG, PNG/,
    ],
    [
      'an SVG called a photo',
      { text: 'Look' },
      async () => new Blob(['<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'], { type: 'image/jpeg' }),
      /must be a JPEG, PNG/,
    ],
    [
      'a picture too big',
      { text: 'Look' },
      async () => new Blob([new Uint8Array(15 * 1024 * 1024 + 1)], { type: 'image/jpeg' }),
      /must be smaller than 15 MB/,
    ],
  ];

  it.each(cases)('%s', async (_what, fields, picture, sentence) => {
    await send({ ...fields, ...(picture ? { picture: await picture() } : {}) });
    expect(grace.page.status).toBe(422);
    expect(grace.words).toMatch(sentence);
    expect(parse(grace.page.text).querySelector('.nhsuk-error-summary')).not.toBeNull();
    expect([formOf().text, (await drafts())[0]?.text.trim()]).toEqual([fields.text?.trim(), fields.text?.trim()]);
    expect((await queued(fields.text ?? '')).length).toBe(0);
    await service.db.write((tx) => tx.query('DELETE FROM drafts'));
  });

  it('and the picture, too, so that it need not be chosen anew', async () => {
    await send({ text: 'The picture stays', picture: await photo() });
    expect(grace.page.status).toBe(422);
    await send({ [describing()[0] ?? '']: 'A ward' });
    expect(grace.page.status).toBe(200);
    const [media] = await service.db.query<{ description: string }>(
      `SELECT p.description FROM message_media p JOIN messages m ON m.id = p.message_id WHERE m.data->>'text' = 'The picture stays'`,
    );
    expect(media).toEqual({ description: 'A ward' });
  });

  it.each([
    ['a key that is none', { key: 'abc' }],
    ['a text beyond all measure', { text: 'a'.repeat(25_001) }],
  ])('%s is refused with a sentence', async (_what, change) => {
    await grace.post('/nhs/desk/publications', { ...formOf(), text: 'x', ...change });
    expect([grace.page.status, grace.words.includes('We could not read the form')]).toEqual([422, true]);
  });

  it('a control character that no database takes is left out', async () => {
    await send({ text: 'nothing\u0000 hidden' });
    expect([grace.page.status, (await queued('nothing hidden')).length]).toEqual([200, 1]);
  });
});

describe('somebody else', () => {
  it('finds no draft and no picture of another person', async () => {
    await send({ text: 'Private', picture: await photo(), description: 'Mine' }, 'drafts');
    const { key = '' } = formOf();
    const other = await makeAccount(service, { handle: 'Other' });
    await onDuty(service, other, 'Ada');
    await service.db.write((tx) =>
      tx.query(
        `INSERT INTO stints (account_id, slot_id, person_id, application_id, state, ended_how, starts_at, ends_at, proposed_by, proposed_at)
         SELECT account_id, slot_id, (SELECT id FROM persons WHERE name = 'Ada'), application_id, 'ended', 'completed', starts_at, ends_at, proposed_by, proposed_at
         FROM stints WHERE account_id = $1 LIMIT 1`,
        [nhs.id],
      ),
    );
    const ada = await signedIn(service, 'Ada');
    for (const slug of ['nhs', 'other'])
      for (const path of [`desk?draft=${key}`, `desk/pictures/${key}`])
        expect([slug, path, (await ada.get(`/${slug}/${path}`)).status]).toEqual([slug, path, 404]);
    expect((await ada.get('/nhs/desk')).status).toBe(200);
    await ada.submit({ key, text: 'Overwritten' }, 'publications');
    expect([ada.page.status, (await drafts())[0]?.text]).toEqual([404, 'Private']);
    await ada.get('/nhs/desk');
    await ada.submit({ key, text: 'Overwritten' }, 'publications');
    for (const id of ['abc', randomUUID().toUpperCase()])
      expect((await grace.get(`/nhs/desk?draft=${id}`)).status).toBe(404);
    await service.db.write((tx) => tx.query('DELETE FROM drafts'));
  });

  it('sees a picture of a draft only as an organiser, and only while it waits for a decision', async () => {
    await send({ text: 'In confidence', picture: await photo(), description: 'Mine' }, 'drafts');
    const [picture] = await service.db.query<{ id: string }>('SELECT id FROM draft_media');
    const visitors = [
      grace,
      ...(await Promise.all(['Kim', 'Priya', 'Olu', 'Rhian'].map((who) => signedIn(service, who)))),
    ];
    const seen = () =>
      Promise.all(visitors.map(async (visitor) => (await visitor.get(`/nhs/desk/media/${picture?.id}`)).status));
    expect(await seen()).toEqual([200, 404, 404, 404, 404]);
    await service.db.write((tx) => tx.query(`UPDATE desk_settings SET approval = 'always'`));
    await grace.get(`/nhs/desk?draft=${(await service.db.query<{ id: string }>('SELECT id FROM drafts'))[0]?.id}`);
    await send({});
    expect([grace.words.includes('Waits for approval'), await seen()]).toEqual([true, [200, 404, 404, 200, 404]]);
    await service.db.write(async (tx) => {
      await tx.query(`UPDATE desk_settings SET approval = 'off'`);
      await tx.query('DELETE FROM drafts');
    });
  });

  it('without a turn has no desk', async () => {
    for (const name of ['Kim', 'Olu', 'Sam']) {
      const visitor = await signedIn(service, name);
      expect([name, (await visitor.get('/nhs/desk')).status]).toEqual([name, 403]);
      await visitor.get('/me/sessions');
      const csrf = parse(visitor.page.text).querySelector('input[name=_csrf]')?.getAttribute('value') ?? '';
      await visitor.post('/nhs/desk/publications', { _csrf: csrf, key: crypto.randomUUID(), text: 'Not mine to say' });
      expect([name, visitor.page.status]).toEqual([name, 403]);
    }
    expect(await queued('Not mine to say')).toEqual([]);
  });

  it('who is not signed in is asked to, and a form from another site is refused', async () => {
    const stranger = service.visitor();
    expect((await stranger.get('/nhs/desk')).url).toContain('/sign-in?next=');
    await grace.post('/nhs/desk/publications', { ...formOf(), text: 'Forged' }, { 'sec-fetch-site': 'cross-site' });
    expect([grace.page.status, await queued('Forged')]).toEqual([403, []]);
  });
});

describe('with all workers stopped', () => {
  beforeAll(async () => {
    await service.stop();
    await begin({ RUN: 'web' });
  });

  async function refused(text: string, why: RegExp): Promise<void> {
    await send({ text });
    expect([text, grace.page.status]).toEqual([text, 403]);
    expect(grace.words).toMatch(why);
    expect(grace.words).toContain('Nothing was sent');
    expect([(await queued(text)).length, (await drafts())[0]?.text, formOf().text]).toEqual([0, text, text]);
  }

  it('a form sent during a hold is refused', async () => {
    await service.db.write((tx) =>
      tx.query(
        `INSERT INTO holds (account_id, kind, scope, starts_at, ends_at, reason) VALUES ($1, 'pause', 'curators', $2, $3, 'Abuse')`,
        [nhs.id, tx.now, new Date(tx.now.getTime() + 60_000)],
      ),
    );
    await refused('In a hold', /The account is paused/);
    await service.moveClock(new Date((await service.db.now()).getTime() + 61_000));
  });

  it('a form sent outside the posting hours is refused', async () => {
    await service.moveClock(new Date('2026-12-08T20:00:00Z'));
    await refused('After hours', /outside its posting hours/);
    expect(parse(grace.page.text).querySelector('main button.nhsuk-button')?.text).not.toContain('Post now');
    await grace.get('/nhs/desk');
    expect(grace.words).toContain('You can post again from Wednesday 9 December 2026 at 8am');
  });

  it('a form loaded within the turn is taken a moment before its end and refused one second after', async () => {
    await service.moveClock(new Date(new Date(FRIDAY_END).getTime() - 60_000));
    await grace.get('/nhs/desk');
    const form = formOf();
    await send({ text: 'The last word' });
    expect([grace.page.status, (await queued('The last word')).length]).toEqual([200, 1]);
    await service.moveClock(new Date(new Date(FRIDAY_END).getTime() + 1000));
    await grace.post('/nhs/desk/publications', { ...form, key: crypto.randomUUID(), text: 'One word more' });
    expect([grace.page.status, grace.words.includes('Your turn has ended')]).toEqual([403, true]);
    expect([(await queued('One word more')).length, (await drafts())[0]?.text]).toEqual([0, 'One word more']);
    expect(await atNetwork('')).toBe(0);
  });

  it('a form sent before the turn begins is refused', async () => {
    const next = [nhs.id, new Date('2026-12-14T08:00:00Z'), new Date('2026-12-18T18:00:00Z')];
    await service.db.write((tx) =>
      tx.query(
        `INSERT INTO slots (account_id, kind, starts_at, ends_at) VALUES ($1, 'curator', $2, $3) ON CONFLICT DO NOTHING`,
        next,
      ),
    );
    await service.db.write((tx) =>
      tx.query(
        `INSERT INTO stints (account_id, slot_id, person_id, application_id, state, starts_at, ends_at, proposed_by, proposed_at)
         SELECT $1, slot.id, s.person_id, s.application_id, 'confirmed', $2, $3, s.proposed_by, s.proposed_at
         FROM slots slot, stints s WHERE s.account_id = $1 AND slot.account_id = $1 AND slot.starts_at = $2`,
        next,
      ),
    );
    await grace.get('/nhs/desk');
    expect(grace.words).toContain('Your turn has not started');
    await refused('Too early', /do not have the account|has not started/);
  });
});
