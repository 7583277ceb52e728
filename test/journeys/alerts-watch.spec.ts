import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Account } from '../../src/credentials/account.entity.js';
import { ConnectionCare } from '../../src/credentials/connection-care.service.js';
import { Digest } from '../../src/handover/checklist/digest.service.js';
import { Delegations } from '../../src/handover/delegations.service.js';
import { Handovers } from '../../src/handover/handovers.service.js';
import { Outbox } from '../../src/messages/outbox.service.js';
import { Webhooks } from '../../src/messages/webhooks.service.js';
import { Watch } from '../../src/operations/watch.service.js';
import { makeAccount, onDuty, personId, postFromPhone } from '../support/community.js';
import { turnOf } from '../support/handover.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { accountWithSlots, teamMember } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';
import { type Sink, startSink } from '../support/sink.js';
import type { Visitor } from '../support/visitor.js';

jest.setTimeout(120_000);
const PATIENT = { within: 30_000 };
const HOUR = 3_600_000;

interface Told {
  kind: string;
  told: number;
  open: boolean;
  letters: number;
  webhooks: number;
}

/** The account's alerts in the order of their telling, each with how many messages were queued for it. */
async function toldTo(service: Service, account: Account, kinds?: string[]): Promise<Told[]> {
  const rows = await service.db.query<Told>(
    `SELECT a.kind, a.told, a.closed_at IS NULL AS open,
       (SELECT count(*)::int FROM messages m WHERE m.cause_id = a.id AND m.channel = 'letter') AS letters,
       (SELECT count(*)::int FROM messages m WHERE m.cause_id = a.id AND m.channel = 'webhook') AS webhooks
     FROM alerts a WHERE a.account_id = $1 ORDER BY a.opened_at, a.kind`,
    [account.id],
  );
  return rows.filter(({ kind }) => !kinds || kinds.includes(kind));
}

/** Several workers look at once. */
async function look(...services: Service[]): Promise<void> {
  await Promise.all([...services, ...services].map((each) => each.app.get(Watch).sweep()));
  await Promise.all(services.map((each) => each.app.get(Watch).sweep()));
}

const later = async (service: Service, span: number) =>
  service.moveClock(new Date((await service.db.now()).getTime() + span));

