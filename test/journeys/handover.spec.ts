import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Audit } from '../../src/audit/audit.service.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { Grants } from '../../src/credentials/grants.service.js';
import { Handovers } from '../../src/handover/handovers.service.js';
import { Planning } from '../../src/handover/planning.service.js';
import { Tasks } from '../../src/handover/tasks.service.js';
import { Outbox } from '../../src/messages/outbox.service.js';
import { Clock } from '../../src/platform/clock.service.js';
import { Conflict } from '../../src/platform/errors.js';
import { Changes } from '../../src/rota/changes.service.js';
import { boundariesOf, queuedOf, standingOf, turnOf } from '../support/handover.js';
import { eventually } from '../support/poll.js';
import { startRedis } from '../support/redis.js';
import { accountWithSlots, teamMember } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';

const MONDAY = '2026-12-07T08:00:00Z';
const FRIDAY = '2026-12-11T18:00:00Z';
const NEXT_MONDAY = '2026-12-14T08:00:00Z';
const NEXT_FRIDAY = '2026-12-18T18:00:00Z';
const msBefore = (instant: string, ms = 2_000) => new Date(new Date(instant).getTime() - ms);
const msAfter = (instant: string, ms = 1_000) => new Date(new Date(instant).getTime() + ms);

/** An account without slots of its own, so that turns can lie anywhere. */
async function bareAccount(service: Service, slug: string, change: Partial<Account> = {}): Promise<Account> {
  const account = await accountWithSlots(service, slug, {
    connection: 'api',
    thanksPost: true,
    hashtag: 'NHScurator',
    ...change,
  });
  await service.db.write((tx) => tx.query('DELETE FROM slots WHERE account_id = $1', [account.id]));
  return account;
}

async function mayAct(service: Service, account: Account, stintId: string): Promise<boolean> {
  return (await service.app.get(Grants).ask({ kind: 'stint', stintId, seat: 1 }, account)).allowed;
}

/** Runs what is due, without waiting for a timer. */
async function runDue(service: Service, account: Account): Promise<void> {
  await service.app.get(Handovers).resume(account.id);
}

/** Waits until every boundary up to now is finished. */
async function settled(service: Service, account: Account): Promise<void> {
  await eventually(
    async () => {
      const now = await service.db.now();
      return (await boundariesOf(service, account)).every(({ at, done_at }) => at > now || done_at);
    },
    { within: 15_000 },
  );
}

