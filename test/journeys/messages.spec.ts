import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { Grants } from '../../src/credentials/grants.service.js';
import { Pulls } from '../../src/feed/pulls.service.js';
import { Message } from '../../src/messages/message.entity.js';
import { type NewPost, Outbox } from '../../src/messages/outbox.service.js';
import { People } from '../../src/people/people.service.js';
import { Files } from '../../src/platform/files.service.js';
import type { FaultKind } from '../../src/simulator/faults.js';
import { type OnDuty, onDuty, signedIn } from '../support/on-duty.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { startRedis } from '../support/redis.js';
import { type Service, startService } from '../support/service.js';
import { failNext, impatiently, lag, timeline } from '../support/simulated.js';

const MONDAY = new Date('2026-11-30T09:00:00Z');
const FRIDAY = new Date('2026-12-04T18:00:00Z');
const minutes = (n: number, from: Date) => new Date(from.getTime() + n * 60_000);

/** A service with Grace on duty, and what the tests do with its outbox. */
async function begin(redisUrl: string | null = null) {
  const service = await startService({ clockStart: MONDAY, redisUrl });
  const duty = await onDuty(service, MONDAY, FRIDAY);
  return { service, duty, ...actsOf(service, duty) };
}

function actsOf(service: Service, { account, grace }: OnDuty) {
  const { db, app } = service;
  const outbox = app.get(Outbox);
  const cause = (id: string = account.id) => ({ kind: 'account' as const, id });
  return {
    row: (id: string) => db.manager.findOneByOrFail(Message, { id }),
    /** Waits until a message has come into a state, and gives its row. */
    until: (id: string, state: Message['state'], within?: number) =>
      eventually(
        async () => {
          const row = await db.manager.findOneByOrFail(Message, { id });
          if (row.state !== state) throw new Error(`It is ${row.state} (${row.detail}), not ${state}`);
          return row;
        },
        { within },
      ),
    /** As if another process were pulling the feed all the while: no pull finds a post before the test has looked. */
    withoutPulls: async (work: () => Promise<void>) => {
      const lease = (until: string | null) =>
        db.write((tx) => tx.query('UPDATE feeds SET pull_lease_until = $2 WHERE account_id = $1', [account.id, until]));
      await lease('infinity');
      await work().finally(() => lease(null));
    },
    moveBy: async (n: number) => service.moveClock(minutes(n, await db.now())),
    post: async (text: string, given: Partial<NewPost> = {}) => {
      const id = await db.write((tx) =>
        outbox.post(tx, {
          key: `post ${randomUUID()}`,
          accountId: account.id,
          cause: cause(),
          text,
          stintId: grace.stintId,
          authorId: grace.personId,
          dueAt: tx.now,
          ...given,
        }),
      );
      return id ?? '';
    },
    letter: async (address: string, causeId?: string, key = `letter ${randomUUID()}`) => {
      const data = { name: 'Ada', personId: grace.personId, service: 'Baton', next: '' };
      return db.write((tx) =>
        outbox.letter(tx, {
          key,
          accountId: account.id,
          cause: cause(causeId),
          template: 'sign-in',
          data,
          address,
          evidence: 'asked',
          dueAt: tx.now,
        }),
      );
    },
    lettersTo: async (address: string) => (await service.mail()).filter((mail) => mail.to.includes(address)),
    shownWith: async (text: string) =>
      (await timeline(service, account.id)).filter((post) => post.text.startsWith(text)),
  };
}
type Begun = Awaited<ReturnType<typeof begin>>;