describe('while somebody is on duty', () => {
  let service: Service;
  let other: Service;
  let sink: Sink;
  let account: Account;
  let stintId: string;

  beforeAll(async () => {
    [service, sink] = await Promise.all([startService({ clockStart: new Date('2026-12-07T08:05:00Z') }), startSink()]);
    account = await makeAccount(service);
    stintId = await onDuty(service, account, 'Grace');
    const by = { accountId: account.id, personId: await personId(service, 'Kim') };
    await service.app.get(Webhooks).add(by, { shape: 'json', address: sink.url });
    other = await service.another();
  }, 60_000);

  afterAll(async () => {
    await other?.stop();
    await service?.stop();
    await sink?.stop();
  });

  it('a first post by telephone is seen by the feed', async () => {
    const gosh = await makeAccount(service, { handle: 'GOSH' });
    await onDuty(service, gosh, 'Ada');
    await postFromPhone(service, gosh, 'From the bus');
    await later(service, 6 * 60_000);
    await eventually(async () => {
      await look(service, other);
      return (await toldTo(service, gosh)).length > 0;
    }, PATIENT);
    expect(await toldTo(service, gosh)).toMatchObject([{ kind: 'first-post', letters: 2 }]);
  });

  it('the team is told once when four posting hours pass without a post, and then of the first post', async () => {
    await service.moveClock(new Date('2026-12-07T11:55:00Z'));
    await look(service, other);
    expect(await toldTo(service, account)).toEqual([]);
    await service.moveClock(new Date('2026-12-07T12:01:00Z'));
    await look(service, other);
    const silent = { kind: 'no-first-post', told: 1, letters: 2, webhooks: 1 };
    expect(await toldTo(service, account)).toEqual([{ ...silent, open: true }]);
    await service.letter('olu@example.org', /^@NHS: no post by Grace yet$/);

    await service.db.write(async (tx) =>
      service.app.get(Outbox).post(tx, {
        ...{ key: 'first', accountId: account.id, cause: { kind: 'stint', id: stintId }, text: 'Good morning' },
        ...{ stintId, authorId: await personId(service, 'Grace'), dueAt: tx.now },
      }),
    );
    const letter = await service.letter('kim@example.org', /^@NHS: the first post by Grace$/);
    expect(letter.links.some((link) => /^https:\/\/x\.com\/NHS\/status\/\d+$/.test(link))).toBe(true);
    await look(service, other);
    expect(await toldTo(service, account)).toEqual([
      { ...silent, open: false },
      { kind: 'first-post', told: 1, letters: 2, webhooks: 1, open: false },
    ]);
    await eventually(() => sink.calls.length === 2, PATIENT);
    const kinds = sink.calls.map(({ body }) => JSON.parse(body).kind);
    expect(kinds.toSorted()).toEqual(['first-post', 'no-first-post']);
  });

  it('a lost connection is told, told again each day, and over when it is back', async () => {
    const state = (to: string) =>
      service.db.write((tx) =>
        tx.query('UPDATE network_tokens SET state = $2 WHERE account_id = $1', [account.id, to]),
      );
    const lost = async () => (await toldTo(service, account, ['disconnected'])).at(-1);
    await state('disconnected');
    await look(service, other);
    expect(await lost()).toMatchObject({ told: 1, letters: 2, open: true });
    await later(service, 23 * HOUR);
    await look(service, other);
    expect(await lost()).toMatchObject({ told: 1, letters: 2 });
    await later(service, 1.1 * HOUR);
    await look(service, other);
    expect(await lost()).toMatchObject({ told: 2, letters: 4 });
    await service.letter('olu@example.org', /^@NHS: still: not connected/);
    await state('connected');
    await look(service, other);
    expect(await lost()).toMatchObject({ told: 2, letters: 6, webhooks: 3, open: false });
    await service.letter('olu@example.org', /^@NHS: over: not connected/);
    await state('disconnected');
    await look(service, other);
    expect(await toldTo(service, account, ['disconnected'])).toHaveLength(2);
    await state('connected');
    await look(service, other);
  });

  it('credits that are used up are told, and over when the network takes calls again', async () => {
    const care = service.app.get(ConnectionCare);
    const network = new Pretend(service);
    const told = async () => (await toldTo(service, account, ['credits-out'])).at(-1);
    await network.fail('me', '402');
    expect(await care.ask(account)).toMatchObject({ kind: 'later', why: 'no-credits' });
    await look(service, other);
    expect(await told()).toEqual({ kind: 'credits-out', told: 1, letters: 2, webhooks: 1, open: true });
    const letter = await service.letter('kim@example.org', /^@NHS: the credits are used up$/);
    expect(letter.text).toContain('Buy credits in its console');
    expect(letter.links.some((link) => link.endsWith('/team/nhs/connection'))).toBe(true);

    await network.heal();
    expect(await care.ask(account)).toMatchObject({ kind: 'later', why: 'no-credits' });
    await look(service, other);
    expect(await told()).toMatchObject({ told: 1, open: true });
    await care.tryAgain(account, await personId(service, 'Kim'));
    await eventually(async () => (await care.ask(account)).kind === 'done', PATIENT);
    await look(service, other);
    expect(await told()).toMatchObject({ told: 1, letters: 4, webhooks: 2, open: false });
    const over = await service.letter('olu@example.org', /^@NHS: over: the credits are used up$/);
    expect(over.text).toContain('The network takes calls again.');
  });

  it('posts of unknown fate and letters refused again and again are told until somebody has dealt with them', async () => {
    const { db } = service;
    const [post] = await db.write(async (tx) => {
      for (const who of ['one', 'two', 'three']) {
        await tx.query(
          `INSERT INTO messages (key, account_id, channel, template, data, cause_kind, cause_id, due_at, created_at, state, settled_at)
           VALUES ($1, $2, 'letter', 'reminder', '{}', 'account', $2, $3, $3, 'refused', $3)`,
          [`refused ${who}`, account.id, tx.now],
        );
      }
      return tx.query<{ id: string }>(
        `INSERT INTO messages (key, account_id, channel, template, data, cause_kind, cause_id, due_at, created_at, state)
         VALUES ('lost', $1, 'post', 'post', '{}', 'account', $1, $2, $2, 'unknown') RETURNING id`,
        [account.id, tx.now],
      );
    });
    await look(service, other);
    const kinds = ['letters-refused', 'post-unknown'];
    expect(await toldTo(service, account, kinds)).toMatchObject(
      kinds.map((kind) => ({ kind, letters: 2, open: true })),
    );
    await db.write((tx) =>
      tx.query(`UPDATE messages SET state = 'withdrawn' WHERE id = $1 OR key LIKE 'refused %'`, [post?.id]),
    );
    await look(service, other);
    expect(await toldTo(service, account, kinds)).toMatchObject(
      kinds.map((kind) => ({ kind, letters: 2, open: false })),
    );
  });
});

