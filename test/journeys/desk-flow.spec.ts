import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'node-html-parser';
import type { Account } from '../../src/credentials/account.entity.js';
import { DeskJobs } from '../../src/desk/desk.jobs.js';
import { Draft } from '../../src/desk/draft.entity.js';
import { DraftShape } from '../../src/desk/draft-shape.service.js';
import { Watch } from '../../src/operations/watch.service.js';
import { People } from '../../src/people/people.service.js';
import { makeAccount, onDuty, personId, signedIn } from '../support/community.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

jest.setTimeout(90_000);

const TUESDAY = new Date('2026-12-08T10:00:00Z');

let service: Service;
let network: Pretend;
let nhs: Account;
let grace: Visitor;

beforeAll(async () => {
  service = await startService({ clockStart: TUESDAY });
  network = new Pretend(service);
  nhs = await makeAccount(service);
  await onDuty(service, nhs, 'Grace');
  grace = await signedIn(service, 'Grace');
});
afterAll(() => service?.stop());
beforeEach(() => grace.get('/nhs/desk'));

async function states(text: string): Promise<string[]> {
  const rows = await service.db.query<{ state: string }>(
    `SELECT state FROM messages WHERE channel = 'post' AND data->>'text' = $1 ORDER BY created_at`,
    [text],
  );
  return rows.map(({ state }) => state);
}

async function atNetwork(text: string): Promise<number> {
  return (await network.posts()).filter((post) => post.text === text).length;
}

/** The form of the page seen last, sent to be scheduled. */
function schedule(text: string, date: string, time: string) {
  const [year = '', month = '', day = ''] = date.split('-');
  return sendTo('schedules', { text, 'when-day': day, 'when-month': month, 'when-year': year, 'when-time': time });
}