describe.each(['PostgreSQL', 'Redis'])('the outbox with its queue on %s', (queue) => {
  let it1: Begun;
  beforeAll(async () => {
    it1 = await begin(queue === 'Redis' ? (await startRedis()).url : null);
  });
  afterAll(() => it1.service.stop());

  it('brings a letter once, with a link that works exactly once', async () => {
    const { service } = it1;
    const ada = service.visitor();
    await ada.get('/sign-in');
    await ada.submit({ email: 'grace@example.org' });
    const letter = await service.letter('grace@example.org', /Sign in/);
    const link = letter.links[0] ?? '';
    const scanner = service.visitor();
    expect((await scanner.get(link)).status).toBe(200);
    await ada.get(link);
    await ada.submit();
    expect((await ada.get('/me/sessions')).status).toBe(200);
    expect((await scanner.get(link)).status).toBe(410);
    expect(await it1.lettersTo('grace@example.org')).toHaveLength(1);
  });

  it('sends once what was queued twice under one key', async () => {
    const key = `offer ${randomUUID()} 1`;
    const first = await it1.letter('twice@example.org', undefined, key);
    expect(await it1.letter('twice@example.org', undefined, key)).toBeNull();
    await it1.until(first ?? '', 'sent');
    expect(await it1.lettersTo('twice@example.org')).toHaveLength(1);
  });

  it('posts once, with its picture and its description', async () => {
    const bytes = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'green' } })
      .png()
      .toBuffer();
    const file = await it1.service.app.get(Files).keep(bytes);
    const media = [{ file, type: 'image/png', description: 'Our garden in the sun' }];
    const id = await it1.post('Good morning from our garden', { media });
    const { providerRef } = await it1.until(id, 'sent');
    const shown = await it1.shownWith('Good morning from our garden');
    expect(shown.map((post) => post.id)).toEqual([providerRef]);
    expect(shown[0]?.media.map((picture) => picture.alt)).toEqual(['Our garden in the sun']);
  });

  it('sends everything once when several workers share the work', async () => {
    const others = [await it1.service.another(), await it1.service.another()];
    const ids: string[] = [];
    for (let n = 1; n <= 12; n += 1) {
      ids.push((await it1.letter(`reader-${n}@example.org`)) ?? '', await it1.post(`Thought number ${n}.`));
    }
    for (const id of ids) await it1.until(id, 'sent');
    for (const other of others) await other.stop();
    const thoughts = (await it1.shownWith('Thought number')).map((post) => post.text);
    expect(new Set(thoughts).size).toBe(12);
    expect(thoughts).toHaveLength(12);
    const readers = (await it1.lettersTo('reader-')).map((mail) => mail.to);
    expect(readers).toHaveLength(12);
    expect(await it1.service.db.query('SELECT 1 FROM messages WHERE attempts > 1')).toHaveLength(0);
  });
});