describe('around a handover', () => {
  const MONDAY = '2026-12-07T08:00:00Z';
  const FRIDAY = '2026-12-11T18:00:00Z';
  let service: Service;
  let account: Account;
  let kim: Visitor;
  const past = (instant: string, hours: number) => new Date(Date.parse(instant) + hours * HOUR);
  const ofHandovers = () => toldTo(service, account, ['handover-stuck', 'handover-late', 'access-open']);
  const work = () =>
    service.db.query<{ key: string; told: number; open: boolean; work: string[] }>(
      `SELECT split_part(a.key, ' ', 3) AS key, told, closed_at IS NULL AS open, facts->'work' AS work FROM alerts a
       WHERE account_id = $1 AND kind = 'hand-work' ORDER BY opened_at`,
      [account.id],
    );

  beforeAll(async () => {
    service = await startService({ clockStart: new Date('2026-12-02T12:00:00Z'), env: { RUN: 'web' } });
    account = await accountWithSlots(service, 'nhs', { handOverBy: 'delegate' });
    await service.db.write((tx) => tx.query('DELETE FROM slots'));
    kim = await teamMember(service, account, 'Kim', 'keeper');
    await turnOf(service, account, 'Grace', MONDAY, FRIDAY);
    await turnOf(service, account, 'Ada', '2026-12-14T08:00:00Z', '2026-12-18T18:00:00Z');
  }, 60_000);

  afterAll(() => service?.stop());

  it('nobody at work is told by whoever looks, each hour, and is over when a worker is back', async () => {
    await service.moveClock(past(MONDAY, 0.1));
    await look(service);
    expect(await ofHandovers()).toEqual([]);
    for (const [told, hours] of [
      [1, 0.2],
      [2, 1.3],
      [3, 2.4],
    ] as const) {
      await service.moveClock(past(MONDAY, hours));
      await look(service);
      expect(await ofHandovers()).toEqual([{ kind: 'handover-stuck', told, letters: told, webhooks: 0, open: true }]);
    }
    const worker = await service.another({ RUN: ['worker'] });
    await eventually(async () => {
      await look(service, worker);
      return (await ofHandovers())[0]?.open === false;
    }, PATIENT);
    const over = await service.letter('kim@example.org', /^@NHS: over: the handover from the house to Grace is stuck$/);
    expect(over.text).toContain('It is settled, 2 hours after its time.');
    await worker.stop();
    await look(service);
    expect(await ofHandovers()).toEqual([{ kind: 'handover-stuck', told: 3, letters: 4, webhooks: 0, open: false }]);
    const [unsent] = await service.db.query<{ count: number }>(
      `SELECT count(*)::int FROM messages WHERE template = 'alert' AND state = 'withdrawn' AND account_id = $1`,
      [account.id],
    );
    expect(unsent?.count).toBeLessThanOrEqual(3);
  });

  it('what it has left for people is told after ten minutes, again each day, and no more when it is done', async () => {
    const left = { key: 'incoming', open: true, work: ['announce', 'invite', 'profile'] };
    await look(service);
    expect(await work()).toEqual([]);
    await service.moveClock(past(MONDAY, 2.6));
    await look(service);
    expect(await work()).toEqual([{ ...left, told: 1 }]);
    expect(await toldTo(service, account, ['hand-work'])).toMatchObject([{ told: 1, letters: 1 }]);
    await service.moveClock(past(MONDAY, 27));
    await look(service);
    expect(await work()).toEqual([{ ...left, told: 2 }]);
    await kim.get('/team/nhs');
    expect(kim.words).toContain('3 tasks of handovers wait for somebody');
    await service.app.get(Digest, { strict: false }).sweep();
    const [digest] = await service.db.query<{ waiting: string[] }>(
      `SELECT data->'waiting' AS waiting FROM messages WHERE account_id = $1 AND template = 'digest' ORDER BY created_at DESC LIMIT 1`,
      [account.id],
    );
    expect(digest?.waiting).toContain('Introduce the curator on @NHS');
    await service.db.write((tx) => tx.query('UPDATE delegations SET invited_at = $1', [tx.now]));
    await service.db.write((tx) => tx.query('UPDATE steps SET ticked_at = $1 WHERE by_hand', [tx.now]));
    await look(service);
    expect(await work()).toEqual([{ ...left, told: 2, open: false }]);
  });

  it('access that nobody has confirmed as gone is told two hours after the turn and each day, with the handover that waits', async () => {
    const runTo = async (hours: number) => {
      await service.moveClock(past(FRIDAY, hours));
      await service.app.get(Handovers).resume(account.id);
      await look(service);
      const told = (await ofHandovers()).slice(1);
      return told.map(({ kind, told, open }) => `${kind} ${told}${open ? '' : ' over'}`);
    };
    expect(await runTo(0.1)).toEqual([]);
    expect((await work()).slice(1)).toEqual([]);
    expect(await runTo(1.2)).toEqual(['handover-stuck 1']);
    const removal = { key: 'outgoing', told: 1, open: true, work: ['remove', 'restore'] };
    expect((await work()).slice(1)).toEqual([removal]);
    expect(await runTo(2.1)).toEqual(['handover-stuck 1', 'access-open 1']);
    expect(await runTo(5.3)).toEqual(['handover-stuck 2', 'access-open 1']);
    expect(await runTo(26.2)).toEqual(['handover-stuck 3', 'access-open 2']);

    const delegations = service.app.get(Delegations, { strict: false });
    const [open] = await delegations.open(account.id, await service.db.now());
    await delegations.removed(account.id, open?.id ?? '', await personId(service, 'Kim'));
    expect(await runTo(26.3)).toEqual(['handover-stuck 3 over', 'access-open 2 over']);
    const [over] = (await toldTo(service, account, ['access-open'])).map(({ letters }) => letters);
    expect(over).toBe(3);
  });

  it('a password that was shown and not changed is open access too', async () => {
    await service.db.write((tx) =>
      tx.query(
        `WITH secret AS (INSERT INTO secrets (account_id, kind, version, state, sealed, made_at, made_by)
           VALUES ($1, 'password', 1, 'current', '\\x00', $2, $3) RETURNING id)
         INSERT INTO reveals (account_id, secret_id, stint_id, person_id, state, revealed_at)
         SELECT $1, secret.id, s.id, s.person_id, 'revealed', $2 FROM secret, stints s
         WHERE s.account_id = $1 AND s.state = 'ended'`,
        [account.id, tx.now, account.id],
      ),
    );
    await look(service);
    const [, told] = await toldTo(service, account, ['access-open']);
    expect(told).toMatchObject({ told: 1, open: true });
    await service.db.write((tx) => tx.query('UPDATE reveals SET rotated_at = $1', [tx.now]));
    await look(service);
    expect((await toldTo(service, account, ['access-open'])).map(({ open }) => open)).toEqual([false, false]);
  });

  it('one that began late is told once', async () => {
    await service.moveClock(past('2026-12-14T08:00:00Z', 0.5));
    await service.app.get(Handovers).resume(account.id);
    await look(service);
    await look(service);
    const late = (await ofHandovers()).slice(4);
    expect(late).toEqual([{ kind: 'handover-late', told: 1, letters: 1, webhooks: 0, open: false }]);
  });

  it('one that is suspended past its time is told', async () => {
    await service.db.write((tx) =>
      tx.query('UPDATE boundaries SET suspended_at = $2 WHERE account_id = $1 AND started_at IS NULL', [
        account.id,
        tx.now,
      ]),
    );
    await service.moveClock(past('2026-12-18T18:00:00Z', 0.3));
    await service.app.get(Handovers).resume(account.id);
    await look(service);
    const [row] = await service.db.query<{ facts: object }>(
      `SELECT facts FROM alerts WHERE account_id = $1 AND closed_at IS NULL AND kind = 'handover-stuck'`,
      [account.id],
    );
    expect(row?.facts).toMatchObject({ how: 'suspended', from: 'Ada', to: 'the house' });
  });
});