async function sendTo(what: string, fields: Record<string, string>) {
  const [page, form] = [grace.page.text, /<form[^>]*desk\/publications[\s\S]*?<\/form>/.exec(grace.page.text)?.[0]];
  const hidden = [...(form ?? page).matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  const given = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
  return grace.post(`/nhs/desk/${what}`, { ...given, ...fields });
}

describe('a draft', () => {
  afterAll(() => service.db.write((tx) => tx.query('DELETE FROM drafts')));

  async function texts(): Promise<string[]> {
    const rows = await service.db.query<{ text: string }>('SELECT text FROM drafts ORDER BY text');
    return rows.map(({ text }) => text);
  }

  /** What the page's script sends while somebody types. */
  async function typed(fields: Record<string, string>) {
    const { text } = await sendTo('drafts/autosaves', fields);
    return JSON.parse(text) as { key: string; version: number; apart: boolean; ended: boolean };
  }

  it('is saved while somebody types, kept over sign-out, and discarded after a question', async () => {
    const { page } = grace;
    const first = await typed({ text: 'Good mor' });
    grace.page = page;
    const second = await typed({ text: 'Good morning', key: first.key, version: String(first.version) });
    expect([first.apart, second, await texts()]).toEqual([
      false,
      { key: first.key, version: 2, apart: false, ended: false },
      ['Good morning'],
    ]);
    grace = await signedIn(service, 'Grace');
    await grace.get(`/nhs/desk?draft=${first.key}`);
    expect(grace.page.text).toContain('>Good morning</textarea>');
    await grace.get(`/nhs/desk/drafts/${first.key}/removal`);
    expect([grace.words.includes('Good morning'), await texts()]).toEqual([true, ['Good morning']]);
    await grace.submit({}, 'removals');
    expect(await texts()).toEqual([]);
  });

  it('that two windows change is not overwritten: the older one is told and keeps its words apart', async () => {
    await sendTo('drafts', { text: 'As it was' });
    const older = grace.page;
    await grace.get(older.url);
    await sendTo('drafts', { text: 'Changed in the newer window' });
    grace.page = older;
    const kept = await typed({ text: 'Typed in the older window' });
    expect([kept.apart, await texts()]).toEqual([true, ['Changed in the newer window', 'Typed in the older window']]);
    grace.page = older;
    await sendTo('publications', { text: 'Sent from the older window' });
    expect([grace.page.status, grace.words.includes('changed in another window')]).toEqual([409, true]);
    expect([await states('Sent from the older window'), (await texts()).length]).toEqual([[], 3]);
  });

  it('does not come back when its page saves once more after it was sent', async () => {
    await service.db.write((tx) => tx.query('DELETE FROM drafts'));
    const { page } = grace;
    await sendTo('publications', { text: 'Sent and done' });
    grace.page = page;
    expect([(await typed({ text: 'Sent and done' })).ended, await texts()]).toEqual([true, []]);
  });
});

describe('a post that was just sent', () => {
  let olu: Visitor;
  beforeAll(async () => {
    olu = await signedIn(service, 'Olu');
    await rule({ undoSeconds: '90' });
  });
  afterAll(() => rule({ undoSeconds: '0' }));

  async function rule(given: Record<string, string>): Promise<void> {
    await olu.get('/team/nhs/desk');
    await olu.submit(given, '/team/nhs/desk');
  }

  it('can be undone for as long as the team has set, and its words are a draft again', async () => {
    await sendTo('publications', { text: 'Too quick' });
    const going = parse(grace.page.text).querySelector('[data-going]');
    expect(going?.getAttribute('data-going')).toMatch(/^(8\d|90)$/);
    expect(going?.querySelector('[role=status]')?.textContent).toMatch(
      /^It is sent at 10:\d\d:\d\dam, and can be undone/,
    );
    await grace.submit({}, 'take-backs');
    expect([await states('Too quick'), grace.page.text.includes('>Too quick</textarea>')]).toEqual([
      ['withdrawn'],
      true,
    ]);
    await service.db.write((tx) => tx.query('DELETE FROM drafts'));
  });

  it('goes out when that time is over, and cannot be undone any more', async () => {
    await sendTo('publications', { text: 'Meant it' });
    const { page } = grace;
    expect(await atNetwork('Meant it')).toBe(0);
    await service.moveClock(new Date((await service.db.now()).getTime() + 91_000));
    await eventually(async () => (await atNetwork('Meant it')) === 1, { within: 30_000 });
    grace.page = page;
    await grace.submit({}, 'take-backs');
    expect([grace.page.status, grace.words.includes('It has gone out')]).toEqual([409, true]);
  });

  it('has only so much time as the team may set', async () => {
    await rule({ undoSeconds: '121' });
    expect([olu.page.status, olu.words.includes('from 0 to 120')]).toEqual([422, true]);
    const rhian = await signedIn(service, 'Rhian');
    expect((await rhian.get('/team/nhs/desk')).status).toBe(403);
  });
});

describe('deleting a post of one’s own', () => {
  async function published(text: string): Promise<string> {
    await sendTo('publications', { text });
    const [row] = await eventually(async () => {
      const rows = await service.db.query<{ id: string }>(
        `SELECT id FROM messages WHERE data->>'text' = $1 AND state = 'sent'`,
        [text],
      );
      return rows.length > 0 ? rows : null;
    });
    return row?.id ?? '';
  }

  it('takes two presses, is done at X once, and leaves the feed', async () => {
    const id = await published('Said in haste');
    const inFeed = async () => (await (await fetch(`${service.url}/nhs/posts.json`)).text()).includes('Said in haste');
    await eventually(inFeed, { within: 30_000 });
    await grace.get('/nhs/desk');
    expect(grace.words).toContain('0 likes, 0 replies, 0 reposts');
    await grace.get(`/nhs/desk/posts/${id}/deletion`);
    const question = grace.page;
    expect(await atNetwork('Said in haste')).toBe(1);
    await grace.submit({}, 'deletion');
    grace.page = question;
    await grace.submit({}, 'deletion');
    await eventually(async () => (await atNetwork('Said in haste')) === 0, { within: 30_000 });
    await eventually(async () => !(await inFeed()), { within: 30_000 });
    await grace.get('/nhs/desk');
    expect(grace.words).toMatch(/Deleted from X.*X deleted it on Tuesday 8 December 2026/);
    const audited = await service.db.query<{ verb: string }>(
      `SELECT verb FROM audit_entries WHERE subject_id = $1 AND verb LIKE 'post.delet%' ORDER BY seq`,
      [id],
    );
    expect(audited.map(({ verb }) => verb)).toEqual(['post.deletion-asked', 'post.deleted']);
    const costs = await service.db.query(`SELECT items, micro_dollars FROM network_costs WHERE kind = 'deletion'`);
    expect(costs).toEqual([{ items: 1, micro_dollars: '10000' }]);
  });

  it('is asked for again by itself while the network does not answer', async () => {
    const id = await published('Hard to delete');
    await network.failOnce('delete', 'applied-reset', 1);
    await grace.get(`/nhs/desk/posts/${id}/deletion`);
    await grace.submit({}, 'deletion');
    await eventually(
      async () => {
        await grace.get('/nhs/desk');
        return grace.words.includes('it is asked again by itself');
      },
      { within: 30_000 },
    );
    await service.moveClock(new Date((await service.db.now()).getTime() + 60_000));
    await eventually(async () => (await atNetwork('Hard to delete')) === 0, { within: 30_000 });
  });

  it('is there for organisers, too, with a reason, whether or not its author may act', async () => {
    const id = await published('Not what we say');
    const olu = await signedIn(service, 'Olu');
    await olu.get(`/team/nhs/messages/${id}`);
    expect(olu.page.text).toContain(`href="/team/nhs/messages/${id}/deletion"`);
    await olu.get(`/team/nhs/messages/${id}/deletion`);
    await olu.submit({ reason: ' ' }, 'deletion');
    expect([olu.page.status, await atNetwork('Not what we say')]).toEqual([422, 1]);
    await olu.submit({ reason: 'It names a hospital' }, 'deletion');
    await eventually(async () => (await atNetwork('Not what we say')) === 0, { within: 30_000 });
    await eventually(async () => {
      await olu.get(`/team/nhs/messages/${id}/deletion`);
      return olu.words.includes('X deleted it on Tuesday 8 December 2026');
    });
    await grace.get('/nhs/desk');
    expect(grace.words).toContain('The team asked for it: X deleted it');
    expect((await grace.get(`/team/nhs/messages/${id}/deletion`)).status).toBe(403);
  });

  it('is for nobody else, and for nothing that is not out', async () => {
    const id = await published('Stays where it is');
    await service.db.write((tx) => tx.query(`UPDATE messages SET author_id = gen_random_uuid() WHERE id = $1`, [id]));
    expect((await grace.get(`/nhs/desk/posts/${id}/deletion`)).status).toBe(404);
  });
});

describe('with four eyes', () => {
  let olu: Visitor;

  beforeAll(async () => {
    olu = await signedIn(service, 'Olu');
    await rule({ approval: 'always', approvalMinutes: '30' });
  });
  afterAll(async () => {
    await rule({ approval: 'off' });
    await service.db.write((tx) => tx.query('DELETE FROM drafts'));
  });

  async function rule(given: Record<string, string>): Promise<void> {
    await olu.get('/team/nhs/desk');
    await olu.submit({ approval: 'always', ...given }, '/team/nhs/desk');
  }

  const waits = async (text: string, more: Record<string, string> = {}) => {
    await sendTo('publications', { text, ...more });
    expect(grace.words).toContain('Your post waits for the team');
    expect([await states(text), grace.words.includes('Waits for approval')]).toEqual([[], true]);
  };

  it('a post goes out when an organiser has approved it, in one press, and as it was read', async () => {
    await waits('Read me first', { 'poll-1': 'Read', 'poll-2': 'Unread' });
    await service.letter('olu@example.org', /A post on @NHS waits for you/);
    await olu.get('/team/nhs/approvals');
    expect(olu.words).toMatch(/Read me first.*Poll for 1 day: Read \/ Unread/);
    await olu.submit({}, '/approvals');
    expect([olu.page.status, olu.words.includes('Nothing waits')]).toEqual([200, true]);
    await eventually(async () => (await atNetwork('Read me first')) === 1, { within: 30_000 });
    const poll = (await network.posts()).find(({ text }) => text === 'Read me first')?.poll;
    expect(poll?.options.map(({ label }) => label)).toEqual(['Read', 'Unread']);
    await service.letter('grace@example.org', /is approved/);
  });

  it('whoever decides is called to it, and sees what its author was warned of, and the price', async () => {
    await sendTo('publications', { text: 'Ring me on 07700 900123' });
    await grace.submit({}, 'publications');
    await olu.get('/team/nhs');
    expect(olu.words).toContain('Now 1 post waits for an organiser to read it');
    await olu.get('/team/nhs/approvals');
    expect(olu.words).toMatch(
      /Price: \$0\.015 What its author was warned of 07700 900123 – This looks like a phone number/,
    );
    await olu.submit({ note: 'No numbers, please' }, 'returns');
    await olu.get('/team/nhs');
    expect(olu.words).not.toContain('waits for an organiser to read');
  });

  it('a post that is sent back comes with the reason, and is not out', async () => {
    await waits('Too sharp');
    await olu.get('/team/nhs/approvals');
    await olu.submit({ note: '' }, 'returns');
    expect([olu.page.status, olu.words.includes('Say why')]).toEqual([422, true]);
    await olu.submit({ note: 'Mind the tone' }, 'returns');
    await grace.get('/nhs/desk');
    expect([grace.words.includes('The team wrote: “Mind the tone”'), await states('Too sharp')]).toEqual([true, []]);
  });

  it('a post that its author changes meanwhile is not approved unread', async () => {
    await waits('What was read');
    await olu.get('/team/nhs/approvals');
    const read = olu.page;
    const [draft] = await service.db.query<{ id: string }>(`SELECT id FROM drafts WHERE text = 'What was read'`);
    await grace.get(`/nhs/desk?draft=${draft?.id}`);
    await sendTo('drafts', { text: 'What nobody has read' });
    olu.page = read;
    await olu.submit({}, '/approvals');
    expect([olu.page.status, await states('What nobody has read')]).toEqual([409, []]);
  });

  it.each<[string, (shape: DraftShape, draft: Draft) => Promise<void>]>([
    ['adding a part', (shape, draft) => shape.addPart(draft)],
    ['taking a part away', (shape, draft) => shape.removePart(draft, 2)],
    ['taking a picture off', (shape, draft) => shape.removePicture(draft, randomUUID())],
  ])('%s in a second window takes a post back that waits since then', async (_, change) => {
    await waits('Read in this shape');
    await olu.get('/team/nhs/approvals');
    const draft = await service.db.manager.findOneByOrFail(Draft, { text: 'Read in this shape' });
    await change(service.app.get(DraftShape), draft);
    await olu.submit({}, '/approvals');
    expect([olu.page.status, await states('Read in this shape')]).toEqual([409, []]);
    await service.db.write((tx) => tx.query('DELETE FROM drafts'));
    await expect(change(service.app.get(DraftShape), draft)).rejects.toThrow('in another window meanwhile');
  });

  it('nobody approves a post of their own', async () => {
    await waits('By my own hand');
    const own = await personId(service, 'Grace');
    await service.db.write((tx) => service.app.get(People).give(tx, own, nhs.id, 'organiser', null));
    await grace.get('/team/nhs/approvals');
    expect(grace.words).toContain('You wrote it, so somebody else has to decide');
    const [row] = await service.db.query<{ id: string }>(`SELECT id FROM post_approvals WHERE state = 'waiting'`);
    const csrf = /name="_csrf" value="([^"]+)"/.exec(grace.page.text)?.[1] ?? '';
    await grace.post(`/team/nhs/approvals/${row?.id}/approvals`, { _csrf: csrf });
    expect([grace.page.status, await states('By my own hand')]).toEqual([403, []]);
    await service.db.write((tx) => tx.query('DELETE FROM roles WHERE person_id = $1', [own]));
  });

  it('a post about which nobody decides in time goes back to its author, never out', async () => {
    await olu.get('/team/nhs/approvals');
    const late = olu.page;
    await service.moveClock(new Date((await service.db.now()).getTime() + 31 * 60_000));
    await eventually(
      async () => {
        await grace.get('/nhs/desk');
        return grace.words.includes('Not read in time');
      },
      { within: 30_000 },
    );
    olu.page = late;
    await olu.submit({}, '/approvals');
    expect([olu.page.status, await states('By my own hand')]).toEqual([409, []]);
    await service.letter('grace@example.org', /was not read in time/);
  });

  it('whether its author may act is asked again when it is approved', async () => {
    await waits('Read in a pause');
    await service.db.write((tx) =>
      tx.query(
        `INSERT INTO holds (account_id, kind, scope, starts_at, ends_at, reason) VALUES ($1, 'pause', 'curators', $2, $3, 'Abuse')`,
        [nhs.id, tx.now, new Date(tx.now.getTime() + 60_000)],
      ),
    );
    await olu.get('/team/nhs/approvals');
    await olu.submit({}, '/approvals');
    expect([olu.page.status, await states('Read in a pause')]).toEqual([403, []]);
    await service.moveClock(new Date((await service.db.now()).getTime() + 61_000));
  });
});