describe('a letter', () => {
  let it1: Begun;
  beforeAll(async () => {
    it1 = await begin();
  });
  afterAll(() => it1.service.stop());

  it('of a stopped cause waits, and leaves when the last stop is lifted', async () => {
    const { db, app } = it1.service;
    const [cause, first, second] = [randomUUID(), randomUUID(), randomUUID()];
    const outbox = app.get(Outbox);
    const stop = (madeFor: string) =>
      db.write((tx) => outbox.stop(tx, { kind: 'account', id: cause }, madeFor, 'Election'));
    await stop(first);
    await stop(second);
    const id = (await it1.letter('stopped@example.org', cause)) ?? '';
    const free = (await it1.letter('free@example.org')) ?? '';
    await it1.until(free, 'sent');
    await db.write((tx) => outbox.lift(tx, first));
    await it1.moveBy(60);
    await it1.until((await it1.letter('free-too@example.org')) ?? '', 'sent');
    expect((await it1.row(id)).state).toBe('waiting');
    await db.write((tx) => outbox.lift(tx, second));
    await it1.until(id, 'sent');
  });

  it('that was withdrawn while it waited never leaves', async () => {
    const { db, app } = it1.service;
    const cause = { kind: 'account' as const, id: randomUUID() };
    await db.write((tx) => app.get(Outbox).stop(tx, cause, randomUUID(), 'Election'));
    const id = (await it1.letter('moved@example.org', cause.id)) ?? '';
    await db.write((tx) => app.get(Outbox).withdrawLetters(tx, cause, 'The dates have moved.'));
    await it1.moveBy(60);
    await it1.until((await it1.letter('after@example.org')) ?? '', 'sent');
    expect((await it1.row(id)).state).toBe('withdrawn');
    expect(await it1.lettersTo('moved@example.org')).toHaveLength(0);
  });

  it('says by its headers that nobody need answer, and has an identity of its own', async () => {
    const id = await it1.letter('headers@example.org');
    await it1.until(id ?? '', 'sent');
    const [mail] = await it1.lettersTo('headers@example.org');
    expect(mail?.text).toContain('Dear Ada');
    expect(mail?.html).toContain('Dear Ada');
    expect(mail?.headers).toMatchObject({ 'auto-submitted': 'auto-generated' });
    expect(mail?.headers['message-id']).toMatch(new RegExp(`^<${id}@`));
  });

  describe('and a mail server that', () => {
    const send = async (fault: FaultKind, state: Message['state']) => {
      await failNext(it1.service, 'mail', fault);
      const id = (await it1.letter(`${fault}@example.org`)) ?? '';
      await eventually(async () => (await it1.row(id)).attempts === 1 && (await it1.row(id)).state !== 'sending');
      expect((await it1.row(id)).state).toBe(state);
      return id;
    };

    it('says 451 gets it again later', async () => {
      const id = await send('mail-451', 'waiting');
      expect((await it1.row(id)).nextAttemptAt?.getTime()).toBeGreaterThan((await it1.service.db.now()).getTime());
      await it1.moveBy(0.3);
      expect(await it1.until(id, 'sent')).toMatchObject({ attempts: 2, possibleCopies: 0 });
      expect(await it1.lettersTo('mail-451@example.org')).toHaveLength(1);
    });

    it('takes it and hangs up gets it again, which is counted, under the same identity', async () => {
      const id = await send('mail-applied-reset', 'waiting');
      await it1.moveBy(0.3);
      expect(await it1.until(id, 'sent')).toMatchObject({ attempts: 2, possibleCopies: 1 });
      const copies = await it1.lettersTo('mail-applied-reset@example.org');
      expect(copies.map((mail) => mail.headers['message-id'])).toEqual([
        expect.stringContaining(id),
        expect.stringContaining(id),
      ]);
    });

    it('does not know the address is not asked again until the team says so', async () => {
      const id = await send('mail-550', 'refused');
      const olu = await signedIn(it1.service, it1.duty.account, 'Olu', 'organiser');
      await olu.get('/team/nhs/messages');
      expect(olu.words).toContain('mail-550@example.org');
      await olu.get(`/team/nhs/messages/${id}`);
      expect(olu.words).not.toContain('Dear');
      await olu.submit({}, 'retries');
      await it1.until(id, 'sent');
    });

    it('has refused it is not asked again once what it says is no longer true', async () => {
      const cause = { kind: 'account' as const, id: randomUUID() };
      await failNext(it1.service, 'mail', 'mail-550');
      const id = (await it1.letter('no-longer-true@example.org', cause.id)) ?? '';
      const { detail } = await it1.until(id, 'refused');
      await it1.service.db.write((tx) =>
        it1.service.app.get(Outbox).withdrawLetters(tx, cause, 'The dates have moved.'),
      );
      expect(await it1.row(id)).toMatchObject({ state: 'refused', detail });
      const olu = await signedIn(it1.service, it1.duty.account, 'Olu', 'organiser');
      await olu.get(`/team/nhs/messages/${id}`);
      await olu.submit({}, 'retries');
      await it1.until(id, 'withdrawn');
      expect(await it1.lettersTo('no-longer-true@example.org')).toHaveLength(0);
    });
  });
});

