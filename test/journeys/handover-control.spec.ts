import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Audit } from '../../src/audit/audit.service.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { Grants } from '../../src/credentials/grants.service.js';
import { Handovers } from '../../src/handover/handovers.service.js';
import { Rehearsals } from '../../src/handover/rehearsals.service.js';
import { boundariesOf, queuedOf, standingOf, turnOf } from '../support/handover.js';
import { eventually } from '../support/poll.js';
import { accountWithSlots, personCalled, sessionOf, teamMember } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

const MONDAY = '2026-12-07T08:00:00Z';
const FRIDAY = '2026-12-11T18:00:00Z';
const NEXT_FRIDAY = '2026-12-18T18:00:00Z';
const after = (instant: string, ms = 1_000) => new Date(new Date(instant).getTime() + ms);

let service: Service;

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-02T12:00:00Z') });
}, 60_000);

afterAll(async () => {
  await service?.stop();
});

async function bareAccount(slug: string, change: Partial<Account> = {}): Promise<Account> {
  const account = await accountWithSlots(service, slug, { connection: 'api', thanksPost: true, ...change });
  await service.db.write((tx) => tx.query('DELETE FROM slots WHERE account_id = $1', [account.id]));
  return account;
}

async function runDue(account: Account): Promise<void> {
  await service.app.get(Handovers).resume(account.id);
}

async function mayAct(account: Account, stintId: string): Promise<boolean> {
  return (await service.app.get(Grants).ask({ kind: 'stint', stintId, seat: 1 }, account)).allowed;
}

async function verbsOf(account: Account, id: string): Promise<string[]> {
  return (await service.app.get(Audit).about(account.id, { kind: 'handover', id })).map(({ verb }) => verb);
}

describe('a handover that somebody keeps back', () => {
  let account: Account;
  let olu: Visitor;

  beforeAll(async () => {
    account = await bareAccount('kept');
    olu = await teamMember(service, account, 'Olu', 'organiser');
  });

  it('begins only when it is resumed, and access ends by itself meanwhile', async () => {
    const grace = await turnOf(service, account, 'Grace', '2026-12-03T08:00:00Z', '2026-12-03T18:00:00Z');
    const ada = await turnOf(service, account, 'Ada', '2026-12-03T18:00:00Z', '2026-12-04T18:00:00Z');
    await service.moveClock(new Date('2026-12-03T08:00:00Z'));
    await runDue(account);
    const [, evening] = await boundariesOf(service, account);
    const address = `/team/kept/handovers/${evening?.id}`;
    await olu.get(`${address}/suspension`);
    const empty = await olu.submit({ reason: ' ' });
    expect([empty.status, empty.text]).toEqual([422, expect.stringContaining('Say why')]);
    const page = await olu.submit({ reason: 'Ada is ill' });
    expect(page.text).toContain('Suspended by Olu Thursday 3 December 2026');
    expect(page.text).toContain('Ada is ill');
    expect(page.text).toContain('still ends by itself');

    expect(await mayAct(account, grace.stintId)).toBe(true);
    await service.moveClock(after('2026-12-03T18:00:00Z'));
    await runDue(account);
    expect((await boundariesOf(service, account))[1]).toMatchObject({ started_at: null });
    expect(await mayAct(account, grace.stintId)).toBe(false);
    expect(await mayAct(account, ada.stintId)).toBe(false);

    await olu.get(address);
    await olu.submit({}, 'resumption');
    await runDue(account);
    expect((await boundariesOf(service, account))[1]).toMatchObject({ done_at: expect.any(Date) });
    expect(await standingOf(service, ada.stintId)).toMatchObject({ state: 'active' });
    expect(await verbsOf(account, evening?.id ?? '')).toEqual([
      'handover.suspended',
      'handover.resumed',
      'handover.started',
      'handover.finished',
    ]);
  });
});