describe('a content plan', () => {
  const PLAN = 'Monday: who we are\nTuesday: <b>night shifts</b>';

  it('is written by each curator for their own turn, and stands beside the desk', async () => {
    expect(grace.words).toMatch(/Content plan\s*Write your plan/);
    await grace.get('/nhs/desk/plan');
    await grace.submit({ text: 'x'.repeat(5001) }, 'desk/plan');
    expect([grace.page.status, grace.words.includes('under 5,000 characters')]).toEqual([422, true]);
    await grace.submit({ text: PLAN }, 'desk/plan');
    expect([grace.words.includes('Your plan is kept'), grace.page.text.includes('<b>')]).toEqual([true, false]);
    await grace.get('/nhs/desk');
    expect(grace.words).toMatch(/Content plan\s*Monday: who we are\s+Tuesday: <b>night shifts<\/b>.*Change your plan/);
    const audited = await service.db.query(`SELECT detail FROM audit_entries WHERE verb = 'turn.plan-kept'`);
    expect(audited).toEqual([{ detail: { characters: PLAN.length } }]);
  });

  it('is read by organisers with the turns that come, beside what they ask of every turn', async () => {
    const olu = await signedIn(service, 'Olu');
    await olu.get('/team/nhs/plans');
    expect(olu.words).toMatch(/Grace Monday 7 December.*Monday: who we are/);
    await olu.get('/team/nhs/desk');
    await olu.submit({ approval: 'off', plan: 'One post about volunteers' }, '/team/nhs/desk');
    await grace.get('/nhs/desk/plan');
    expect(grace.words).toMatch(/What the team asks for\s*One post about volunteers/);
    expect((await grace.get('/team/nhs/plans')).status).toBe(403);
  });

  it('is taken away by keeping nothing', async () => {
    await grace.get('/nhs/desk/plan');
    await grace.submit({ text: ' ' }, 'desk/plan');
    expect(await service.db.query('SELECT 1 FROM turn_plans')).toEqual([]);
  });
});

