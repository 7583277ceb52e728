import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Account } from '../../src/credentials/account.entity.js';
import { NetworkBudgets } from '../../src/credentials/network-budgets.service.js';
import { NetworkLimits } from '../../src/credentials/network-limits.service.js';
import { ProfileAccess } from '../../src/credentials/profile-access.service.js';
import { Calls } from '../../src/handover/calls.service.js';
import { Handovers } from '../../src/handover/handovers.service.js';
import { Tasks } from '../../src/handover/tasks.service.js';
import { Networks } from '../../src/networks/networks.service.js';
import { boundariesOf, standingOf, turnOf } from '../support/handover.js';
import { eventually } from '../support/poll.js';
import { accountWithSlots, teamMember } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';
import { failNext, profileOf, switchProfileOn } from '../support/simulated.js';

let service: Service;

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-02T12:00:00Z') });
}, 60_000);

afterAll(async () => {
  await service?.stop();
});

async function simulator<T>(what: string, body?: object): Promise<T> {
  const answer = await fetch(`${service.simulatorUrl}/simulator/${what}`, {
    method: body ? 'POST' : 'GET',
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body ? JSON.stringify(body) : undefined,
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as T;
}

/** An account whose profile Baton may set, with a picture of the house. */
async function switchedOn(slug: string): Promise<Account> {
  const account = await accountWithSlots(service, slug, { connection: 'api', houseName: slug, houseBio: 'The house.' });
  await service.db.write((tx) => tx.query('DELETE FROM slots WHERE account_id = $1', [account.id]));
  await switchProfileOn(service, account);
  return account;
}

const shown = ({ handle }: Account) => profileOf(service, handle);

async function callsOf(account: Account): Promise<number> {
  const calls = await simulator<{ endpoint: string; handle: string | null }[]>('calls.json');
  return calls.filter(({ endpoint, handle }) => /profile|picture/.test(endpoint) && handle === account.handle).length;
}

async function reach(account: Account, instant: string): Promise<void> {
  await service.moveClock(new Date(instant));
  await service.app.get(Handovers).resume(account.id);
}

/** So late that no other test reaches it: the end of a turn calls too. */
function monthsAfter(start: Date): string {
  return new Date(start.getTime() + 100 * 86_400_000).toISOString();
}

async function finished(account: Account, index: number): Promise<void> {
  await eventually(
    async () => {
      const boundary = (await boundariesOf(service, account))[index];
      return boundary?.done_at;
    },
    { within: 30_000 },
  );
}

async function step(account: Account, index: number, name: string) {
  const boundary = (await boundariesOf(service, account))[index];
  const [row] = await service.db.query<{ state: string; outcome: string; by_hand: boolean; attempts: number }>(
    'SELECT state, outcome, by_hand, attempts FROM steps WHERE boundary_id = $1 AND name = $2',
    [boundary?.id, name],
  );
  return row;
}

describe('switching it on', () => {
  it('takes the account’s own keys alone, keeps them sealed, and forgets them when it is switched off', async () => {
    const account = await accountWithSlots(service, 'keys', { connection: 'api' });
    const kim = await teamMember(service, account, 'Kim', 'keeper');
    await simulator('users', { handle: 'KEYS' });
    await simulator('users', { handle: 'SOMEBODY' });
    const made = async (handle: string) => {
      const given = { handle, consumerSecret: 'baton-consumer' };
      const { accessToken, accessSecret } = await simulator<Record<string, string>>('tokens', given);
      return { token: accessToken ?? '', secret: accessSecret ?? '' };
    };
    const own = await made('KEYS');
    await kim.get('/team/keys/profile');
    const forged = await kim.submit({ ...own, secret: 'a guess of ten' }, 'profile/keys');
    expect([forged.status, forged.text]).toEqual([422, expect.stringContaining('X does not accept these keys')]);
    const others = await kim.submit(await made('SOMEBODY'), 'profile/keys');
    expect([others.status, others.text]).toEqual([422, expect.stringContaining('keys of @SOMEBODY')]);
    const on = await kim.submit(own, 'profile/keys');
    expect(on.text).toContain('Baton sets the profile of @KEYS at each handover');
    expect(on.text).not.toContain(own.secret);
    const [row] = await service.db.query<{ text: string }>(
      'SELECT account_profiles::text AS text FROM account_profiles WHERE account_id = $1',
      [account.id],
    );
    for (const secret of [own.secret, own.token]) {
      expect(row?.text).not.toContain(secret);
      expect(row?.text).not.toContain(Buffer.from(secret).toString('hex'));
    }
    const none = await kim.submit({ picture: new Blob(['no picture']) }, 'profile/picture');
    expect(none.status).toBe(422);
    expect((await kim.submit({}, 'profile/keys/removal')).text).toContain('Baton does not set the profile');
    expect(await service.app.get(ProfileAccess).of(account.id)).toMatchObject({ on: false });
  });
});

describe('the calls that set it', () => {
  const NAME = 'POST account/update_profile.json';
  const set = ({ id }: Account, name: string) =>
    service.app.get(ProfileAccess).use(id, (access) => service.app.get(Networks).for('x').setProfile(access, { name }));

  /** Also those that failed before the network knew whose they were. */
  const made = async () =>
    (await simulator<{ endpoint: string }[]>('calls.json')).filter(({ endpoint }) => endpoint === 'profile').length;

  it('are not made while their endpoint is used up, of which the keeper reads', async () => {
    const account = await switchedOn('usedup');
    const before = await made();
    await failNext(service, 'profile', '429', 600);
    const limited = { kind: 'later', why: 'rate-limit', at: expect.any(Date) };
    expect(await set(account, 'One')).toMatchObject(limited);
    expect(await set(account, 'Two')).toMatchObject(limited);
    expect(await made()).toBe(before + 1);
    const limits = await service.app.get(NetworkLimits).of(account.id);
    expect(limits).toMatchObject([{ endpoint: NAME, remaining: 0 }]);
  });

  it('stop with all others when the credits are used up, and begin again with them', async () => {
    const account = await switchedOn('broke');
    const before = await made();
    const kim = await teamMember(service, account, 'Kim', 'keeper');
    await failNext(service, 'profile', '402');
    const stopped = { kind: 'later', why: 'no-credits' };
    expect(await set(account, 'One')).toMatchObject(stopped);
    expect(await set(account, 'Two')).toMatchObject(stopped);
    expect(await made()).toBe(before + 1);
    await kim.get('/team/broke/connection');
    expect(kim.words).toContain('Calls are stopped; posts are held.');
    await service.db.write((tx) => service.app.get(NetworkBudgets).tryAgain(tx, account.id));
    expect(await set(account, 'Three')).toMatchObject({ kind: 'done' });
    expect(await service.app.get(NetworkBudgets).of(account.id)).toMatchObject({ outSince: null });
    expect(await shown(account)).toMatchObject({ name: 'Three' });
  });
});

describe('a rehearsal of it', () => {
  it('shows what would stand there, and against the simulator sets it and puts it back', async () => {
    const account = await switchedOn('staged');
    const olu = await teamMember(service, account, 'Olu', 'organiser');
    const start = new Date(monthsAfter(await service.db.now()));
    await turnOf(service, account, 'Grace', start.toISOString(), monthsAfter(start));
    const [boundary] = await boundariesOf(service, account);
    await olu.get(`/team/staged/handovers/${boundary?.id}/rehearsal`);
    expect(olu.words).toContain('staged / Grace');
    expect(olu.words).toContain('Set by calls to the network');
    expect(await callsOf(account)).toBe(0);
    await olu.submit({}, 'rehearsal');
    expect(olu.words).toContain('Name: accepted');
    expect(olu.words).toContain('Picture: accepted');
    expect(await callsOf(account)).toBe(6);
    expect(await shown(account)).toMatchObject({ name: 'Before', bio: 'Before' });
    expect(await service.db.query('SELECT 1 FROM steps WHERE boundary_id = $1', [boundary?.id])).toEqual([]);
  });
});

describe('the profile of an account for which it is switched on', () => {
  it('shows the curator from the start of their turn and the house again from its end, one call for each part', async () => {
    const account = await switchedOn('shows');
    await turnOf(service, account, 'Grace', '2026-12-03T08:00:00Z', '2026-12-03T18:00:00Z');
    await reach(account, '2026-12-03T08:00:00Z');
    await finished(account, 0);
    const during = await shown(account);
    expect(during).toMatchObject({ name: 'shows / Grace', bio: expect.stringContaining('Now with Grace') });
    expect(during.picture).not.toBeNull();
    expect(await callsOf(account)).toBe(3);
    await reach(account, '2026-12-03T18:00:00Z');
    await finished(account, 1);
    expect(await shown(account)).toMatchObject({ name: 'shows', bio: 'The house.' });
    expect(await callsOf(account)).toBe(6);
    expect(await step(account, 1, 'restore')).toMatchObject({
      outcome: 'The profile shows the house.',
      by_hand: false,
    });
    expect((await service.app.get(Tasks).of(account.id)).filter(({ kind }) => kind === 'profile')).toEqual([]);
  });

  it('goes straight to the next curator where turns are back to back', async () => {
    const account = await switchedOn('straight');
    await turnOf(service, account, 'Grace', '2026-12-04T08:00:00Z', '2026-12-04T12:00:00Z');
    await turnOf(service, account, 'Ada', '2026-12-04T12:00:00Z', '2027-03-04T18:00:00Z');
    await reach(account, '2026-12-04T08:00:00Z');
    await finished(account, 0);
    await reach(account, '2026-12-04T12:00:00Z');
    await finished(account, 1);
    expect(await shown(account)).toMatchObject({ name: 'straight / Ada' });
    expect(await callsOf(account)).toBe(6);
    expect(await step(account, 1, 'restore')).toMatchObject({ outcome: expect.stringContaining('later change') });
  });

  it.each([
    ['429', 'limited'],
    ['reset', 'reset'],
    ['applied-503', 'applied'],
    ['applied-reset', 'silent'],
  ] as const)('is set again after %s', async (kind, slug) => {
    const account = await switchedOn(slug);
    const now = await service.db.now();
    const start = new Date(now.getTime() + 3_600_000);
    await turnOf(service, account, 'Grace', start.toISOString(), monthsAfter(start));
    await failNext(service, 'profile', kind, kind === '429' ? 2 : null);
    await reach(account, start.toISOString());
    await eventually(async () => {
      const failed = await step(account, 0, 'profile');
      return failed?.attempts === 1 && failed.state === 'waiting';
    });
    expect(await step(account, 0, 'welcome')).toMatchObject({ state: 'done' });
    await eventually(async () => (await step(account, 0, 'announce'))?.state === 'done');
    await service.moveClock(new Date((await service.db.now()).getTime() + 20_000));
    await finished(account, 0);
    expect(await shown(account)).toMatchObject({ name: `${account.houseName} / Grace` });
    expect(await step(account, 0, 'profile')).toMatchObject({ outcome: 'The profile shows the curator.' });
  });

  it.each([['401'], ['402'], ['453']] as const)('is left to a person after %s, and the pages say so', async (kind) => {
    const account = await switchedOn(`left_${kind}`);
    const start = new Date((await service.db.now()).getTime() + 3_600_000);
    await turnOf(service, account, 'Grace', start.toISOString(), monthsAfter(start));
    await failNext(service, 'profile', kind);
    await reach(account, start.toISOString());
    await finished(account, 0);
    expect(await step(account, 0, 'profile')).toMatchObject({
      by_hand: true,
      outcome: expect.stringContaining('Not set'),
    });
    expect((await service.app.get(Tasks).of(account.id)).map(({ kind }) => kind)).toContain('profile');
  });

  it('keeps nobody waiting while the network hangs, and is taken over when its worker is lost', async () => {
    const slow = await switchedOn('slow');
    const other = await switchedOn('other');
    const start = new Date((await service.db.now()).getTime() + 3_600_000);
    const end = monthsAfter(start);
    const grace = await turnOf(service, slow, 'Grace', start.toISOString(), end);
    const ada = await turnOf(service, other, 'Ada', start.toISOString(), end);
    await failNext(service, 'profile', 'slow', 4_000);
    await reach(slow, start.toISOString());
    await reach(other, start.toISOString());
    expect(await standingOf(service, grace.stintId)).toMatchObject({ state: 'active' });
    expect(await standingOf(service, ada.stintId)).toMatchObject({ state: 'active' });
    expect(await step(slow, 0, 'welcome')).toMatchObject({ state: 'done' });
    await finished(other, 0);
    await finished(slow, 0);
    expect(await shown(slow)).toMatchObject({ name: 'slow / Grace' });

    // As a worker leaves it that was killed in the middle of a call.
    const [boundary] = await boundariesOf(service, slow);
    await service.db.write(async (tx) => {
      await tx.query(
        `UPDATE steps SET state = 'running', attempts = 1, done_at = NULL, lease_until = $2, next_attempt_at = $3
         WHERE boundary_id = $1 AND name = 'profile'`,
        [boundary?.id, new Date(tx.real.getTime() - 1), tx.now],
      );
      await tx.query('UPDATE boundaries SET done_at = NULL WHERE id = $1', [boundary?.id]);
      await tx.query(`UPDATE profile_changes SET settled_at = NULL WHERE boundary_id = $1 AND part = 'bio'`, [
        boundary?.id,
      ]);
    });
    await service.app.get(Calls).sweep();
    await finished(slow, 0);
    expect(await step(slow, 0, 'profile')).toMatchObject({ state: 'done', outcome: 'The profile shows the curator.' });
  });
});

it('what Baton counts of all this is what the network bills', async () => {
  const counted = async () => {
    const [sum] = await service.db.query<{ all: number; kinds: string[] }>(
      `SELECT coalesce(sum(micro_dollars), 0)::float8 AS all, array_agg(DISTINCT purpose || ' ' || kind) AS kinds
       FROM network_costs`,
    );
    return sum;
  };
  const billed = async () => (await simulator<{ microdollars: number }>('meter.json')).microdollars;
  await eventually(async () => (await counted())?.all === (await billed()), { within: 30_000 });
  expect((await counted())?.kinds).toContain('handover user-read');
  expect(await billed()).toBeGreaterThan(0);
});