describe.each([['PostgreSQL'], ['Redis']])('the week with its queue in %s', (backend) => {
  let service: Service;
  let account: Account;
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;

  beforeAll(async () => {
    redis = backend === 'Redis' ? await startRedis() : undefined;
    service = await startService({ clockStart: new Date('2026-11-20T12:00:00Z'), redisUrl: redis?.url ?? null });
    account = await bareAccount(service, 'week');
  }, 60_000);

  afterAll(async () => {
    await service?.stop();
    await redis?.stop();
  });

  it('reminds, tells how to get in, opens, closes and thanks, each once', async () => {
    const grace = await turnOf(service, account, 'Grace', MONDAY, FRIDAY);
    const ada = await turnOf(service, account, 'Ada', NEXT_MONDAY, NEXT_FRIDAY);
    await service.moveClock(msAfter('2026-11-30T08:00:00Z'));
    const reminder = await service.letter(grace.email, /starts Monday 7 December 2026 at 8am/);
    expect(reminder.text).toContain('from Monday 7 December 2026 at 8am GMT to Friday 11 December 2026 at 6pm GMT');
    await service.moveClock(msAfter('2026-12-04T09:00:00Z'));
    const access = await service.letter(grace.email, /How to get to @WEEK/);
    expect(access.text).toContain('read-only until then');
    expect(access.text).toContain('Monday to Friday, 8am to 8pm');
    expect(access.text).toContain('Ring 0123 456');

    await service.moveClock(msBefore(MONDAY));
    expect(await mayAct(service, account, grace.stintId)).toBe(false);
    await service.moveClock(new Date(MONDAY));
    await settled(service, account);
    expect(await standingOf(service, grace.stintId)).toMatchObject({
      state: 'active',
      closed_at: null,
      ends_at: new Date(FRIDAY),
    });
    expect(await mayAct(service, account, grace.stintId)).toBe(true);
    await service.letter(grace.email, /You are live on @WEEK/);

    const outbox = service.app.get(Outbox);
    await service.db.write((tx) =>
      outbox.post(tx, {
        key: 'scheduled',
        accountId: account.id,
        cause: { kind: 'stint', id: grace.stintId },
        text: 'For the weekend',
        stintId: grace.stintId,
        authorId: grace.personId,
        dueAt: msAfter(FRIDAY, 3_600_000),
      }),
    );
    await service.moveClock(msAfter(FRIDAY, -2 * 3_600_000));
    const goodbye = await service.letter(grace.email, /Time to say goodbye on @WEEK/);
    expect(goodbye.text).toContain('until Friday 11 December 2026 at 6pm');
    await service.moveClock(new Date(FRIDAY));
    await settled(service, account);
    const closed = await standingOf(service, grace.stintId);
    expect(closed).toMatchObject({ state: 'ended', ended_how: 'completed', closed_at: new Date(FRIDAY) });
    expect(await mayAct(service, account, grace.stintId)).toBe(false);
    await service.letter(grace.email, /Thank you for curating @WEEK/);
    const [held] = await service.db.query("SELECT state FROM messages WHERE key = 'scheduled'");
    expect(held).toEqual({ state: 'held' });

    await service.moveClock(new Date('2026-12-12T12:00:00Z'));
    expect(await mayAct(service, account, ada.stintId)).toBe(false);
    await service.moveClock(new Date(NEXT_MONDAY));
    await settled(service, account);
    expect(await mayAct(service, account, ada.stintId)).toBe(true);
    await service.letter(ada.email, /You are live on @WEEK/);
    expect(await queuedOf(service, account)).toEqual({
      access: 2,
      reminder: 2,
      'sign-off': 2,
      thanks: 1,
      welcome: 2,
      'post: announce': 2,
      'post: thanks': 1,
      'post: ': 1,
    });
    expect((await boundariesOf(service, account)).map(({ outgoing, incoming }) => [outgoing, incoming])).toEqual([
      [[], [grace.stintId]],
      [[grace.stintId], []],
      [[], [ada.stintId]],
      [[ada.stintId], []],
    ]);
    const mails = (await service.mail()).filter(({ to }) => to.includes(grace.email) || to.includes(ada.email));
    expect(mails.map(({ subject }) => subject).toSorted()).toEqual(
      [...new Set(mails.map(({ to, subject }) => `${to}|${subject}`))].map((each) => each.split('|')[1]).toSorted(),
    );
  }, 60_000);

  it('runs on time when nobody moves the clock, within a quarter of a second', async () => {
    const real = await service.db.now();
    const soon = new Date(real.getTime() + 1_500);
    const quick = await bareAccount(service, 'soon');
    await turnOf(service, quick, 'Soon', soon.toISOString(), msAfter(soon.toISOString(), 3_600_000).toISOString());
    await eventually(async () => (await boundariesOf(service, quick))[0]?.done_at);
    expect((await boundariesOf(service, quick))[0]?.lateness_ms).toBeLessThan(250);
  });
});

