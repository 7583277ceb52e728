import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'node-html-parser';
import sharp from 'sharp';
import { Audit } from '../../src/audit/audit.service.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { People } from '../../src/people/people.service.js';
import { Files } from '../../src/platform/files.service.js';
import { makeAccount, onDuty, personId, signedIn } from '../support/community.js';
import { film, PLACE } from '../support/film.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';
import type { Given, Visitor } from '../support/visitor.js';

jest.setTimeout(60_000);

let service: Service;
let nhs: Account;
let network: Pretend;
let grace: Visitor;

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-08T10:00:00Z') });
  network = new Pretend(service);
  nhs = await makeAccount(service);
  await onDuty(service, nhs, 'Grace');
  grace = await signedIn(service, 'Grace');
});
afterAll(() => service?.stop());
beforeEach(() => grace.get('/nhs/desk'));

const send = (fields: Record<string, Given>) => grace.submit(fields, 'publications');

async function queued(text: string): Promise<number> {
  const rows = await service.db.query(`SELECT 1 FROM messages WHERE channel = 'post' AND data->>'text' = $1`, [text]);
  return rows.length;
}

async function photo(colour = '#005eb8'): Promise<Blob> {
  return blob(
    await sharp({ create: { width: 800, height: 600, channels: 3, background: colour } })
      .jpeg()
      .toBuffer(),
  );
}

const blob = (bytes: Buffer) => new Blob([new Uint8Array(bytes)]);

/** A GIF of three frames with a remark of its maker. */
async function moving(): Promise<Blob> {
  const frames = await sharp(randomBytes(20 * 60 * 3), { raw: { width: 20, height: 60, channels: 3, pageHeight: 20 } })
    .gif({ delay: [100, 100, 100] })
    .toBuffer();
  const remark = Buffer.from('\x21\xfe\x08by Grace\0', 'latin1');
  return blob(Buffer.concat([frames.subarray(0, -1), remark, Buffer.from(';')]));
}

/** The fields that describe the pictures that the page's draft holds, in order. */
function describing(): string[] {
  const fields = parse(grace.page.text).querySelectorAll('textarea[name^=describe-]');
  return fields.map((field) => field.getAttribute('name') ?? '');
}

async function media(text: string): Promise<{ type: string; description: string; file: string }[]> {
  return service.db.query(
    `SELECT p.type, p.description, p.file FROM message_media p JOIN messages m ON m.id = p.message_id
     WHERE m.data->>'text' = $1 ORDER BY p.position`,
    [text],
  );
}

/** Sends what the page's form holds, with these fields, to an address of the desk. */
async function keep(fields: Record<string, Given>, to = 'drafts'): Promise<void> {
  const form = parse(grace.page.text).querySelector('form[action$="publications"]');
  const held = form?.querySelectorAll('input[type=hidden], textarea') ?? [];
  const given = held.map((field): [string, string] => [
    field.getAttribute('name') ?? '',
    field.tagName === 'TEXTAREA' ? field.textContent.trim() : (field.getAttribute('value') ?? ''),
  ]);
  await grace.post(`/nhs/desk/${to}`, { ...Object.fromEntries(given), ...fields });
}