describe('a scheduled post', () => {
  it('waits for its time, is listed, and goes out then and once', async () => {
    await schedule('At half past eleven', '2026-12-08', '11:30');
    expect(grace.words).toContain('Your post is scheduled');
    expect(grace.words).toContain('Tuesday 8 December 2026 at 11:30am GMT');
    expect([await states('At half past eleven'), await atNetwork('At half past eleven')]).toEqual([['waiting'], 0]);
    await service.moveClock(new Date('2026-12-08T11:30:01Z'));
    await eventually(async () => (await atNetwork('At half past eleven')) === 1, { within: 30_000 });
  });

  it('that X refuses is told to its author by letter, once, with what X said', async () => {
    await schedule('What X will not have', '2026-12-08', '11:45');
    await network.failOnce('create', '403-reply', 1);
    await service.moveClock(new Date('2026-12-08T11:45:01Z'));
    const letter = await service.letter('grace@example.org', /X refused your post on @NHS/);
    expect(letter.text).toMatch(/begins “What X will not have”[\s\S]*Baton does not try again/);
    expect(await states('What X will not have')).toEqual(['refused']);
    await service.app.get(DeskJobs).sweep();
    const told = await service.db.query(`SELECT 1 FROM messages WHERE template = 'post-stands'`);
    expect(told).toHaveLength(1);
  });

  it('that X refused becomes a draft again with its words and pictures by a button, and is not offered for long past', async () => {
    await grace.submit({}, 'take-backs');
    expect(grace.page.text).toMatch(/<textarea[^>]*id="text"[^>]*>What X will not have</);
    expect(grace.page.url).not.toContain('for=');
    expect([await states('What X will not have'), grace.words.includes('Make it a draft again')]).toEqual([
      ['withdrawn'],
      false,
    ]);
    expect(grace.words).toMatch(/Withdrawn What X will not have.*Taken back by its author\. \S/);
    await service.db.write((tx) => tx.query('DELETE FROM drafts'));
  });

  it('is taken back as a draft with its words and its time, and scheduled anew', async () => {
    await schedule('Not quite right', '2026-12-08', '16:00');
    await grace.submit({}, 'take-backs');
    expect(await states('Not quite right')).toEqual(['withdrawn']);
    expect(grace.page.text).toMatch(/id="when-time"[^>]*value="16:00"/);
    expect(grace.page.text).toMatch(/<textarea[^>]*id="text"[^>]*>Not quite right</);
    await schedule('Quite right', '2026-12-08', '17:00');
    expect([await states('Quite right'), grace.words.includes('5pm GMT')]).toEqual([['waiting'], true]);
    expect(await service.db.query('SELECT 1 FROM drafts')).toEqual([]);
  });

  it.each([
    ['after the turn', '2026-12-11', '18:00', /Your turn has ended by then/],
    ['outside the posting hours', '2026-12-08', '20:00', /outside its posting hours then/],
    ['in the past', '2026-12-08', '09:00', /That time has passed/],
    ['at no time at all', '2026-13-40', '99:99', /Enter a date and a time/],
  ])('is refused %s, and nothing of it is lost', async (_, date, time, sentence) => {
    await schedule(`Never ${date} ${time}`, date, time);
    expect([grace.page.status, await states(`Never ${date} ${time}`)]).toEqual([422, []]);
    expect(grace.words).toMatch(sentence);
    expect(grace.page.text).toContain(`>Never ${date} ${time}</textarea>`);
    expect(grace.page.text).toMatch(new RegExp(`id="when-time"[^>]*value="${time}"`));
    await service.db.write((tx) => tx.query('DELETE FROM drafts'));
  });

  it('stays on the desk however much is posted after it', async () => {
    await schedule('For the evening', '2026-12-08', '18:30');
    const [row] = await service.db.query<{ id: string }>(
      `SELECT id FROM messages WHERE data->>'text' = 'For the evening'`,
    );
    await service.db.write((tx) =>
      tx.query(
        `INSERT INTO messages (key, account_id, channel, template, data, cause_kind, cause_id, stint_id, author_id, due_at, state, created_at, settled_at)
         SELECT 'many ' || n, account_id, channel, template, jsonb_build_object('text', 'Post ' || n), cause_kind, cause_id, stint_id, author_id, $2,
           'refused', $2::timestamptz + make_interval(secs => n), $2 FROM messages, generate_series(1, 120) n WHERE id = $1`,
        [row?.id, tx.now],
      ),
    );
    await grace.get('/nhs/desk');
    expect([
      grace.words.includes('For the evening'),
      grace.words.includes('Post 120'),
      /Post 9\b/.test(grace.words),
    ]).toEqual([true, true, false]);
    await grace.submit({}, `${row?.id}/take-backs`);
    await service.db.write((tx) => tx.query(`DELETE FROM messages WHERE key LIKE 'many %'`));
    await service.db.write((tx) => tx.query('DELETE FROM drafts'));
    expect(await states('For the evening')).toEqual(['withdrawn']);
  });

  it('of somebody else is not taken back', async () => {
    await schedule('Mine alone', '2026-12-08', '19:00');
    const [row] = await service.db.query<{ id: string }>(`SELECT id FROM messages WHERE data->>'text' = 'Mine alone'`);
    const olu = await signedIn(service, 'Olu');
    await olu.get('/me/sessions');
    const csrf = /name="_csrf" value="([^"]+)"/.exec(olu.page.text)?.[1] ?? '';
    await olu.post(`/nhs/desk/posts/${row?.id}/take-backs`, { _csrf: csrf });
    expect([olu.page.status, await states('Mine alone')]).toEqual([403, ['waiting']]);
  });

  it('that a pause overtakes is held, and the desk says so', async () => {
    await service.db.write((tx) =>
      tx.query(
        `INSERT INTO holds (account_id, kind, scope, starts_at, ends_at, reason) VALUES ($1, 'pause', 'curators', $2, $3, 'Abuse')`,
        [nhs.id, tx.now, new Date('2026-12-08T17:30:00Z')],
      ),
    );
    await grace.get('/nhs/desk');
    await schedule('Into the pause', '2026-12-08', '17:00');
    expect([grace.page.status, grace.words.includes('The account is paused then')]).toEqual([422, true]);
    await service.moveClock(new Date('2026-12-08T17:00:01Z'));
    await eventually(async () => (await states('Quite right'))[0] === 'held', { within: 30_000 });
    await grace.get('/nhs/desk');
    expect(grace.words).toContain('One post of yours was held');
    const letter = await service.letter('grace@example.org', /Your post on @NHS is held/);
    expect(letter.text).toMatch(/begins “Quite right”[\s\S]*does not go out by itself/);
    await service.app.get(Watch).look(nhs.id);
    expect((await service.letter('olu@example.org', /a post is held/)).text).toContain('One post did not go out');
    expect(await atNetwork('Quite right')).toBe(0);
  });
});