describe('a public post', () => {
  let it1: Begun;
  /** Moves the clock on until the last look. */
  async function lookedForInVain(id: string) {
    for (const wait of [0.4, 1.1, 3.1]) {
      const before = (await it1.row(id)).nextAttemptAt;
      // On a busy machine a look may come so late that it is the last.
      if (!before) return;
      await it1.moveBy(wait);
      await eventually(async () => (await it1.row(id)).nextAttemptAt?.getTime() !== before?.getTime());
    }
  }
  beforeAll(async () => {
    it1 = await begin();
  });
  afterAll(() => it1.service.stop());

  it.each<[string, FaultKind]>([
    ['was applied although it answered 503', 'applied-503'],
    ['was applied and lost its connection', 'applied-reset'],
    ['was applied and answered with half an answer', 'malformed'],
    ['was applied without any answer', 'applied-silence'],
  ])('that %s is found and never sent again', async (_, fault) => {
    await failNext(it1.service, 'create', fault);
    const id = await impatiently(it1.service, async () => {
      const posted = await it1.post(`Once and only once: ${fault}`);
      await it1.until(posted, 'unknown', 20_000);
      return posted;
    });
    await it1.moveBy(0.4);
    const row = await it1.until(id, 'sent');
    const shown = await it1.shownWith(`Once and only once: ${fault}`);
    expect(shown).toEqual([expect.objectContaining({ id: row.providerRef })]);
    expect(row.attempts).toBe(1);
  });

  it('that got no answer and is not there stays before a person, who has it sent again', async () => {
    await failNext(it1.service, 'create', 'reset');
    const id = await it1.post('Never arrived');
    await it1.until(id, 'unknown');
    await lookedForInVain(id);
    expect(await it1.row(id)).toMatchObject({ state: 'unknown', nextAttemptAt: null, attempts: 1 });
    const olu = await signedIn(it1.service, it1.duty.account, 'Olu', 'organiser');
    await olu.get(`/team/nhs/messages/${id}`);
    await olu.submit({}, 'repeats');
    expect(olu.page.status).toBe(422);
    expect((await it1.row(id)).state).toBe('unknown');
    await olu.submit({ looked: 'yes' }, 'repeats');
    await it1.until(id, 'sent');
    expect(await it1.shownWith('Never arrived')).toHaveLength(1);
  });

  it('that a person says is there is settled under its address, and under no other', () =>
    it1.withoutPulls(async () => {
      await failNext(it1.service, 'create', 'applied-reset');
      const id = await it1.post('Olu can see it');
      await it1.until(id, 'unknown');
      const [shown] = await it1.shownWith('Olu can see it');
      const olu = await signedIn(it1.service, it1.duty.account, 'Olu', 'organiser');
      await olu.get(`/team/nhs/messages/${id}`);
      await olu.submit({ address: 'https://x.com/nhs/status/1000000000000000000' }, 'arrivals');
      expect(olu.page.status).toBe(422);
      await olu.submit({ address: `https://x.com/nhs/status/${shown?.id}` }, 'arrivals');
      expect(await it1.row(id)).toMatchObject({ state: 'sent', providerRef: shown?.id });
    }));

  it('sent again by mistake is recognised by the network’s “duplicate” and found', () =>
    it1.withoutPulls(async () => {
      await failNext(it1.service, 'create', 'applied-reset');
      const id = await it1.post('Sent in haste');
      await it1.until(id, 'unknown');
      const olu = await signedIn(it1.service, it1.duty.account, 'Olu', 'organiser');
      await olu.get(`/team/nhs/messages/${id}`);
      await olu.submit({ looked: 'yes' }, 'repeats');
      const row = await it1.until(id, 'sent');
      expect(row.attempts).toBe(2);
      expect(await it1.shownWith('Sent in haste')).toEqual([expect.objectContaining({ id: row.providerRef })]);
    }));

  it.each([
    ['is found when the call had gone through', true],
    ['stays before a person when it had not', false],
  ])('whose worker died during the call %s', async (_, applied) => {
    const { db } = it1.service;
    const text = `A worker died: ${applied}`;
    const id = await it1.post(text, { dueAt: minutes(600, MONDAY) });
    if (applied) await it1.until(await it1.post(text), 'sent');
    await db.write((tx) =>
      tx.query(
        `UPDATE messages SET state = 'sending', attempts = 1, started_at = $2, next_attempt_at = $2, lease_until = $3 WHERE id = $1`,
        [id, minutes(-1, tx.now), minutes(-1, tx.real)],
      ),
    );
    // The post that stands in for the lost call is not known under any other row.
    await db.write((tx) => tx.query('UPDATE messages SET provider_ref = NULL WHERE data->>$1 = $2', ['text', text]));
    const row = await eventually(async () => {
      const now = await it1.row(id);
      return now.state === 'sent' || (now.state === 'unknown' && now.nextAttemptAt) ? now : null;
    });
    if (applied) expect((await it1.until(id, 'sent')).providerRef).toBe((await it1.shownWith(text))[0]?.id);
    else expect(row.state).toBe('unknown');
    expect(await it1.shownWith(text)).toHaveLength(applied ? 1 : 0);
  });

  it('that appears on the timeline only after every look is settled by the next pull', async () => {
    await lag(it1.service, 600_000);
    await failNext(it1.service, 'create', 'applied-reset');
    const id = await it1.post('Late to appear');
    await it1.until(id, 'unknown');
    await lookedForInVain(id);
    await lag(it1.service, 0);
    await eventually(() => it1.service.app.get(Pulls).pull(it1.duty.account.id));
    const [shown] = await it1.shownWith('Late to appear');
    expect(await it1.until(id, 'sent')).toMatchObject({ providerRef: shown?.id, attempts: 1 });
  });

  it('that a person has let go again while it was there unseen is settled by a pull before it leaves', async () => {
    await failNext(it1.service, 'create', 'applied-reset');
    const id = await it1.post('Let go too soon', { stintId: null, authorId: null });
    await it1.until(id, 'unknown');
    const later = minutes(600, MONDAY);
    await it1.service.db.write((tx) =>
      tx.query(`UPDATE messages SET state = 'waiting', next_attempt_at = $2 WHERE id = $1`, [id, later]),
    );
    await eventually(async () => {
      await it1.service.app.get(Pulls).pull(it1.duty.account.id);
      return (await it1.row(id)).state === 'sent';
    });
    expect(await it1.row(id)).toMatchObject({ attempts: 1 });
  });

  it('is not taken for one of the same words whose call is under way', async () => {
    const { db } = it1.service;
    await failNext(it1.service, 'create', 'reset');
    const lost = await it1.post('Good morning, all');
    await it1.until(lost, 'unknown');
    const later = await it1.post('Good morning, all', { dueAt: minutes(600, await db.now()) });
    await db.write((tx) =>
      tx.query(`UPDATE messages SET state = 'sending', attempts = 1, started_at = $2, lease_until = $3 WHERE id = $1`, [
        ...[later, tx.now, minutes(1, tx.real)],
      ]),
    );
    const id = await new Pretend(it1.service).post({ handle: 'NHS', text: 'Good morning, all' });
    await eventually(() => it1.service.app.get(Pulls).pull(it1.duty.account.id));
    expect((await it1.row(lost)).state).toBe('unknown');
    await db.write((tx) =>
      tx.query(`UPDATE messages SET state = 'sent', provider_ref = $2 WHERE id = $1`, [later, id]),
    );
  });

  it('is called for once, though everything that follows its publication fails', async () => {
    const { db } = it1.service;
    await db.write((tx) =>
      tx.query(`CREATE FUNCTION test_fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no audit'; END $$;
        CREATE TRIGGER test_fail BEFORE INSERT ON audit_entries FOR EACH ROW WHEN (NEW.verb = 'post.sent') EXECUTE FUNCTION test_fail()`),
    );
    const id = await it1.post('Published, and then it went wrong');
    await eventually(async () => (await it1.shownWith('Published, and then')).length === 1);
    await db.write((tx) => tx.query('DROP TRIGGER test_fail ON audit_entries'));
    const row = await eventually(async () => {
      await db.write((tx) =>
        tx.query(`UPDATE messages SET lease_until = $2 WHERE id = $1 AND state = 'sending'`, [id, tx.real]),
      );
      const now = await it1.row(id);
      if (now.nextAttemptAt && now.state === 'unknown') await it1.moveBy(0.4);
      return now.state === 'sent' ? now : null;
    });
    expect([row.attempts, (await it1.shownWith('Published, and then')).map((post) => post.id)]).toEqual([
      1,
      [row.providerRef],
    ]);
  });

  it('that is not there may be left unsaid, by somebody who has looked, also when its author’s turn is over', async () => {
    await failNext(it1.service, 'create', 'reset');
    const id = await it1.post('Better not');
    await it1.until(id, 'unknown');
    const olu = await signedIn(it1.service, it1.duty.account, 'Olu', 'organiser');
    await olu.get(`/team/nhs/messages/${id}`);
    const form = { _csrf: /name="_csrf" value="([^"]+)"/.exec(olu.page.text)?.[1] ?? '' };
    expect((await olu.post(`/team/nhs/messages/${id}/withdrawals`, form)).status).toBe(422);
    expect((await it1.row(id)).state).toBe('unknown');
    await olu.post(`/team/nhs/messages/${id}/withdrawals`, { ...form, looked: 'yes' });
    expect((await it1.row(id)).state).toBe('withdrawn');
  });

  it('waits for nothing when the credits are used up: it is held', async () => {
    await failNext(it1.service, 'create', '402');
    const id = await it1.post('Costs too much');
    expect((await it1.until(id, 'held')).detail).toContain('credits');
    const olu = await signedIn(it1.service, it1.duty.account, 'Olu', 'organiser');
    await olu.get(`/team/nhs/messages/${id}`);
    await olu.submit({}, 'releases');
    await it1.until(id, 'sent');
  });

  it('of a curator whose turn has ended in between is held, and cannot be released, only withdrawn', async () => {
    const { db, app } = it1.service;
    const id = await it1.post('Too late', { dueAt: minutes(5, await db.now()) });
    await db.write((tx) => app.get(Grants).close(tx, it1.duty.grace.stintId, 'cut short'));
    await it1.moveBy(5.1);
    expect((await it1.until(id, 'held')).detail).toContain('has ended');
    const olu = await signedIn(it1.service, it1.duty.account, 'Olu', 'organiser');
    await olu.get(`/team/nhs/messages/${id}`);
    await olu.submit({}, 'releases');
    expect(olu.page.status).toBe(409);
    await olu.get(`/team/nhs/messages/${id}`);
    await olu.submit({}, 'withdrawals');
    expect((await it1.row(id)).state).toBe('withdrawn');
    expect(await it1.shownWith('Too late')).toHaveLength(0);
  });

  it('of the house leaves while no curator has the account', async () => {
    const id = await it1.post('This is the team', { stintId: null, authorId: null });
    await it1.until(id, 'sent');
  });

  it('is nobody’s to decide about without the role, and shows no address to a reviewer', async () => {
    const [row] = await it1.service.db.query<{ id: string }>(`SELECT id FROM messages WHERE channel = 'post' LIMIT 1`);
    const id = (await it1.letter('private@example.org')) ?? '';
    await it1.until(id, 'sent');
    const rae = await signedIn(it1.service, it1.duty.account, 'Rae', 'reviewer');
    await rae.get('/team/nhs/messages');
    expect(rae.page.status).toBe(200);
    expect(rae.page.text).not.toContain('private@example.org');
    expect((await rae.post(`/team/nhs/messages/${row?.id}/withdrawals`, {})).status).toBe(403);
    expect((await rae.get('/team/nhs/messages/nothing')).status).toBe(404);
    expect((await it1.service.visitor().get('/team/nhs/messages')).url).toContain('/sign-in');
    expect(await it1.service.app.get(People).byEmail('rae@example.org')).not.toBeNull();
  });
});
