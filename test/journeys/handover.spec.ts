import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Account } from '../../src/credentials/account.entity.js';
import { Grants } from '../../src/credentials/grants.service.js';
import { Handovers } from '../../src/handover/handovers.service.js';
import { Outbox } from '../../src/messages/outbox.service.js';
import { Clock } from '../../src/platform/clock.service.js';
import { boundariesOf, queuedOf, standingOf, turnOf } from '../support/handover.js';
import { eventually } from '../support/poll.js';
import { startRedis } from '../support/redis.js';
import { accountWithSlots } from '../support/rota.js';
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
    await settled(service, account);
    await service.moveClock(new Date(at));
    await settled(service, account);
    const [out, into] = [await standingOf(service, grace.stintId), await standingOf(service, ada.stintId)];
    expect(out).toMatchObject({ state: 'ended', closed_at: new Date(at) });
    expect(into.state).toBe('active');
    expect(into.opens_at?.getTime()).toBeGreaterThanOrEqual(new Date(at).getTime());
    expect(await boundariesOf(service, account)).toHaveLength(3);
  });
});

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
      welcome: 2,
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
