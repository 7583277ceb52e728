import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Account } from '../../src/credentials/account.entity.js';
import { NetworkTokens } from '../../src/credentials/network-tokens.service.js';
import { Outbox } from '../../src/messages/outbox.service.js';
import { Networks } from '../../src/networks/networks.service.js';
import { makeAccount, signedIn } from '../support/community.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { type Child, startBuilt } from '../support/process.js';
import { type Service, startService } from '../support/service.js';
import { connectSimulated, failNext } from '../support/simulated.js';

jest.setTimeout(120_000);
const PROCESSES = 8;
const PATIENT = { within: 60_000 };

let service: Service;
let network: Pretend;
let account: Account;

beforeAll(async () => {
  service = await startService({ env: { RUN: 'web' } });
  network = new Pretend(service);
  account = await makeAccount(service);
});
afterAll(() => service?.stop());
beforeEach(() => connectSimulated(service, account.id));
afterEach(() => network.heal());

const me = (from = service) =>
  from.app.get(NetworkTokens).use(account.id, (access) => from.app.get(Networks).for('x').me(access));
const DONE = { kind: 'done', value: { handle: 'NHS' } };

interface Row {
  state: string;
  why: string | null;
  refresh_token: Buffer;
  unanswered_since: Date | null;
}
const row = async () => {
  const [found] = await service.db.query<Row>('SELECT * FROM network_tokens WHERE account_id = $1', [account.id]);
  if (!found) throw new Error('There is no row');
  return found;
};
/** The access token's end, in seconds from now. */
const endsIn = (seconds: number) =>
  service.db.write((tx) =>
    tx.query('UPDATE network_tokens SET expires_at = $1', [new Date(tx.real.getTime() + seconds * 1000)]),
  );
/** As if the lease of whoever refreshed had run out. */
const leaseOver = () =>
  service.db.write((tx) =>
    tx.query(
      `UPDATE network_tokens SET refreshing_until = $1, unanswered_since = $1::timestamptz - interval '1 minute'
       WHERE refreshing_until IS NOT NULL`,
      [tx.real],
    ),
  );
const refreshes = () => network.calls('token');

/** A process of our own program; `killAt` is a point of test/support/trace.ts at which it dies. */
async function start(program: string, args: string[], killAt?: string): Promise<Child> {
  const child = startBuilt(`test/support/${program}`, {
    args: [JSON.stringify(service.runtime), ...args],
    env: killAt ? { KILL_AT: killAt } : {},
    imports: killAt ? ['test/support/trace'] : [],
  });
  await child.waitForLine(/^ready$/, 60_000);
  return child;
}
const startRefresher = () => start('refresher', [account.id]);

/** The second time that a process writes the row: the first says that it asks, this one holds what X gave. */
const BEFORE_THE_STORE = 'before commit network_tokens #2';

describe('eight processes that need access at once', () => {
  it('refresh once, and all of them are served', async () => {
    const children = await Promise.all(Array.from({ length: PROCESSES }, startRefresher));
    await endsIn(0);
    const before = await refreshes();
    for (const child of children) process.kill(child.pid, 'SIGUSR2');
    const answers = await Promise.all(children.map((child) => child.waitForLine(/^answer (.*)$/, 60_000)));
    for (const [, answer] of answers) expect(JSON.parse(answer ?? '')).toMatchObject(DONE);
    expect((await refreshes()) - before).toBe(1);
    expect(await me()).toMatchObject(DONE);
  });
});

