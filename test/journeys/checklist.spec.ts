import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Account } from '../../src/credentials/account.entity.js';
import { Checklists } from '../../src/handover/checklist/checklists.service.js';
import { Digest } from '../../src/handover/checklist/digest.service.js';
import { Changes } from '../../src/rota/changes.service.js';
import { makeAccount, personId, signedIn } from '../support/community.js';
import { makeRoom, type Turn, turnOf } from '../support/handover.js';
import { eventually } from '../support/poll.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

describe('the checklists around a turn', () => {
  let service: Service;
  let account: Account;
  let grace: Turn;
  let olu: Visitor;

  beforeAll(async () => {
    service = await startService({ clockStart: new Date('2026-09-01T09:00:00Z') });
    account = await makeAccount(service);
    olu = await signedIn(service, 'Olu');
  });
  afterAll(() => service?.stop());

  const tasks = async (name: string) =>
    (await service.app.get(Checklists).of(account)).filter(({ turn }) => turn.shownName === name);
  const due = async (name: string, key: string) =>
    (await tasks(name)).find(({ line }) => line.key === key)?.dueAt.toISOString();

  it('are empty, and say so, before anybody is confirmed', async () => {
    await olu.get('/team/nhs/checklists');
    expect(olu.words).toContain('Nothing to do in the next four weeks');
    expect(olu.words).toContain('What Baton does by itself');
  });

  it('are worked out when a turn is confirmed, on the days of the account’s zone', async () => {
    grace = await turnOf(service, account, 'Grace', '2026-10-26T08:00:00Z', '2026-10-30T18:00:00Z');
    expect(await due('Grace', 'employer')).toBe('2026-10-05T08:00:00.000Z');
    expect(await due('Grace', 'on-call')).toBe('2026-10-25T15:00:00.000Z');
    expect(await due('Grace', 'goodbye')).toBe('2026-10-30T16:00:00.000Z');
  });

  it('let the curator tick things off, take a tick back, and nobody else', async () => {
    const visitor = await signedIn(service, 'Grace');
    await visitor.get('/me');
    expect(visitor.words).toMatch(/Your checklist.*: 0 of 6 done/);
    await visitor.get(`/me/stints/${grace.stintId}/checklist`);
    await visitor.submit({}, 'employer/done');
    expect(visitor.words).toContain('1 of 6 done.');
    await visitor.submit({}, 'employer/undone');
    expect(visitor.words).toContain('0 of 6 done.');
    await visitor.submit({}, 'employer/done');
    await visitor.get(`/me/stints/${grace.stintId}/checklist`);
    expect(visitor.words).toMatch(/Done by Grace .*on Tuesday 1 September 2026/);
    const ada = await signedIn(service, 'Ada');
    expect((await ada.get(`/me/stints/${grace.stintId}/checklist`)).status).toBe(404);
    const body = { line: 'plan' };
    expect((await ada.post(`/me/stints/${grace.stintId}/checklist/plan/done`, body)).status).toBe(403);
    expect((await tasks('Grace')).filter(({ mark }) => mark).map(({ line }) => line.key)).toEqual(['employer']);
  });

  it('are planned again when the turn moves, and what was ticked stays ticked', async () => {
    await service.db.write(async (tx) => {
      await makeRoom(tx, account, '2026-11-02T08:00:00Z', '2026-11-06T18:00:00Z');
      await tx.query(
        'UPDATE slots SET starts_at = $2, ends_at = $3 WHERE id = (SELECT slot_id FROM stints WHERE id = $1)',
        [...[grace.stintId, new Date('2026-11-02T08:00:00Z'), new Date('2026-11-06T18:00:00Z')]],
      );
      await tx.query('UPDATE stints SET starts_at = $2, ends_at = $3, revision = revision + 1 WHERE id = $1', [
        ...[grace.stintId, new Date('2026-11-02T08:00:00Z'), new Date('2026-11-06T18:00:00Z')],
      ]);
    });
    expect(await due('Grace', 'employer')).toBe('2026-10-12T08:00:00.000Z');
    expect(await due('Grace', 'plan')).toBe('2026-10-19T08:00:00.000Z');
    expect((await tasks('Grace')).find(({ mark }) => mark)?.line.key).toBe('employer');
  });

  it('show what is overdue on the team’s first page, until it is done or left out with a reason', async () => {
    await service.moveClock(new Date('2026-10-23T11:00:00Z'));
    await olu.get('/team/nhs');
    expect(olu.words).toContain('1 line of a checklist is overdue');
    await olu.get('/team/nhs/checklists');
    expect(olu.words).toMatch(/Overdue.*Hold the call with the curator Overdue Grace, from Monday 2 November 2026/);
    await olu.submit({ reason: '' }, 'call/left-out');
    expect([olu.page.status, olu.words.includes('Say why it is left out')]).toEqual([422, true]);
    await olu.submit({ reason: 'Grace has curated before' }, 'call/left-out');
    expect(olu.words).toMatch(/Left out by Olu .*: Grace has curated before/);
    await olu.get('/team/nhs');
    expect(olu.words).not.toContain('checklist is overdue');
    await olu.get('/team/nhs/checklists');
    await olu.submit({}, 'call/undone');
    expect(olu.words).toMatch(/Overdue.*Hold the call/);
  });

  it('are for reviewers to read, not to tick', async () => {
    const rhian = await signedIn(service, 'Rhian');
    expect((await rhian.get('/team/nhs/checklists')).status).toBe(200);
    expect(rhian.page.text).not.toContain('/call/done');
    expect((await rhian.get('/team/nhs/checklist-lines')).status).toBe(403);
  });

  it('can be changed, with every mistake kept and named', async () => {
    await olu.get('/team/nhs/checklist-lines/new');
    await olu.submit({ title: '', days: 'two', doer: 'team', anchor: 'start', side: 'before', hours: '3', time: '9' });
    expect(olu.page.status).toBe(422);
    for (const said of ['Say what is to be done', 'Enter the days as a whole number', 'Enter a time like 09:30'])
      expect(olu.words).toContain(said);
    expect(olu.page.text).toContain('value="two"');
    await olu.submit({
      title: 'Order a cake',
      days: '2',
      doer: 'team',
      anchor: 'start',
      side: 'before',
      hours: '',
      time: '9:30',
    });
    const [cake] = (await tasks('Grace')).filter(({ line }) => line.title === 'Order a cake');
    expect(cake?.dueAt.toISOString()).toBe('2026-10-31T09:30:00.000Z');

    await olu.get('/team/nhs/checklist-lines/plan');
    await olu.submit({ days: '10' });
    expect(await due('Grace', 'plan')).toBe('2026-10-23T08:00:00.000Z');
    await olu.get('/team/nhs/checklist-lines');
    await olu.submit({}, 'call/off');
    expect(await due('Grace', 'call')).toBeUndefined();
    await olu.get('/team/nhs/checklist-lines/restoration');
    await olu.submit();
    expect(olu.words).not.toContain('Order a cake');
    expect(await due('Grace', 'call')).toBe('2026-10-23T09:00:00.000Z');
  });

  it('leave nothing overdue at birth when a turn is confirmed at short notice', async () => {
    await turnOf(service, account, 'Ada', '2026-10-26T08:00:00Z', '2026-10-30T18:00:00Z');
    const now = await service.db.now();
    const before = (await tasks('Ada')).filter(({ dueAt }) => dueAt < new Date('2026-10-26T08:00:00Z'));
    expect(before.map(({ line }) => line.key)).toEqual([
      ...['employer', 'plan', 'call', 'introduction', 'introduction-seen', 'on-call'],
    ]);
    for (const { dueAt } of before) expect(dueAt.getTime()).toBeGreaterThan(now.getTime());
  });

  it('go when the turn is cancelled', async () => {
    const [ada] = await tasks('Ada');
    await service.app.get(Changes).cancel(account, ada?.turn.id ?? '', 'Ill', await personId(service, 'Olu'));
    expect(await tasks('Ada')).toEqual([]);
  });

  describe('in the daily digest', () => {
    const digests = async (name: string) =>
      (await service.mail()).filter(({ to, subject }) => to.includes(name) && /^@NHS on /.test(subject));
    const morning = async (instant: string) => {
      await service.moveClock(new Date(instant));
      await Promise.all([1, 2, 3].map(() => service.app.get(Digest).sweep()));
    };
    const wait = (name: string, count: number) =>
      eventually(async () => {
        const found = await digests(name);
        return found.length >= count ? found : null;
      });

    it('are told once a morning, by the clock of the account, over a clock change too', async () => {
      await morning('2026-10-24T06:59:00Z');
      expect(await digests('olu')).toEqual([]);
      await morning('2026-10-24T07:00:01Z');
      const [first] = await wait('olu', 1);
      expect(first?.subject).toMatch(/^@NHS on Saturday 24 October 2026: \d+ overdue/);
      expect(first?.text).toContain('Hold the call with the curator (Grace)');
      await morning('2026-10-25T07:30:00Z');
      expect(await digests('olu')).toHaveLength(1);
      await morning('2026-10-25T08:00:01Z');
      await wait('olu', 2);
      await morning('2026-10-25T13:59:00Z');
      expect(await digests('olu')).toHaveLength(2);
    });

    it('are not told to who does not want them', async () => {
      const [first] = await digests('olu');
      const link =
        first?.links.find((each) => each.endsWith('/team/nhs/digest')) ??
        first?.text.match(/\S+\/team\/nhs\/digest/)?.[0] ??
        '';
      await olu.get(new URL(link).pathname);
      expect(olu.words).toContain('You get it.');
      await olu.submit({}, 'refused');
      expect(olu.words).toContain('You do not get it.');
      await morning('2026-10-26T08:00:01Z');
      await wait('kim', 3);
      expect(await digests('olu')).toHaveLength(2);
    });

    it('are not told on a day with nothing to say', async () => {
      await service.db.write((tx) =>
        tx.query(`UPDATE stints SET state = 'cancelled' WHERE account_id = $1`, [account.id]),
      );
      await service.db.write((tx) => tx.query(`UPDATE applications SET state = 'accepted' WHERE state = 'waiting'`));
      await morning('2026-10-27T08:00:01Z');
      expect(await digests('kim')).toHaveLength(3);
    });
  });
});