describe('handovers', () => {
  let service: Service;
  let slugs = 0;
  const nextAccount = (change: Partial<Account> = {}) => bareAccount(service, `acc${++slugs}`, change);

  beforeAll(async () => {
    service = await startService({ clockStart: new Date('2026-10-01T12:00:00Z') });
  }, 60_000);

  afterAll(() => service?.stop());

  it.each([
    ['back', '2026-10-25T01:00:00Z', '2026-10-18T00:00:00Z', '2026-11-01T01:00:00Z'],
    ['on', '2027-03-28T01:00:00Z', '2027-03-21T01:00:00Z', '2027-04-04T00:00:00Z'],
  ])('hand over between back-to-back turns in one, also where the clocks go %s', async (_, at, from, to) => {
    const account = await nextAccount();
    const grace = await turnOf(service, account, 'Grace', from, at);
    const ada = await turnOf(service, account, 'Ada', at, to);
    await service.moveClock(new Date(from));
    await runDue(service, account);
    await service.moveClock(new Date(at));
    await runDue(service, account);
    const [out, into] = [await standingOf(service, grace.stintId), await standingOf(service, ada.stintId)];
    expect(out).toMatchObject({ state: 'ended', closed_at: new Date(at) });
    expect(into.state).toBe('active');
    expect(into.opens_at?.getTime()).toBeGreaterThanOrEqual(new Date(at).getTime());
    expect(await boundariesOf(service, account)).toHaveLength(3);
  });

  it('leave no boundary and no stale letter behind when a turn is moved or cancelled', async () => {
    const account = await nextAccount();
    const now = await service.db.now();
    const day = (days: number) => msAfter(now.toISOString(), days * 86_400_000);
    const grace = await turnOf(service, account, 'Grace', day(20).toISOString(), day(24).toISOString());
    const [first] = await boundariesOf(service, account);
    const [slot] = await service.db.write((tx) =>
      tx.query<{ id: string }>(
        "INSERT INTO slots (account_id, kind, starts_at, ends_at) VALUES ($1, 'curator', $2, $3) RETURNING id",
        [account.id, day(27), day(31)],
      ),
    );
    await service.app.get(Changes).move(account, grace.stintId, slot?.id ?? '', 'A clinic', grace.personId);
    await service.app.get(Planning).plan(account.id);
    expect(await boundariesOf(service, account)).toEqual([]);
    expect(await queuedOf(service, account)).not.toHaveProperty('access');

    await service.db.write((tx) =>
      tx.query("UPDATE stints SET state = 'confirmed', confirmed_at = $2 WHERE id = $1", [grace.stintId, tx.now]),
    );
    await service.app.get(Planning).plan(account.id);
    const moved = await boundariesOf(service, account);
    expect(moved.map(({ at }) => at)).toEqual([day(27), day(31)]);
    await service.app.get(Handovers).run(first?.id ?? '');
    const keys = await service.db.query<{ key: string }>(
      "SELECT key FROM messages WHERE account_id = $1 AND state = 'waiting' AND template IN ('reminder', 'access') ORDER BY key",
      [account.id],
    );
    expect(keys.map(({ key }) => key)).toEqual([
      `stint ${grace.stintId} access r2`,
      `stint ${grace.stintId} reminder r2`,
    ]);

    await service.app.get(Changes).cancel(account, grace.stintId, 'Ill', grace.personId);
    await service.app.get(Planning).plan(account.id);
    expect(await boundariesOf(service, account)).toEqual([]);
    const queued = await queuedOf(service, account);
    expect(queued).not.toHaveProperty('access');
    expect(queued).not.toHaveProperty('reminder');
  });

  it('open no grant for a turn that was cancelled and not planned away', async () => {
    const account = await nextAccount();
    const now = await service.db.now();
    const grace = await turnOf(
      service,
      account,
      'Grace',
      msAfter(now.toISOString(), 3_600_000).toISOString(),
      msAfter(now.toISOString(), 7_200_000).toISOString(),
    );
    const [boundary] = await boundariesOf(service, account);
    await service.db.write((tx) => tx.query("UPDATE stints SET state = 'cancelled' WHERE id = $1", [grace.stintId]));
    await service.moveClock(msAfter(now.toISOString(), 3_600_000));
    await service.app.get(Handovers).run(boundary?.id ?? '');
    expect(await standingOf(service, grace.stintId)).toMatchObject({ state: 'cancelled', opens_at: null });
    expect((await boundariesOf(service, account)).map(({ id }) => id)).not.toContain(boundary?.id);
  });

  it('keep an account that is delegated on X from the next curator until a person proves the former one gone', async () => {
    const account = await nextAccount({ handOverBy: 'delegate' });
    const now = await service.db.now();
    const day = (days: number) => msAfter(now.toISOString(), days * 86_400_000);
    const grace = await turnOf(service, account, 'Grace', day(1).toISOString(), day(5).toISOString());
    const ada = await turnOf(service, account, 'Ada', day(5).toISOString(), day(9).toISOString());
    const olu = await teamMember(service, account, 'Olu', 'organiser');
    const rae = await teamMember(service, account, 'Rae', 'reviewer');

    await service.moveClock(day(1));
    await runDue(service, account);
    await olu.get(`/team/${account.slug}/tasks`);
    expect(olu.words).toContain('Open Settings and privacy, then Your account, then Delegate.');
    expect((await olu.submit({ handle: 'not a handle!' }, 'invitations')).status).toBe(422);
    expect(olu.words).toContain('Enter the X handle that you invited');
    await olu.submit({ handle: '@grace_x' }, 'invitations');
    expect(olu.words).not.toContain('I have sent the invitation');

    await service.moveClock(day(5));
    await runDue(service, account);
    expect((await standingOf(service, grace.stintId)).state).toBe('ended');
    expect(await standingOf(service, ada.stintId)).toMatchObject({ state: 'confirmed', opens_at: null });
    for (const path of ['tasks', 'handovers']) {
      await rae.get(`/team/${account.slug}/${path}`);
      expect(rae.words).toContain('Access given outside Baton is still open.');
    }
    const [, boundary] = await boundariesOf(service, account);
    await olu.get(`/team/${account.slug}/handovers/${boundary?.id}`);
    expect(olu.words).toContain('Waits for an organiser or keeper to confirm');
    expect(olu.words).toContain('Thanks queued as a letter and as a post.');

    await olu.get(`/team/${account.slug}/tasks`);
    const action = /delegations\/[^/]+\/removals/.exec(olu.page.text)?.[0] ?? '';
    expect((await rae.post(`/team/${account.slug}/${action}`, {})).status).toBe(403);
    await olu.submit({}, 'removals');
    await settled(service, account);
    expect(await standingOf(service, ada.stintId)).toMatchObject({ state: 'active', closed_at: null });
    const tasks = await service.app.get(Tasks).of(account.id);
    expect(tasks.map(({ kind, title }) => `${kind}: ${title}`)).toEqual([
      `invite: Give Ada access to @${account.handle}`,
      `profile: Set the profile of @${account.handle} to the curator`,
    ]);
    await olu.get(`/team/${account.slug}/tasks`);
    expect(olu.words).not.toContain('still open');
    await olu.submit({}, 'ticks');
    expect(olu.words).not.toContain('Set the profile');
    const entries = await service.app.get(Audit).read(account.id, 100);
    expect(entries.map(({ verb }) => verb)).toEqual(
      expect.arrayContaining([
        'delegate.invited',
        'delegate.removed',
        'task.ticked',
        'stint.started',
        'handover.finished',
      ]),
    );
    expect(await service.app.get(Audit).broken(account.id)).toBeNull();
  });

  it('go on without a step that fails, and come back to it', async () => {
    const account = await nextAccount();
    const now = await service.db.now();
    const start = msAfter(now.toISOString(), 3_600_000);
    const grace = await turnOf(
      service,
      account,
      'Grace',
      start.toISOString(),
      msAfter(now.toISOString(), 7_200_000).toISOString(),
    );
    await service.db.write((tx) =>
      tx.query(`ALTER TABLE messages ADD CONSTRAINT broken CHECK (key NOT LIKE 'handover % announce') NOT VALID`),
    );
    await service.moveClock(start);
    await runDue(service, account);
    const [boundary] = await boundariesOf(service, account);
    const stepsOf = () =>
      service.db.query<{ name: string; attempts: number }>(
        "SELECT name, attempts FROM steps WHERE boundary_id = $1 AND state <> 'done'",
        [boundary?.id],
      );
    expect(await standingOf(service, grace.stintId)).toMatchObject({ state: 'active', closed_at: null });
    expect(await queuedOf(service, account)).toMatchObject({ welcome: 1 });
    expect(await stepsOf()).toEqual([{ name: 'announce', attempts: 1 }]);
    await service.db.write((tx) => tx.query('ALTER TABLE messages DROP CONSTRAINT broken'));
    await runDue(service, account);
    expect(await stepsOf()).toHaveLength(1);
    await service.moveClock(msAfter(start.toISOString(), 60_000));
    await runDue(service, account);
    expect(await stepsOf()).toEqual([]);
    expect(await queuedOf(service, account)).toMatchObject({ welcome: 1, 'post: announce': 1 });
  });

  it('never give a seat to two at once, whatever happens', async () => {
    const other = await service.another({ RUN: ['web'] });
    const act = fc.oneof(
      fc.record({ kind: fc.constant('turn' as const), gap: fc.nat(2), hours: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(5) }),
      fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 200 }) }),
      fc.record({ kind: fc.constant('run' as const) }),
      fc.record({ kind: fc.constant('plan' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (history) => {
        const account = await nextAccount();
        const turns: string[] = [];
        let end = await service.db.now();
        for (const step of history) {
          const now = await service.db.now();
          if (step.kind === 'turn') {
            const from = new Date(Math.max(Number(end), Number(now)) + step.gap * 3_600_000);
            end = msAfter(from.toISOString(), step.hours * 3_600_000);
            turns.push((await turnOf(service, account, 'Grace', from.toISOString(), end.toISOString())).stintId);
          }
          if (step.kind === 'cancel' && turns.length > 0) {
            const id = turns[step.which % turns.length] ?? '';
            await service.app
              .get(Changes)
              .cancel(account, id, 'Ill', (await holderOf(service, id)) ?? '')
              .catch(refused);
          }
          if (step.kind === 'wait') await service.moveClock(msAfter(now.toISOString(), step.minutes * 60_000));
          if (step.kind === 'plan') await service.app.get(Planning).plan(account.id);
          if (step.kind === 'run') await Promise.all([runDue(service, account), runDue(other, account)]);
          await atMostOne(service, account, turns);
        }
        await service.moveClock(msAfter(end.toISOString(), 1_000));
        await service.app.get(Planning).plan(account.id);
        await Promise.all([runDue(service, account), runDue(other, account)]);
        expect((await boundariesOf(service, account)).filter(({ done_at }) => !done_at)).toEqual([]);
        for (const id of turns) expect(['ended', 'cancelled']).toContain((await standingOf(service, id)).state);
      }),
      { numRuns: 6 },
    );
    await other.stop();
  }, 120_000);
});