describe('a handover that an organiser moves', () => {
  let account: Account;
  let olu: Visitor;
  const spans = (ids: string[]) =>
    service.db.query(
      `SELECT s.starts_at, s.ends_at, s.state, g.ends_at AS granted_until FROM stints s LEFT JOIN grants g ON g.stint_id = s.id
       WHERE s.id = ANY ($1) ORDER BY s.starts_at`,
      [ids],
    );

  beforeAll(async () => {
    account = await bareAccount('moved');
    olu = await teamMember(service, account, 'Olu', 'organiser');
  });

  it('runs early or late with both turns and their grant, tells both curators, and reaches into no other turn', async () => {
    const grace = await turnOf(service, account, 'Grace', '2026-12-05T08:00:00Z', '2026-12-05T12:00:00Z');
    const ada = await turnOf(service, account, 'Ada', '2026-12-05T12:00:00Z', '2026-12-05T16:00:00Z');
    const sam = await turnOf(service, account, 'Sam', '2026-12-05T17:00:00Z', '2026-12-05T18:00:00Z');
    await service.moveClock(new Date('2026-12-05T08:00:00Z'));
    await runDue(account);
    const [, noon, tea] = await boundariesOf(service, account);
    const at = (time: string) => ({ when: 'at', 'at-day': '5', 'at-month': '12', 'at-year': '2026', 'at-time': time });

    await olu.get(`/team/moved/handovers/${tea?.id}/instant`);
    expect((await olu.submit({ ...at('25:00'), reason: 'Late' })).text).toContain('Enter a date and a time');
    expect((await olu.submit({ ...at('17:30'), reason: 'Late' })).text).toContain('overlap the turn of Sam');
    expect((await olu.submit({ ...at('07:00'), reason: 'Late' })).text).toContain('That time has passed');
    await olu.get(`/team/moved/handovers/${noon?.id}/instant`);
    await olu.submit({ ...at('13:30'), reason: 'Ada’s train is late' });
    const later = new Date('2026-12-05T13:30:00Z');
    expect(await spans([grace.stintId, ada.stintId])).toMatchObject([
      { ends_at: later, state: 'active', granted_until: later },
      { starts_at: later, state: 'confirmed' },
    ]);
    for (const { email } of [grace, ada]) {
      const letter = await service.letter(email, /times of your turn on @MOVED have changed/);
      expect(letter.text).toContain('Ada’s train is late');
    }
    await service.moveClock(after('2026-12-05T12:30:00Z'));
    await runDue(account);
    expect(await standingOf(service, grace.stintId)).toMatchObject({ state: 'active', closed_at: null });

    await olu.get(`/team/moved/handovers/${noon?.id}/instant`);
    await olu.submit({ when: 'now', reason: 'She is here' });
    await runDue(account);
    expect(await standingOf(service, grace.stintId)).toMatchObject({ state: 'ended', closed_at: expect.any(Date) });
    expect(await standingOf(service, ada.stintId)).toMatchObject({
      state: 'active',
      ends_at: new Date('2026-12-05T16:00:00Z'),
    });
    expect(await verbsOf(account, noon?.id ?? '')).toEqual([
      'handover.moved',
      'handover.moved',
      'handover.started',
      'handover.finished',
    ]);
    const outside = await service.db.query(
      `SELECT 1 FROM grants g JOIN stints s ON s.id = g.stint_id WHERE g.opens_at < s.starts_at OR g.ends_at > s.ends_at`,
    );
    expect(outside).toEqual([]);
    expect(await standingOf(service, sam.stintId)).toMatchObject({ state: 'confirmed' });
    await olu.get(`/team/moved/handovers/${noon?.id}/instant`);
    expect((await olu.submit({ when: 'now', reason: 'Again' })).status).toBe(409);
  });
});

