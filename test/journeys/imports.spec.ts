import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'node-html-parser';
import { Audit } from '../../src/audit/audit.service.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { Pulls } from '../../src/feed/pulls.service.js';
import { Retention } from '../../src/operations/retention.service.js';
import { makeAccount, personId, signedIn } from '../support/community.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';
import { messySheet, type ToldTurn } from '../support/spreadsheet.js';
import type { Visitor } from '../support/visitor.js';

jest.setTimeout(120_000);

const { text, turns } = messySheet('2025-11-24', 52);
const PAGE = '/team/nhs/rota/imports';
/** A pull sees the newest twenty. */
const AT_ONCE = 18;

let service: Service;
let network: Pretend;
let nhs: Account;
let olu: Visitor;
/** Every post by id, with its instant. */
const posts = new Map<string, Date>();

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-11-23T07:00:00Z'), env: { RUN: 'web' } });
  network = new Pretend(service);
  nhs = await makeAccount(service);
  await network.unlimit();
  await service.db.write((tx) =>
    tx.query('INSERT INTO feeds (account_id, changed_at, next_pull_at) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING', [
      nhs.id,
      tx.now,
    ]),
  );
  olu = await signedIn(service, 'Olu');
});

afterAll(() => service?.stop());

/** Around every second boundary of the year, then the look that takes them in. */
async function postAYear(): Promise<void> {
  const instants = turns
    .filter((_, index) => index % 2 === 0)
    .flatMap(({ from, to }) => [from.getTime() - 1, from.getTime(), to.getTime() - 1, to.getTime()])
    .sort((a, b) => a - b);
  for (const [index, at] of instants.entries()) {
    await post(new Date(at));
    if (index % AT_ONCE === AT_ONCE - 1) await pull();
  }
  await pull();
}

async function post(at: Date): Promise<void> {
  posts.set(await network.post({ handle: 'NHS', text: `At ${at.toISOString()}`, at: at.toISOString() }), at);
}

async function pull(): Promise<void> {
  expect(await service.app.get(Pulls).pull(nhs.id)).toBe(true);
}

/** Whose each held post is by the feed's rows: a name in small letters, or the house. */
async function credited(): Promise<Record<string, string>> {
  const rows = await service.db.query<{ id: string; name: string | null; by: string }>(
    `SELECT f.network_id AS id, lower(p.name) AS name, credited_by AS by FROM feed_posts f
     LEFT JOIN stints s ON s.id = f.stint_id LEFT JOIN persons p ON p.id = s.person_id AND p.id = f.person_id WHERE f.account_id = $1`,
    [nhs.id],
  );
  return Object.fromEntries(rows.map(({ id, name, by }) => [id, `${name ?? 'the house'} by ${by}`]));
}

function told(all: ToldTurn[]): Record<string, string> {
  return Object.fromEntries(
    [...posts].map(([id, at]) => {
      const turn = all.find(({ from, to }) => from <= at && at < to);
      return [id, turn ? `${turn.who.toLowerCase()} by grant` : 'the house by house'];
    }),
  );
}

