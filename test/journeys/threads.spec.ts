import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Message } from '../../src/messages/message.entity.js';
import { Outbox } from '../../src/messages/outbox.service.js';
import { Watch } from '../../src/operations/watch.service.js';
import type { FaultKind } from '../../src/simulator/faults.js';
import { type OnDuty, onDuty, signedIn } from '../support/on-duty.js';
import { eventually } from '../support/poll.js';
import { type Service, startService } from '../support/service.js';
import { failNext, timeline } from '../support/simulated.js';
import type { Visitor } from '../support/visitor.js';

const MONDAY = new Date('2026-11-30T09:00:00Z');
const FRIDAY = new Date('2026-12-04T18:00:00Z');
const WITHIN = { within: 30_000 };

describe('a thread', () => {
  let service: Service;
  let duty: OnDuty;
  let olu: Visitor;
  let named = 0;
  beforeAll(async () => {
    service = await startService({ clockStart: MONDAY });
    duty = await onDuty(service, MONDAY, FRIDAY);
    olu = await signedIn(service, duty.account, 'Olu', 'organiser');
  });
  afterAll(() => service.stop());
  beforeEach(() => fetch(`${service.simulatorUrl}/simulator/faults`, { method: 'DELETE' }));

  /** Queues a thread of three parts of Grace's, and gives the word that its texts begin with. */
  async function say(): Promise<string> {
    named += 1;
    const word = `Thread${named}`;
    await service.db.write((tx) =>
      service.app.get(Outbox).thread(tx, {
        key: `thread ${randomUUID()}`,
        accountId: duty.account.id,
        cause: { kind: 'stint', id: duty.grace.stintId },
        parts: ['one', 'two', 'three'].map((text) => ({ text: `${word} ${text}` })),
        stintId: duty.grace.stintId,
        authorId: duty.grace.personId,
        dueAt: tx.now,
      }),
    );
    return word;
  }

  const parts = (word: string) =>
    service.db.manager
      .createQueryBuilder(Message, 'm')
      .where(`m.channel = 'post' AND m.data->>'text' LIKE :word`, { word: `${word} %` })
      .orderBy('m.part')
      .getMany();
  const states = async (word: string) => (await parts(word)).map(({ state }) => state);
  /** Waits for these states; while something waits for a later instant the clock goes there. */
  const until = (word: string, wanted: Message['state'][]) =>
    eventually(async () => {
      const rows = await parts(word);
      const now = await service.db.now();
      const later = rows.map((row) => row.nextAttemptAt).find((at) => at && at > now);
      if (rows.map(({ state }) => state).join() !== wanted.join() && later) await service.moveClock(later);
      expect(rows.map(({ state }) => state)).toEqual(wanted);
      return rows;
    }, WITHIN);
  /** What the network shows, oldest first: each text with that of the post that it answers. */
  async function shown(word: string): Promise<[string, string | null][]> {
    const posts = (await timeline(service, duty.account.id)).filter(({ text }) => text.startsWith(`${word} `));
    const textOf = (id: string | null) => posts.find((post) => post.id === id)?.text.slice(word.length + 1) ?? null;
    return posts.map((post): [string, string | null] => [textOf(post.id) ?? '', textOf(post.replyTo)]).toReversed();
  }
  /** Lets the create call of the second part go wrong: the first has none of the fault. */
  const failSecond = (kind: FaultKind) =>
    fetch(`${service.simulatorUrl}/simulator/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ endpoint: 'create', kind, nth: 2 }),
    });
  const WHOLE: [string, string | null][] = [
    ['one', null],
    ['two', 'one'],
    ['three', 'two'],
  ];
  const page = async (word: string, part: number) => {
    const row = (await parts(word))[part - 1];
    await olu.get(`/team/nhs/messages/${row?.id}`);
    return row;
  };

  it('goes out part by part, each in reply to the one before, with a pause between', async () => {
    const word = await say();
    const rows = await until(word, ['sent', 'sent', 'sent']);
    expect(await shown(word)).toEqual(WHOLE);
    for (const [index, row] of rows.slice(1).entries()) {
      const pause = (row.startedAt?.getTime() ?? 0) - (rows[index]?.settledAt?.getTime() ?? 0);
      expect(pause).toBeGreaterThanOrEqual(2_000);
    }
  });

  it('waits, and tries a part again, when X does not find the post that it answers yet', async () => {
    await failSecond('403-gone');
    const word = await say();
    const rows = await until(word, ['sent', 'sent', 'sent']);
    expect([rows.map(({ attempts }) => attempts), await shown(word)]).toEqual([[1, 2, 1], WHOLE]);
  });

  it('goes on by itself when a part was applied without an answer, and says nothing twice', async () => {
    await failSecond('applied-reset');
    const word = await say();
    const rows = await until(word, ['sent', 'sent', 'sent']);
    expect([rows.map(({ attempts }) => attempts), await shown(word)]).toEqual([[1, 1, 1], WHOLE]);
  });

  it('stands still at a part that nobody can find, says so to author and team, and goes on when a person has it sent again', async () => {
    await failSecond('reset');
    const word = await say();
    await eventually(async () => {
      const second = (await parts(word))[1];
      if (second?.nextAttemptAt) await service.moveClock(second.nextAttemptAt);
      return second?.state === 'unknown' && second.nextAttemptAt === null;
    }, WITHIN);
    expect(await states(word)).toEqual(['sent', 'unknown', 'waiting']);
    const letter = await service.letter('grace@example.org', /thread on @NHS stands still/);
    expect(letter.text).toContain(`begins “${word} one”`);
    expect(letter.text).toMatch(/Part 1 is out\.[\s\S]*Part 2 may be out[\s\S]*Part 3 waits behind it\./);
    await service.app.get(Watch).look(duty.account.id);
    expect((await service.letter('olu@example.org', /a thread stands still/)).text).toContain(
      'Part 3 waits behind it.',
    );
    const grace = await signedIn(service, duty.account, 'Grace', 'reviewer');
    await grace.get('/nhs/desk');
    expect(grace.words).toMatch(/Not known: the team looks Part 2 of 3 .* Waits for the part before it Part 3 of 3/);
    await page(word, 3);
    expect(olu.words).toContain('A part before it is not settled yet.');
    await page(word, 2);
    await olu.submit({ looked: 'yes' }, 'repeats');
    await until(word, ['sent', 'sent', 'sent']);
    expect(await shown(word)).toEqual(WHOLE);
  });

  it('goes on when a person says where the part is', async () => {
    await failSecond('applied-503');
    const word = await say();
    await eventually(async () => {
      const first = (await parts(word))[1]?.nextAttemptAt;
      if (first && (await states(word))[1] === 'waiting') await service.moveClock(first);
      return (await states(word)).join() === 'sent,unknown,waiting';
    }, WITHIN);
    const there = (await timeline(service, duty.account.id)).find(({ text }) => text === `${word} two`);
    await page(word, 2);
    await olu.submit({ address: there?.id ?? '' }, 'arrivals');
    await until(word, ['sent', 'sent', 'sent']);
    expect(await shown(word)).toEqual(WHOLE);
  });

  it('of which a part was refused goes on without it when the team sends the rest', async () => {
    await failSecond('453');
    const word = await say();
    await until(word, ['sent', 'refused', 'waiting']);
    await eventually(async () =>
      (await service.mail()).some(({ text }) => text.includes('Part 2 was refused') && text.includes(word)),
    );
    await page(word, 2);
    expect(olu.words).toContain('The network will not take this part.');
    await olu.submit({}, 'omissions');
    await until(word, ['sent', 'withdrawn', 'sent']);
    expect(await shown(word)).toEqual([
      ['one', null],
      ['three', 'one'],
    ]);
  });

  it('of which a part was refused ends there when the team stops it', async () => {
    await failSecond('453');
    const word = await say();
    await until(word, ['sent', 'refused', 'waiting']);
    await page(word, 2);
    await olu.submit({}, 'withdrawals');
    expect(await states(word)).toEqual(['sent', 'withdrawn', 'withdrawn']);
    expect(await shown(word)).toEqual([['one', null]]);
  });

  it('that was undone before it began says nothing', async () => {
    const word = `Thread${++named}`;
    const { db, app } = service;
    const given = { accountId: duty.account.id, stintId: null, authorId: null, key: `thread ${randomUUID()}` };
    const cause = { kind: 'account' as const, id: duty.account.id };
    const undone = await db.write(async (tx) => {
      const dueAt = new Date(tx.now.getTime() + 600_000);
      const texts = [{ text: `${word} one` }, { text: `${word} two` }];
      const id = await app.get(Outbox).thread(tx, { ...given, cause, parts: texts, dueAt });
      expect(await app.get(Outbox).thread(tx, { ...given, cause, parts: texts, dueAt })).toBeNull();
      return app.get(Outbox).withdrawPost(tx, id ?? '', 'Undone.');
    });
    expect([undone, await states(word)]).toEqual([true, ['withdrawn', 'withdrawn']]);
  });

  it('whose author loses the account in the middle says which parts are out, and leaves none unsaid in silence', async () => {
    await failNext(service, 'create', 'slow', 1500);
    const word = await say();
    await eventually(async () => (await states(word))[0] === 'sending');
    await service.db.write((tx) =>
      service.app.get(Outbox).holdPosts(tx, duty.grace.stintId, 'The turn ended before it was due.'),
    );
    await until(word, ['sent', 'held', 'held']);
    await eventually(
      async () => (await service.mail()).some(({ text }) => text.includes('Part 2 is held') && text.includes(word)),
      WITHIN,
    );
    await page(word, 3);
    expect(
      (await olu.post(`/team/nhs/messages/${(await parts(word))[2]?.id}/releases`, { _csrf: csrf(olu) })).status,
    ).toBe(409);
    await page(word, 2);
    await olu.submit({}, 'releases');
    await until(word, ['sent', 'sent', 'sent']);
    expect(await shown(word)).toEqual(WHOLE);
  });
});

function csrf(visitor: Visitor): string {
  return /name="_csrf" value="([^"]+)"/.exec(visitor.page.text)?.[1] ?? '';
}