describe('a rehearsal', () => {
  it('shows what would happen, letters and posts in full, and writes nothing anywhere', async () => {
    const account = await bareAccount('stage', { handOverBy: 'delegate', connection: 'none' });
    const olu = await teamMember(service, account, 'Olu', 'organiser');
    const grace = await turnOf(service, account, 'Grace', '2026-12-05T20:00:00Z', '2026-12-05T21:00:00Z');
    await turnOf(service, account, 'Ada', '2026-12-05T21:00:00Z', '2026-12-05T22:00:00Z');
    const [, middle] = await boundariesOf(service, account);
    const rehearse = () => service.app.get(Rehearsals).rehearse(account, middle?.id ?? '');

    // A sweep may write at the same moment; a rehearsal that wrote would differ every time.
    await eventually(
      async () => {
        const before = await everything();
        await rehearse();
        expect(await everything()).toEqual(before);
        return true;
      },
      { within: 30_000 },
    );
    const { steps, failure } = await rehearse();
    expect(failure).toBeNull();
    expect(steps.map(({ name, state, waitsFor }) => [name, state, waitsFor])).toEqual([
      ['close', 'done', null],
      ['check', 'waiting', 'proof'],
      ['rotate', 'waiting', null],
      ['restore', 'done', null],
      ['thank', 'done', null],
      ['grant', 'waiting', null],
      ['profile', 'waiting', null],
      ['announce', 'waiting', null],
      ['welcome', 'waiting', null],
    ]);
    await olu.get(`/team/stage/handovers/${middle?.id}/rehearsal`);
    expect(olu.words).toContain('Thank you for curating @STAGE');
    expect(olu.words).toContain('Dear Grace');
    expect(olu.words).toContain('Waits for an organiser or keeper to confirm');
    expect(olu.words).toMatch(/Ada has not accepted the agreement/);
    const [morning] = await boundariesOf(service, account);
    await olu.get(`/team/stage/handovers/${morning?.id}/rehearsal`);
    expect(olu.words).toContain('You are live on @STAGE');
    expect(olu.page.text).toContain('(made when it is sent)');
    await olu.submit({}, 'rehearsal');
    expect(olu.words).toContain('No step of this handover calls the network itself');
    expect(await standingOf(service, grace.stintId)).toMatchObject({ state: 'confirmed', opens_at: null });
  });

  /** A mark of every table of the service, but for the feed's, which pulls all the time. */
  async function everything(): Promise<Record<string, string>> {
    const tables = await service.db.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^feed' ORDER BY 1`,
    );
    expect(tables.length).toBeGreaterThan(30);
    const marks: Record<string, string> = {};
    for (const { name } of tables) {
      const [row] = await service.db.query<{ mark: string }>(
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS mark FROM "${name}" t`,
      );
      marks[name] = row?.mark ?? '';
    }
    return marks;
  }
});

describe('the stream of a handover', () => {
  let account: Account;

  beforeAll(async () => {
    account = await bareAccount('stream');
    await turnOf(service, account, 'Grace', '2026-12-06T08:00:00Z', '2026-12-06T12:00:00Z');
  });

  /** Reads a stream until it says this. */
  async function until(response: Response, word: string): Promise<string> {
    const reader = response.body?.getReader();
    let text = '';
    while (reader && !text.includes(word)) {
      const { done, value } = await reader.read();
      if (done) break;
      text += Buffer.from(value).toString();
    }
    await reader?.cancel();
    return text;
  }

  it('is for the team alone, says that something has changed, and no more', async () => {
    const [morning] = await boundariesOf(service, account);
    const address = `${service.url}/team/stream/handovers/${morning?.id}/events`;
    expect((await fetch(address)).status).toBe(401);
    const cookie = `baton=${await sessionOf(service, await personCalled(service, 'Nobody'))}`;
    expect((await fetch(address, { headers: { cookie } })).status).toBe(403);
    await teamMember(service, account, 'Rae', 'reviewer');
    const session = `baton=${await sessionOf(service, await personCalled(service, 'Rae'))}`;
    const open = (seen: string) => fetch(`${address}?seen=${seen}`, { headers: { cookie: session } });
    const first = await open('');
    expect(first.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(first.headers.get('content-security-policy')).toContain("default-src 'none'");
    const told = await until(first, 'event: changed');
    const mark = /^id: (\S+)$/m.exec(told)?.[1] ?? '';
    expect(told).toMatch(/^retry: 2000\n\nid: [0-9a-f]{32}\nevent: changed\ndata:\n\n$/);
    const waiting = until(await open(mark), 'event: changed');
    await service.moveClock(new Date('2026-12-06T08:00:00Z'));
    await runDue(account);
    expect(await waiting).not.toContain(mark);
    expect(
      (await fetch(`${service.url}/team/stream/handovers/nothing/events`, { headers: { cookie: session } })).status,
    ).toBe(404);
  });

  it('holds up no process that ends, and a person opens six at most', async () => {
    const [morning] = await boundariesOf(service, account);
    const other = await service.another({ RUN: ['web'] });
    const cookie = `baton=${await sessionOf(service, await personCalled(service, 'Rae'))}`;
    const opened = [];
    for (let count = 0; count < 7; count += 1) {
      opened.push(await fetch(`${other.url}/team/stream/handovers/${morning?.id}/events`, { headers: { cookie } }));
    }
    expect(opened.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 409]);
    await other.stop();
    for (const response of opened) await response.text().catch(() => undefined);
  });
});

describe('a step that waits', () => {
  let account: Account;
  let olu: Visitor;
  let kim: Visitor;

  beforeAll(async () => {
    account = await bareAccount('waits', { handOverBy: 'delegate' });
    olu = await teamMember(service, account, 'Olu', 'organiser');
    kim = await teamMember(service, account, 'Kim', 'keeper');
  });

  it('may be let pass by a keeper with a reason, and the pages go on saying that access may be open', async () => {
    await turnOf(service, account, 'Grace', MONDAY, FRIDAY);
    const ada = await turnOf(service, account, 'Ada', FRIDAY, NEXT_FRIDAY);
    await service.moveClock(new Date(MONDAY));
    await runDue(account);
    await service.moveClock(new Date(FRIDAY));
    await runDue(account);
    const [, friday] = await boundariesOf(service, account);
    expect(await standingOf(service, ada.stintId)).toMatchObject({ state: 'confirmed', opens_at: null });
    const address = `/team/waits/handovers/${friday?.id}`;
    expect((await olu.get(address)).text).not.toContain('Let it pass');
    expect((await olu.get(`${address}/steps/check/override`)).status).toBe(403);
    expect((await kim.get(address)).text).toContain('Let it pass without proof');
    await olu.get(`${address}/steps/announce/by-hand`);
    await olu.submit({ reason: 'I have posted it myself' });
    const again = await olu.submit({ reason: 'And again' }, 'by-hand').catch(() => null);
    expect(again).toBeNull();
    await kim.get(`${address}/steps/check/override`);
    await kim.submit({ reason: 'Grace rang and has left the list' });
    await runDue(account);
    expect(await standingOf(service, ada.stintId)).toMatchObject({ state: 'active' });
    expect(await queuedOf(service, account)).toMatchObject({ 'post: announce': 1 });
    const page = await kim.get(address);
    expect(page.text).toMatch(/Olu did it by hand Friday .* I have posted it myself/);
    expect(page.text).toContain('Access given outside Baton is still open.');
    expect(page.text).toMatch(/Kim let it pass without proof Friday .* Grace rang and has left the list/);
    expect(page.text).toContain('A keeper let it pass that nobody has confirmed');
    expect(await verbsOf(account, friday?.id ?? '')).toContain('handover.overridden');
    await kim.get(`${address}/steps/check/override`);
    expect((await kim.submit({ reason: 'Again' })).status).toBe(409);
    expect((await kim.get('/team/waits/tasks')).text).toContain('Remove ');
    expect((await kim.get('/team/waits/handovers')).text).toContain('Access given outside Baton is still open.');
  });

  it('that failed is tried again at once when somebody asks', async () => {
    await service.moveClock(new Date(NEXT_FRIDAY));
    await runDue(account);
    const last = (await boundariesOf(service, account)).at(-1);
    // As a step stands that has failed: far from its next try.
    await service.db.write((tx) =>
      tx.query(
        `UPDATE steps SET state = 'waiting', done_at = NULL, attempts = 9, waits_for = 'retry', outcome = 'It did not work.',
                next_attempt_at = $2 WHERE boundary_id = $1 AND name = 'thank'`,
        [last?.id, after(NEXT_FRIDAY, 3_600_000)],
      ),
    );
    await runDue(account);
    const thanked = async () =>
      service.db.query(`SELECT state FROM steps WHERE boundary_id = $1 AND name = 'thank'`, [last?.id]);
    expect(await thanked()).toEqual([{ state: 'waiting' }]);
    const page = await olu.get(`/team/waits/handovers/${last?.id}`);
    expect(page.text).toContain('Next try Friday 18 December 2026 at 7pm');
    await olu.submit({}, 'steps/thank/retry');
    await runDue(account);
    expect(await thanked()).toEqual([{ state: 'done' }]);
    expect(await verbsOf(account, last?.id ?? '')).toContain('handover.retried');
  });
});