async function counts(): Promise<Record<string, number> | undefined> {
  const [row] = await service.db.query<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM stints WHERE account_id = $1) AS stints, (SELECT count(*)::int FROM grants WHERE account_id = $1) AS grants,
            (SELECT count(*)::int FROM slots WHERE import_id IS NOT NULL) AS slots, (SELECT count(*)::int FROM persons WHERE import_id IS NOT NULL) AS people`,
    [nhs.id],
  );
  return row;
}

/** Chooses the file, sees how it is read, and imports it. */
async function importSheet(): Promise<void> {
  await olu.get(PAGE);
  await olu.submit({ file: new Blob([text]) }, 'imports/previews');
  await olu.submit({}, PAGE);
}

describe('the rota of a year before Baton', () => {
  it('is shown line by line before anything is kept', async () => {
    await olu.get('/team/nhs/rota');
    expect(olu.page.text).toContain(PAGE);
    await olu.get(PAGE);
    await olu.submit({ file: new Blob([text]) }, 'imports/previews');
    expect([olu.page.status, olu.words.includes(`${turns.length} turns from`)]).toEqual([200, true]);
    expect(olu.words).toContain('Not read: E-mail');
    expect(olu.words).toContain('The same as line');
    expect(olu.words).not.toContain('private@example.org and');
    expect(await counts()).toEqual({ stints: 0, grants: 0, slots: 0, people: 0 });
  });

  it('credits the posts that are held, and those that are pulled later, without one mistake', async () => {
    await postAYear();
    expect(await credited()).toEqual(told([]));
    await importSheet();
    expect([olu.page.status, olu.words.includes(`${turns.length} turns, by Olu`)]).toEqual([200, true]);
    expect(await credited()).toEqual(told(turns));
    const last = turns.at(-1);
    await post(new Date((last?.to.getTime() ?? 0) - 60_000));
    await pull();
    expect(await credited()).toEqual(told(turns));
    expect(Object.values(told(turns)).filter((who) => who.endsWith('by grant')).length).toBeGreaterThan(40);
  });

  it('has each person once, without an address; is told to the audit log, and its pages open', async () => {
    const people = await service.db.query<{ name: string; shown: string; email: string | null }>(
      'SELECT name, shown_name AS shown, email FROM persons WHERE import_id IS NOT NULL',
    );
    expect(people.map(({ name }) => name.toLowerCase()).sort()).toEqual(
      [...new Set(turns.map(({ who }) => who.toLowerCase()))].sort(),
    );
    expect(people.filter(({ email }) => email !== null)).toEqual([]);
    const verbs = (await service.app.get(Audit).read(nhs.id, 200)).map(({ verb }) => verb);
    expect(verbs.filter((verb) => verb === 'stint.imported')).toHaveLength(turns.length);
    expect(verbs).toContain('rota.imported');
    const [stint] = await service.db.query<{ id: string; slot: string }>(
      'SELECT id, slot_id AS slot FROM stints ORDER BY starts_at LIMIT 1',
    );
    expect((await olu.get(`/team/nhs/stints/${stint?.id}`)).status).toBe(200);
    expect(olu.words).toContain('from a rota that was imported');
    for (const path of [
      `/team/nhs/slots/${stint?.slot}`,
      '/team/nhs/rota',
      '/team/nhs/feed',
      '/team/nhs',
      '/nhs/weeks',
    ])
      expect([path, (await olu.get(path)).status]).toEqual([path, 200]);
    for (const path of [`/nhs/weeks/${stint?.slot}`, `/nhs/turns/${stint?.id}`]) {
      expect([path, (await olu.get(path)).status, olu.words.includes('Ana')]).toEqual([path, 200, true]);
      expect(olu.words).not.toContain('Ana Example');
    }
  });

  it('tells the team that an applicant may be somebody from it, and joins nobody', async () => {
    const apply = async (name: string) => {
      const [row] = await service.db.write((tx) =>
        tx.query<{ id: string }>(
          `INSERT INTO applications (account_id, state, email, email_key, answers, created_at, submitted_at, verified_at)
           VALUES ($1, 'waiting', $2, $2, $3, $4, $4, $4) RETURNING id`,
          [nhs.id, `${name.length}@example.org`, JSON.stringify({ name }), tx.now],
        ),
      );
      return row?.id ?? '';
    };
    const [ana, stranger] = [await apply('ana  Example'), await apply('Somebody Else')];
    await olu.get(`/team/nhs/applications/${ana}`);
    expect(olu.words).toMatch(/Perhaps had the account before\s*Ana Example, Monday/);
    await olu.get(`/team/nhs/applications/${stranger}`);
    expect([olu.page.status, olu.words.includes('Perhaps had the account')]).toEqual([200, false]);
    const joined = await service.db.query(`SELECT 1 FROM persons WHERE name = 'Ana Example' AND email IS NOT NULL`);
    expect(joined).toEqual([]);
    await service.db.write((tx) => tx.query('DELETE FROM applications'));
  });

  it('comes in once: the same file again has nothing to import', async () => {
    await olu.get(PAGE);
    await olu.submit({ text }, 'imports/previews');
    expect(olu.words).toContain('There is nothing to import');
    await olu.post(PAGE, { text, _csrf: csrf(olu) });
    expect((await counts())?.stints).toBe(turns.length);
  });

  it('goes as a whole, its credits with it, and can come again', async () => {
    await undo();
    expect(await counts()).toEqual({ stints: 0, grants: 0, slots: 0, people: 0 });
    expect(await credited()).toEqual(told([]));
    await importSheet();
    expect(await credited()).toEqual(told(turns));
  });

  it('stays when posts were credited to its turns by hand', async () => {
    const by = await personId(service, 'Olu');
    await service.db.write((tx) =>
      tx.query(
        `INSERT INTO credit_corrections (account_id, network_id, stint_id, reason, corrected_by, corrected_at)
         SELECT account_id, network_id, stint_id, 'Hers', $1, $2 FROM feed_posts WHERE stint_id IS NOT NULL ORDER BY network_id LIMIT 1`,
        [by, tx.now],
      ),
    );
    const before = await counts();
    await undo();
    expect([olu.page.status, olu.words.includes('cannot be undone any more')]).toEqual([409, true]);
    expect(await counts()).toEqual(before);
    await service.db.write((tx) => tx.query('DELETE FROM credit_corrections'));
  });

  it('keeps the names of its people as long as those of other curators', async () => {
    const shown = () =>
      service.db.query<{ name: string }>(
        `SELECT DISTINCT name FROM persons WHERE import_id IS NOT NULL AND name <> 'Erased person'`,
      );
    await service.app.get(Retention).sweep();
    expect((await shown()).length).toBeGreaterThan(6);
    await service.moveClock(new Date('2029-01-01T00:00:00Z'));
    await service.app.get(Retention).sweep();
    expect(await shown()).toEqual([]);
  });
});

describe('a spreadsheet with something wrong', () => {
  it('is not imported, not even in part, and says which lines to put right', async () => {
    const before = await counts();
    const wrong =
      'Start,End,Curator\n3/6/2024,7/6/2024,Ana Example\n10/6/2024,9/6/2024,Bo\n13/13/2024,,Cy\n3/6/2044,7/6/2044,Di\n5/6/2024,,Eve';
    await olu.get(PAGE);
    await olu.submit({ text: wrong }, 'imports/previews');
    expect(olu.page.status).toBe(422);
    for (const line of [
      'Line 3: The turn ends before',
      'Line 4: “13/13/2024” is not a date',
      'Line 5: The turn is not over',
      'Line 6: It overlaps line 2',
    ])
      expect(olu.words).toContain(line);
    await olu.post(PAGE, { text: wrong, _csrf: csrf(olu) });
    expect([olu.page.status, await counts()]).toEqual([422, before]);
  });

  it.each([
    ['', 'Choose a file, or paste'],
    ['hello', 'No line names the columns'],
    [`Start,Curator\n${'5/1/2026,Ana\n'.repeat(7_000)}`, 'longer than 90,000'],
  ])('that is no rota is refused', async (given, problem) => {
    await olu.get(PAGE);
    await olu.submit({ file: new Blob([given]), text: '' }, 'imports/previews');
    expect([olu.page.status, olu.words.includes(problem)]).toEqual([422, true]);
  });

  it('that is larger than a form takes is refused with its limit, beside the file', async () => {
    await olu.get(PAGE);
    await olu.submit({ file: new Blob([Buffer.alloc(5 * 1024 ** 2 + 1, '5/1/2026,Ana\n')]) }, 'imports/previews');
    const page = parse(olu.page.text);
    expect([olu.page.status, page.querySelector('.nhsuk-error-summary a[href="#file"]')?.textContent.trim()]).toEqual([
      422,
      'The file is larger than 5 MB. Import it year by year, or save only the columns that are read',
    ]);
    expect(page.querySelector('#file')?.getAttribute('aria-describedby')).toBe('file-hint file-error');
  });

  it('lets nothing in it become markup', async () => {
    await olu.get(PAGE);
    await olu.submit({ text: 'Start,Curator,"<b>Note"\n5/1/2024,<script>alert(1)</script>,=1+1' }, 'imports/previews');
    expect(olu.page.text).not.toContain('<script>alert');
    expect(olu.page.text).not.toContain('<b>Note');
  });

  it('is for organisers and keepers', async () => {
    const rhian = await signedIn(service, 'Rhian');
    expect((await rhian.get(PAGE)).status).toBe(403);
  });
});

async function undo(): Promise<void> {
  await olu.get(PAGE);
  const [id] = /[0-9a-f-]{36}(?=\/undo")/.exec(olu.page.text) ?? [];
  await olu.get(`${PAGE}/${id}/undo`);
  await olu.submit({}, 'undone');
}

function csrf({ page }: Visitor): string {
  return /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
}