describe('a worker that is killed with the network’s answer in its memory', () => {
  const post = (key: string) =>
    service.db.write((tx) =>
      service.app.get(Outbox).post(tx, {
        key,
        accountId: account.id,
        cause: { kind: 'account', id: account.id },
        text: key,
        stintId: null,
        authorId: null,
        dueAt: tx.now,
      }),
    );
  const fate = async (key: string) => {
    const [found] = await service.db.query<{ state: string }>('SELECT state FROM messages WHERE key = $1', [key]);
    return found?.state;
  };
  /** As if the lease of the worker that prepared it had run out. */
  const freed = (key: string) =>
    service.db.write((tx) => tx.query('UPDATE messages SET lease_until = $2 WHERE key = $1', [key, tx.real]));
  /** What waits to be tried again is due. */
  const sent = (key: string) =>
    eventually(async () => {
      await service.db.write((tx) =>
        tx.query(
          `UPDATE messages SET next_attempt_at = $2 WHERE key = $1 AND state = 'waiting' AND next_attempt_at > $2`,
          [key, tx.now],
        ),
      );
      return (await fate(key)) === 'sent';
    }, PATIENT);

  it('leaves a known end with its reason and a way back, and no post is lost or doubled', async () => {
    await endsIn(200);
    const before = await refreshes();
    const [across, after] = ['Said across the kill', 'Said when the old access had ended'];
    await post(across);
    const first = await start('worker', [], BEFORE_THE_STORE);
    expect(await first.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(first.output()).toContain('point after call POST /2/oauth2/token #1');
    expect(await refreshes()).toBe(before + 1);
    expect(await row()).toMatchObject({ state: 'connected', unanswered_since: expect.any(Date) });
    expect(await fate(across)).toBe('waiting');

    await leaseOver();
    await freed(across);
    const second = await start('worker', []);
    await sent(across);
    expect(await refreshes()).toBe(before + 1);
    const kim = await signedIn(service, 'Kim');
    await kim.get('/team/nhs/connection');
    expect(kim.words).toContain('In doubt');

    await endsIn(30);
    await post(after);
    await eventually(async () => (await row()).state === 'disconnected', PATIENT);
    expect(await row()).toMatchObject({ why: 'interrupted' });
    expect(await fate(after)).toBe('waiting');
    await kim.get('/team/nhs/connection');
    expect(kim.words).toContain('Baton was interrupted while it renewed the access');

    await connectSimulated(service, account.id);
    await sent(after);
    await second.stop();
    const said = (await network.posts()).map(({ text }) => text).filter((text) => text.startsWith('Said '));
    expect(said.sort()).toEqual([across, after]);
  });
});

describe('a process that is killed between the network’s answer and our store', () => {
  it('leaves the old access in use, is told to keepers, and loses no more than that', async () => {
    const child = await startRefresher();
    await endsIn(200);
    await failNext(service, 'token', 'applied-silence');
    const before = await refreshes();
    process.kill(child.pid, 'SIGUSR2');
    await eventually(async () => (await refreshes()) > before, PATIENT);
    await child.kill('SIGKILL');
    await leaseOver();

    expect(await me()).toMatchObject(DONE);
    expect(await refreshes()).toBe(before + 1);
    const kim = await signedIn(service, 'Kim');
    await kim.get('/team/nhs/connection');
    expect(kim.words).toContain('In doubt');
    expect(kim.words).toContain('its answer never arrived');
    expect(kim.words).toContain('Connect the account again now, and nothing will stop.');

    await endsIn(30);
    expect(await me()).toMatchObject({ kind: 'later', why: 'unavailable' });
    expect(await row()).toMatchObject({ state: 'disconnected', why: 'interrupted' });
    await kim.get('/team/nhs/connection');
    expect(kim.words).toContain('Baton was interrupted while it renewed the access');
  });

  it('loses nothing when the network had not taken the request', async () => {
    const child = await startRefresher();
    await endsIn(200);
    await failNext(service, 'token', 'silence');
    const before = await refreshes();
    process.kill(child.pid, 'SIGUSR2');
    await eventually(async () => (await refreshes()) > before, PATIENT);
    await child.kill('SIGKILL');
    await leaseOver();
    await endsIn(30);
    expect(await me()).toMatchObject(DONE);
    expect(await row()).toMatchObject({ state: 'connected', why: null, unanswered_since: null });
  });
});

describe('a refresh', () => {
  it('that meets a 503 is no disconnection: what is left is used, and it is tried again', async () => {
    await endsIn(200);
    await failNext(service, 'token', '503');
    expect(await me()).toMatchObject(DONE);
    expect((await row()).state).toBe('connected');
    await endsIn(30);
    expect(await me()).toMatchObject(DONE);
    expect(await row()).toMatchObject({ state: 'connected', unanswered_since: null });
  });

  it('of access that has ended is later, not lost, while the network is away', async () => {
    await endsIn(-10);
    await network.fail('token', '503');
    expect(await me()).toMatchObject({ kind: 'later', why: 'unavailable' });
    expect(await me()).toMatchObject({ kind: 'later', why: 'unavailable' });
    await network.heal();
    expect(await me()).toMatchObject(DONE);
  });

  it('of a grant that was withdrawn is a disconnection, with the reason', async () => {
    await network.fail('token', 'dead-family');
    await endsIn(0);
    expect(await me()).toMatchObject({ kind: 'later', why: 'unavailable' });
    expect(await row()).toMatchObject({ state: 'disconnected', why: 'withdrawn' });
    const before = await refreshes();
    expect(await me()).toMatchObject({ kind: 'later' });
    expect(await refreshes()).toBe(before);
  });

  it('that is refused looks at the row again: a keeper may have connected meanwhile', async () => {
    await endsIn(0);
    await failNext(service, 'token', 'slow', 1500);
    const asked = me();
    await eventually(async () => (await row()).unanswered_since !== null, PATIENT);
    await service.app.get(NetworkTokens).revoke(account.id);
    await connectSimulated(service, account.id);
    expect(await asked).toMatchObject(DONE);
    expect(await row()).toMatchObject({ state: 'connected', why: null });
  });

  it('never follows a 403', async () => {
    await network.fail('me', '453');
    const before = await refreshes();
    expect(await me()).toMatchObject({ kind: 'refused', why: 'forbidden' });
    expect(await me()).toMatchObject({ kind: 'refused', why: 'forbidden' });
    expect(await refreshes()).toBe(before);
    expect((await row()).state).toBe('connected');
  });

  it('follows a 401 once; access that is fresh and refused is a disconnection', async () => {
    await failNext(service, 'me', '401');
    expect(await me()).toMatchObject({ kind: 'later', why: 'unavailable' });
    expect(await me()).toMatchObject(DONE);
    await network.fail('me', '401');
    await me();
    await me();
    expect(await row()).toMatchObject({ state: 'disconnected', why: 'refused' });
  });
});
