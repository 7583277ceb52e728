import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Grants } from '../../src/credentials/grants.service.js';
import type { PostingHours } from '../../src/credentials/week.js';
import { Handovers } from '../../src/handover/handovers.service.js';
import { makeAccount } from '../support/community.js';
import { boundariesOf, standingOf, turnOf } from '../support/handover.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { startBuilt } from '../support/process.js';
import { type Service, startService } from '../support/service.js';

const day = { opens: '00:00', closes: '24:00' };
const ALWAYS: PostingHours = {
  zone: 'Europe/London',
  days: { 1: day, 2: day, 3: day, 4: day, 5: day, 6: day, 7: day },
};
const DAY_MS = 86_400_000;
const shifted = (instant: Date, ms: number) => new Date(instant.getTime() + ms);

/** Grace until an instant and Ada from then on, on an account of their own; Grace is on duty. */
async function graceThenAda(service: Service, at: Date, from: Date) {
  const account = await makeAccount(service, { handle: `C${at.getTime() % 1e10}`, postingHours: ALWAYS });
  const names = ['Grace', 'Ada'].map((name) => `${name}${account.handle}`);
  const until = shifted(at, DAY_MS);
  const grace = await turnOf(service, account, names[0] ?? '', from.toISOString(), at.toISOString());
  const ada = await turnOf(service, account, names[1] ?? '', at.toISOString(), until.toISOString());
  return { account, grace, ada };
}

describe('a handover where the clocks of London change', () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ clockStart: new Date('2026-10-10T12:00:00Z'), env: { RUN: 'web' } });
  });
  afterAll(() => service?.stop());

  it.each([
    ['back', '2026-10-25T01:00:00Z'],
    ['on', '2027-03-28T01:00:00Z'],
  ])('changes hands at its instant, also a minute before and after they go %s', async (_, change) => {
    const ats = [-60_000, 0, 60_000].map((ms) => shifted(new Date(change), ms));
    const from = shifted(new Date(change), -DAY_MS);
    const all = [];
    for (const at of ats) all.push({ at, ...(await graceThenAda(service, at, from)) });
    await service.moveClock(from);
    for (const { account } of all) await service.app.get(Handovers).resume(account.id);
    for (const { at, account, grace, ada } of all) {
      const may = async (stintId: string) =>
        (await service.app.get(Grants).ask({ kind: 'stint', stintId, seat: 1 }, account)).allowed;
      await service.moveClock(shifted(at, -20_000));
      await service.app.get(Handovers).resume(account.id);
      expect([await may(grace.stintId), await may(ada.stintId)]).toEqual([true, false]);
      await service.moveClock(at);
      expect([await may(grace.stintId), await may(ada.stintId)]).toEqual([false, false]);
      await service.app.get(Handovers).resume(account.id);
      expect([await may(grace.stintId), await may(ada.stintId)]).toEqual([false, true]);
      expect(await standingOf(service, grace.stintId)).toMatchObject({ state: 'ended', closed_at: at, ends_at: at });
    }
  });
});

describe('a worker whose own clock steps to and fro', () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ clockStart: new Date('2026-12-07T09:00:00Z'), env: { RUN: 'web' } });
  });
  afterAll(() => service?.stop());

  it.each([
    ['back by 5 seconds', -5_000],
    ['forward by an hour', 3_600_000],
  ])(
    '%s hands over at the instant of the database, and renews no token',
    async (_, ms) => {
      const now = await service.db.now();
      const shift = pathToFileURL('test/support/shifted-clock.js').href;
      const env = { NODE_OPTIONS: `--import ${shift}`, CLOCK_SHIFT: String(ms) };
      const worker = startBuilt('test/support/worker', { args: [JSON.stringify(service.runtime)], env });
      await worker.waitForLine(/^ready$/, 60_000);
      const { account, grace, ada } = await graceThenAda(service, shifted(now, 60_000), shifted(now, -60_000));
      const at = shifted(now, 60_000);
      await eventually(async () => (await standingOf(service, grace.stintId)).state === 'active', { within: 30_000 });
      const unsent = (until: Date) =>
        service.db.query(
          "SELECT template, state, detail FROM messages WHERE account_id = $1 AND state <> 'sent' AND due_at <= $2",
          [account.id, until],
        );
      // The mail client's own time-outs go by the process's clock: a letter of a turn of one minute has no time to be tried again.
      await eventually(async () => (await unsent(await service.db.now())).length === 0);
      // By a clock that is an hour wrong these tokens have run out.
      await service.db.write((tx) =>
        tx.query('UPDATE network_tokens SET expires_at = $1', [shifted(tx.real, 1_800_000)]),
      );
      const pretend = new Pretend(service);
      const renewed = await pretend.calls('token');
      process.kill(worker.pid, 'SIGUSR2');
      await worker.waitForLine(/^stepping/);
      await service.moveClock(shifted(at, -3_000));
      expect((await standingOf(service, ada.stintId)).state).toBe('confirmed');
      const done = async () =>
        (await boundariesOf(service, account)).find((each) => each.at.getTime() === at.getTime());
      const boundary = await eventually(async () => ((await done())?.done_at ? done() : null), { within: 60_000 });
      await eventually(async () => (await unsent(at)).length === 0, { within: 60_000 });
      expect(boundary.started_at?.getTime()).toBeGreaterThanOrEqual(at.getTime());
      expect(await standingOf(service, grace.stintId)).toMatchObject({ state: 'ended', closed_at: at });
      const { opens_at } = await standingOf(service, ada.stintId);
      expect(opens_at?.getTime()).toBeGreaterThanOrEqual(at.getTime());
      expect(opens_at?.getTime()).toBeLessThan(at.getTime() + 600_000);
      expect(await pretend.calls('token')).toBe(renewed);
      const later = 'SELECT verb FROM audit_entries WHERE chain = $1 AND at > $2';
      expect(await service.db.query(later, [account.id, await service.db.now()])).toEqual([]);
      await worker.kill();
    },
    180_000,
  );
});