describe('pictures of a post', () => {
  it('are up to four, each with its own description, and reach the network in order', async () => {
    await keep({ text: 'Four', description: 'Blue', picture: [await photo(), await photo('#007f3b')] });
    await keep({ picture: [await photo('#d5281b'), await photo('#ffeb3b'), await photo('#000000')] });
    expect(describing()).toHaveLength(4);
    await send({ text: 'Four' });
    expect([grace.page.status, grace.words.includes('Describe the second picture for')]).toEqual([422, true]);
    const [, two = '', three = '', four = ''] = describing();
    await send({ text: 'Four', [two]: 'Green', [three]: 'Red', [four]: 'Yellow' });
    expect([grace.page.status, (await media('Four')).map(({ description }) => description)]).toEqual([
      200,
      ['Blue', 'Green', 'Red', 'Yellow'],
    ]);
    const post = await eventually(async () => (await network.posts()).find(({ text }) => text.startsWith('Four')), {
      within: 30_000,
    });
    expect(post.mediaKeys).toHaveLength(4);
  });

  it('may be one GIF that moves, with nothing in it but its frames', async () => {
    await send({ text: 'It moves', picture: await moving(), description: 'A bear waves' });
    const [gif] = await media('It moves');
    const kept = await service.app.get(Files).read(gif?.file ?? '');
    expect([gif?.type, (await sharp(kept ?? Buffer.alloc(0)).metadata()).pages]).toEqual(['image/gif', 3]);
    expect(kept?.includes('Grace')).toBe(false);
    await eventually(async () => (await network.posts()).find(({ text }) => text.startsWith('It moves')), {
      within: 30_000,
    });
  });

  it('are shown to whoever wrote the draft, to nobody else, and are not stored on the way', async () => {
    await keep({ text: 'Mine', description: 'A ward', picture: await photo() });
    const image = parse(grace.page.text).querySelector('.baton-preview')?.getAttribute('src') ?? '';
    const seen = await grace.get(image);
    expect([seen.status, seen.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
    for (const visitor of [await signedIn(service, 'Olu'), await signedIn(service, 'Ada')])
      expect((await visitor.get(image)).status).toBe(404);
    expect((await service.visitor().get(image)).url).toContain('/sign-in');
  });
});

describe('a video', () => {
  it('goes by disk to the network, without where it was made, in stretches, and is shown on its way', async () => {
    await send({ text: 'It plays', picture: blob(film({ bytes: 3_500_000 })), description: 'A nurse signs' });
    expect([grace.page.status, grace.words.includes('need captions')]).toEqual([422, true]);
    await send({});
    expect([grace.page.status, grace.words.includes('Videos on their way to X')]).toEqual([200, true]);
    const post = await eventually(async () => (await network.posts()).find(({ text }) => text.startsWith('It plays')), {
      within: 30_000,
    });
    expect(post.mediaKeys[0]).toMatch(/^7_/);
    const [sent] = await service.db.query<{ bytes: number; bytes_taken: number; file: string }>(
      `SELECT bytes, bytes_taken, file FROM message_media WHERE type = 'video/mp4'`,
    );
    expect([sent?.bytes, sent?.bytes_taken]).toEqual([film({ bytes: 3_500_000 }).length, sent?.bytes]);
    expect((await service.app.get(Files).read(sent?.file ?? ''))?.includes(PLACE)).toBe(false);
    expect(await readdir(join(service.runtime.dataFolder, 'uploads'))).toEqual([]);
  });

  it('is refused when it is too long, and leaves nothing on disk', async () => {
    await send({ text: 'Too long', picture: blob(film({ seconds: 200 })) });
    expect([grace.page.status, grace.words.includes('2 minutes 20 seconds')]).toEqual([422, true]);
    expect(await readdir(join(service.runtime.dataFolder, 'uploads'))).toEqual([]);
  });
});

describe('a poll', () => {
  const tea = { 'poll-1': 'Tea', 'poll-2': ' Coffee ', 'poll-minutes': '60' };
  const polls = async (text: string) =>
    (await network.posts())
      .filter((each) => each.text === text)
      .map(({ poll }) => poll?.options.map(({ label }) => label));
  const inForm = () => {
    const root = parse(grace.page.text);
    const fields = root.querySelectorAll('input[name^=poll-]').map((each) => each.getAttribute('value') ?? '');
    return [...fields, root.querySelector('[name=poll-minutes] [selected]')?.getAttribute('value')];
  };
  async function state(text: string) {
    const [row] = await service.db.query<{ id: string; state: string }>(
      `SELECT id, state FROM messages WHERE data->>'text' = $1`,
      [text],
    );
    return row;
  }

  it('is folded away until wanted, kept with the draft, previewed, and put right without JavaScript', async () => {
    const folded = () => parse(grace.page.text).querySelector('details:has([name=poll-1])')?.hasAttribute('open');
    expect(folded()).toBe(false);
    await keep({ text: 'Tea?', 'poll-1': 'Tea', 'poll-3': 'Never', 'poll-minutes': '60' });
    expect([folded(), inForm()]).toEqual([true, ['Tea', 'Never', '', '', '60']]);
    expect(
      parse(grace.page.text)
        .querySelectorAll('#look .baton-poll li')
        .map((each) => each.textContent),
    ).toEqual(['Tea', 'Never']);
    expect(grace.words).toContain('People can vote for 1 hour. ');
    await send({ ...tea, 'poll-2': 'a'.repeat(26), picture: await photo(), description: 'A ward' });
    const links = parse(grace.page.text).querySelectorAll('.nhsuk-error-summary a');
    expect([grace.page.status, links.map((each) => each.getAttribute('href'))]).toEqual([422, ['#poll-1', '#poll-2']]);
    expect(await queued('Tea?')).toBe(0);
  });

  it('goes out with its post and shows where it is listed; an NHS number among its options is a wall', async () => {
    await send({ text: 'Who is it?', 'poll-1': 'Tea', 'poll-2': '943 476 5919' });
    expect([grace.page.status, grace.words.includes('Stop: an NHS number')]).toEqual([422, true]);
    await keep({ text: 'Tea or coffee?', ...tea }, 'previews/live');
    expect(grace.words).toMatch(/Price: \$0.015.*Tea.*Coffee.*for 1 hour/);
    await grace.get('/nhs/desk');
    await send({ text: 'Tea or coffee?', ...tea });
    expect(grace.words).toContain('Poll for 1 hour: Tea / Coffee');
    await eventually(async () => (await polls('Tea or coffee?')).length === 1, { within: 30_000 });
    expect(await polls('Tea or coffee?')).toEqual([['Tea', 'Coffee']]);
    const olu = await signedIn(service, 'Olu');
    await service.db.write(async (tx) =>
      service.app.get(People).give(tx, await personId(service, 'Olu'), nhs.id, 'organiser', null),
    );
    await olu.get(`/team/nhs/messages/${(await state('Tea or coffee?'))?.id}`);
    expect(olu.words).toContain('Poll for 1 hour: Tea / Coffee');
  });

  it('that is scheduled is a draft again, with what it asks, when it is taken back', async () => {
    const at = { 'when-day': '8', 'when-month': '12', 'when-year': '2026', 'when-time': '15:00' };
    await keep({ text: 'Later?', ...tea, ...at }, 'schedules');
    expect(grace.words).toContain('Poll for 1 hour: Tea / Coffee');
    await grace.submit({}, `/nhs/desk/posts/${(await state('Later?'))?.id}/take-backs`);
    expect(inForm()).toEqual(['Tea', 'Coffee', '', '', '60']);
  });

  it('that was sent without an answer is found by what it asks, not mixed up with the same words alone', async () => {
    await network.failOnce('create', 'applied-reset', 1);
    await send({ text: 'Is it there?', ...tea });
    await eventually(async () => (await state('Is it there?'))?.state === 'unknown', { within: 30_000 });
    const now = (await service.db.now()).getTime();
    await network.post({ handle: 'NHS', text: 'Is it there?', at: new Date(now - 30_000).toISOString() });
    await service.moveClock(new Date(now + 25_000));
    await eventually(async () => (await state('Is it there?'))?.state === 'sent', { within: 30_000 });
    const [row] = await service.db.query<{ ref: string }>(
      `SELECT provider_ref AS ref FROM messages WHERE data->>'text' = 'Is it there?'`,
    );
    expect((await network.posts()).find(({ id }) => id === row?.ref)?.poll?.options).toHaveLength(2);
  });
});

describe('the preview', () => {
  it('shows a thread as X will, with pictures, prices and warnings, and keeps it, without JavaScript', async () => {
    await keep({
      text: 'See https://www.nhs.uk/conditions/asthma/ @ada',
      text2: '#NHScurator',
      description2: 'A ward',
      picture2: [await photo(), await photo('#007f3b')],
    });
    const form = parse(grace.page.text).querySelector('form[data-live-preview]');
    expect(form?.querySelector('[formaction="/nhs/desk/previews#preview"]')?.textContent).toBe('Preview');
    const [one, two] = parse(grace.page.text).querySelectorAll('#look article');
    expect(one?.querySelectorAll('.baton-linked').map((each) => each.textContent)).toEqual([
      'nhs.uk/conditions/ast…',
      '@ada',
    ]);
    expect(two?.querySelectorAll('.baton-grid--2 img').map((each) => each.getAttribute('alt'))).toEqual([
      'A ward',
      'A picture that is not described yet',
    ]);
    expect(grace.words).toContain('Price: $0.225. X charges $0.20 for a post with a link');
    await keep({ text: 'Ring 07700 900123' }, 'previews');
    expect([grace.page.status, grace.words.includes('07700 900123 – This looks like')]).toEqual([200, true]);
  });

  it('shows the account under the name and the picture that X shows while it is somebody’s turn', async () => {
    const face = () => parse(grace.page.text).querySelector('#look .baton-face, .baton-look .baton-face');
    await keep({ text: 'Who says so?' });
    expect([face()?.textContent.trim(), face()?.querySelector('img')]).toEqual(['NHS / Grace @NHS', null]);
    const profile = { name: 'NHS', handle: 'NHS', avatarFile: 'b'.repeat(64) };
    await service.db.write((tx) =>
      tx.query(
        'INSERT INTO feeds (account_id, profile, changed_at, next_pull_at) VALUES ($1, $2, now(), now()) ON CONFLICT (account_id) DO UPDATE SET profile = $2',
        [nhs.id, JSON.stringify(profile)],
      ),
    );
    await keep({ text: 'Who says so?' }, 'previews/live');
    expect(face()?.querySelector('img')?.getAttribute('src')).toBe(`/nhs/pictures/${profile.avatarFile}.webp`);
  });

  it('comes while one types, from the same code, and changes nothing', async () => {
    await keep({ text: 'Before', picture: await photo(), description: 'A ward' });
    const before = await service.db.query('SELECT * FROM drafts ORDER BY id');
    const [field = ''] = describing();
    await keep({ text: `${'😀'.repeat(141)}`, [field]: 'The ward at dawn' }, 'previews/live');
    const panel = parse(grace.page.text).querySelector('.baton-look');
    expect(panel?.getAttribute('data-says')).toContain('2 characters too many');
    expect(panel?.querySelector('article')?.getAttribute('data-length')).toBe('282');
    expect(panel?.querySelector('.baton-grid img')?.getAttribute('alt')).toBe('The ward at dawn');
    expect(await service.db.query('SELECT * FROM drafts ORDER BY id')).toEqual(before);
  });

  it('shows nobody the pictures of somebody else’s draft', async () => {
    await keep({ text: 'Mine', picture: await photo(), description: 'Mine alone' });
    const key = new URL(grace.page.url).searchParams.get('draft') ?? '';
    await onDuty(service, await makeAccount(service, { slug: 'other', handle: 'Other' }), 'Kim');
    const kim = await signedIn(service, 'Kim');
    await kim.get('/other/desk');
    const token = parse(kim.page.text).querySelector('[name=_csrf]')?.getAttribute('value') ?? '';
    await kim.post('/other/desk/previews/live', { _csrf: token, key, text: 'Hello' });
    expect([kim.page.status, kim.page.text.includes('Mine alone')]).toEqual([200, false]);
  });
});

describe('a post with something worth a warning', () => {
  it('is kept, says what and why, and goes out at the second press', async () => {
    const text = 'Ring me on 07700 900123, I ❤️ my job';
    await send({ text });
    expect([grace.page.status, await queued(text)]).toEqual([422, 0]);
    expect(grace.words).toContain('07700 900123 – This looks like a phone number.');
    expect(grace.words).toContain('I ❤️ my – Screen readers say');
    await send({});
    expect([grace.page.status, await queued(text)]).toEqual([200, 1]);
  });

  it('is kept again when something else worth a warning was added to it', async () => {
    await send({ text: 'Write to a@example.org' });
    await send({ text: 'Write to a@example.org or b@example.org' });
    expect([grace.page.status, grace.words.includes('b@example.org – ')]).toEqual([422, true]);
    await send({ text: 'Write to us' });
    expect([grace.page.status, await queued('Write to us')]).toEqual([200, 1]);
  });

  it('goes out at once when there is only a hint', async () => {
    await send({ text: 'Read nhs.uk #mentalhealthnurses' });
    expect([grace.page.status, await queued('Read nhs.uk #mentalhealthnurses')]).toEqual([200, 1]);
  });
});

describe('an NHS number', () => {
  const text = 'The poster says 943 476 5919';

  it('stops a post until somebody says why, which the audit log keeps without the number', async () => {
    await send({ text });
    expect([grace.page.status, grace.words.includes('Stop: an NHS number')]).toEqual([422, true]);
    await send({ reason: '  ' });
    expect([grace.page.status, await queued(text)]).toEqual([422, 0]);
    expect(parse(grace.page.text).querySelector('#reason-error')?.textContent).toContain('Say why');
    await send({ reason: 'It is the made-up number of the training poster' });
    expect([grace.page.status, await queued(text)]).toEqual([200, 1]);
    const entries = await service.app.get(Audit).read(nhs.id, 5);
    const passed = entries.find(({ verb }) => verb === 'post.nhs-number-passed');
    expect(passed?.particulars).toEqual({ reason: 'It is the made-up number of the training poster' });
    expect([passed?.detail.walls, JSON.stringify(entries).includes('5919')]).toEqual([1, false]);
  });

  it('stops a part of a thread, too, by a form that says that all was read', async () => {
    const thread = { text: 'One', text2: '4010232137', read: '["2 nhs-number 4010232137"]' };
    await send(thread);
    expect([grace.page.status, grace.words.includes('Part 2: 4010232137 – This is an NHS number')]).toEqual([
      422,
      true,
    ]);
    expect(await queued('One')).toBe(0);
  });
});