async function holderOf(service: Service, stintId: string): Promise<string | undefined> {
  const [row] = await service.db.query<{ person_id: string }>('SELECT person_id FROM stints WHERE id = $1', [stintId]);
  return row?.person_id;
}

function refused(error: Error): void {
  if (!(error instanceof Conflict)) throw error;
}

async function atMostOne(service: Service, account: Account, stints: string[]): Promise<void> {
  const allowed = await Promise.all(stints.map((stintId) => mayAct(service, account, stintId)));
  expect(allowed.filter(Boolean).length).toBeLessThanOrEqual(1);
}

describe('a server that is off, slow or several', () => {
  let service: Service;
  let slugs = 0;
  const nextAccount = (change: Partial<Account> = {}) => bareAccount(service, `off${++slugs}`, change);

  beforeAll(async () => {
    service = await startService({ clockStart: new Date('2026-11-20T12:00:00Z'), env: { RUN: 'web' } });
  }, 60_000);

  afterAll(() => service?.stop());

  it('refuses the former curator at the end with no worker at all, runs both missed handovers in order when one is back', async () => {
    const account = await nextAccount();
    const grace = await turnOf(service, account, 'Grace', MONDAY, FRIDAY);
    const ada = await turnOf(service, account, 'Ada', NEXT_MONDAY, NEXT_FRIDAY);
    const missed = await nextAccount();
    const kim = await turnOf(service, missed, 'Kim', MONDAY, FRIDAY);
    await service.moveClock(new Date(MONDAY));
    await service.app.get(Handovers).resume(account.id);
    expect(await mayAct(service, account, grace.stintId)).toBe(true);
    await service.moveClock(msBefore(FRIDAY, 500));
    expect(await mayAct(service, account, grace.stintId)).toBe(true);
    await service.moveClock(new Date(FRIDAY));
    expect(await mayAct(service, account, grace.stintId)).toBe(false);
    expect((await standingOf(service, grace.stintId)).state).toBe('active');

    await service.moveClock(msAfter(NEXT_MONDAY, 3_600_000));
    const workers = await Promise.all([1, 2, 3, 4].map(() => service.another({ RUN: ['worker'] })));
    await settled(service, account);
    await settled(service, missed);
    await Promise.all(workers.map((worker) => worker.stop()));

    const boundaries = await boundariesOf(service, account);
    expect(boundaries.slice(1, 3).map(({ started_at }) => Number(started_at))).toEqual(
      boundaries
        .slice(1, 3)
        .map(({ started_at }) => Number(started_at))
        .toSorted((a, b) => a - b),
    );
    const [out, into] = [await standingOf(service, grace.stintId), await standingOf(service, ada.stintId)];
    expect(out).toMatchObject({ state: 'ended', ended_how: 'completed', closed_at: new Date(FRIDAY) });
    expect(into.opens_at?.getTime()).toBeGreaterThan(new Date(NEXT_MONDAY).getTime() + 3_599_000);
    expect(await queuedOf(service, account)).toMatchObject({
      thanks: 1,
      welcome: 1,
      'post: announce': 2,
      'post: thanks': 1,
    });

    const never = await standingOf(service, kim.stintId);
    expect(never).toMatchObject({ state: 'ended', ended_how: 'cut-short', opens_at: null });
    const said = await service.db.query<{ outcome: string }>(
      "SELECT outcome FROM steps JOIN boundaries b ON b.id = boundary_id WHERE b.account_id = $1 AND name = 'grant'",
      [missed.id],
    );
    expect(said[0]?.outcome).toBe('Kim: No access was opened: the turn was over by then.');
    const about = await queuedOf(service, missed);
    expect(about).not.toHaveProperty('access');
    expect(about).not.toHaveProperty('welcome');
    expect(about).not.toHaveProperty('thanks');
    expect(about).not.toHaveProperty('post: announce');
  }, 60_000);

  it('takes no decision by the clock of a process that is an hour wrong', async () => {
    const account = await nextAccount();
    const at = msAfter((await service.db.now()).toISOString(), 1_800_000);
    const grace = await turnOf(
      service,
      account,
      'Grace',
      at.toISOString(),
      msAfter(at.toISOString(), 86_400_000).toISOString(),
    );
    for (const wrong of [3_600_000, -3_600_000]) {
      const worker = await service.another({ RUN: ['worker'] });
      const clock = worker.app.get(Clock);
      const real = clock.real.bind(clock);
      clock.real = () => new Date(real().getTime() + wrong);
      clock.now = () => new Date(at.getTime() + wrong);
      const [boundary] = await boundariesOf(service, account);
      await worker.app.get(Handovers).run(boundary?.id ?? '');
      await worker.app.get(Handovers).sweep();
      await worker.stop();
    }
    expect((await standingOf(service, grace.stintId)).state).toBe('confirmed');
    await service.moveClock(at);
    await service.app.get(Handovers).resume(account.id);
    expect((await standingOf(service, grace.stintId)).state).toBe('active');
  }, 60_000);
});
