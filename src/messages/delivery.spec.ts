import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Hold } from '../credentials/access.js';
import { type Delivery, decide, nextAttempt, overtaken } from './delivery.js';
import type { MessageState } from './message.entity.js';

const now = new Date('2026-11-30T09:00:00Z');
const real = new Date('2026-11-23T12:00:00Z');
const minutes = (n: number, from = now) => new Date(from.getTime() + n * 60_000);

const letter = (given: Partial<Delivery> = {}): Delivery => ({
  channel: 'letter',
  state: 'waiting',
  dueAt: now,
  expiresAt: null,
  nextAttemptAt: now,
  leaseUntil: null,
  stopped: false,
  access: null,
  overtakenByHold: false,
  ...given,
});
const post = (given: Partial<Delivery> = {}): Delivery =>
  letter({ channel: 'post', access: { allowed: true, why: 'allowed' }, ...given });
const hold = (startsAt: Date, endsAt: Date | null, scope: Hold['scope'] = 'curators'): Hold => ({
  id: 'hold',
  kind: 'pause',
  scope,
  startsAt,
  endsAt,
  reason: '',
});

const states: MessageState[] = ['waiting', 'sending', 'sent', 'refused', 'unknown', 'held', 'withdrawn'];
const someDelivery = fc.record({
  channel: fc.constantFrom('letter' as const, 'post' as const),
  state: fc.constantFrom(...states),
  dueAt: fc.integer({ min: -3000, max: 60 }).map((n) => minutes(n)),
  expiresAt: fc.option(fc.integer({ min: -60, max: 60 }).map((n) => minutes(n))),
  nextAttemptAt: fc.option(fc.integer({ min: -3000, max: 60 }).map((n) => minutes(n))),
  leaseUntil: fc.option(fc.integer({ min: -60, max: 60 }).map((n) => minutes(n, real))),
  stopped: fc.boolean(),
  access: fc.option(
    fc.constantFrom({ allowed: true, why: 'allowed' as const }, { allowed: false, why: 'ended' as const }),
  ),
  overtakenByHold: fc.boolean(),
});

describe('what happens to a message now', () => {
  it.each([
    ['a letter that is due leaves', letter(), 'send'],
    ['a post whose author has the account leaves', post(), 'send'],
    ['a letter that is no longer true is withdrawn', letter({ expiresAt: now }), 'withdraw'],
    ['a letter leaves up to the instant at which it is no longer true', letter({ expiresAt: minutes(1) }), 'send'],
    ['a letter of a stopped cause waits', letter({ stopped: true }), 'wait'],
    ['a letter that was interrupted leaves again', letter({ state: 'sending', leaseUntil: minutes(-1, real) }), 'send'],
    ['an interrupted letter of a stopped cause waits', letter({ state: 'sending', stopped: true }), 'wait'],
    [
      'a letter that another worker is sending is left alone',
      letter({ state: 'sending', leaseUntil: minutes(1, real) }),
      'nothing',
    ],
    ['a post that was interrupted is looked up', post({ state: 'sending', leaseUntil: minutes(-1, real) }), 'look-up'],
    ['an unanswered post is looked up when that is due', post({ state: 'unknown' }), 'look-up'],
    ['an unanswered post waits for its next look', post({ state: 'unknown', nextAttemptAt: minutes(1) }), 'wait'],
    [
      'an unanswered post stays before a person after the last look',
      post({ state: 'unknown', nextAttemptAt: null }),
      'wait',
    ],
    ['a post after its author’s turn is held', post({ access: { allowed: false, why: 'ended' } }), 'hold'],
    ['a post that fell due during a hold is held', post({ overtakenByHold: true }), 'hold'],
    ['a post more than 15 minutes late is held', post({ dueAt: minutes(-15.1) }), 'hold'],
    ['a post 15 minutes late leaves', post({ dueAt: minutes(-15) }), 'send'],
    ['a letter of last month leaves', letter({ dueAt: minutes(-43_200) }), 'send'],
  ] as const)('%s', (_, row, act) => {
    expect(decide(row, now, real).act).toBe(act);
  });

  it('waits until the instant that is next', () => {
    expect(decide(letter({ nextAttemptAt: minutes(5) }), now, real)).toEqual({ act: 'wait', until: minutes(5) });
  });

  it('says in plain words why a post is held', () => {
    const verdict = decide(post({ access: { allowed: false, why: 'ended' } }), now, real);
    expect(verdict).toEqual({ act: 'hold', why: 'The turn of its author has ended.' });
  });

  const always = (holds: (row: Delivery, act: string) => boolean) =>
    fc.assert(
      fc.property(someDelivery, (row) => holds(row, decide(row, now, real).act)),
      { numRuns: 3000 },
    );

  it('never sends a post whose call was begun before', () => {
    always((row, act) => act !== 'send' || row.channel === 'letter' || row.state === 'waiting');
  });

  it('never lets a settled, held or withdrawn message leave by itself', () => {
    always((row, act) => act === 'nothing' || ['waiting', 'sending', 'unknown'].includes(row.state));
  });

  it('never sends before its time, past a stop, or under another worker’s lease', () => {
    always((row, act) => {
      if (act !== 'send') return true;
      const leased = row.leaseUntil !== null && row.leaseUntil > real;
      return row.nextAttemptAt !== null && row.nextAttemptAt <= now && !row.stopped && !leased;
    });
  });

  it('never sends a post whose author may not act, after a hold, or when it is stale', () => {
    always((row, act) => {
      if (act !== 'send' || row.channel === 'letter') return true;
      return row.access?.allowed === true && !row.overtakenByHold && row.dueAt >= minutes(-15);
    });
  });

  it('never looks up or holds a letter', () => {
    always((row, act) => row.channel === 'post' || row.state === 'unknown' || (act !== 'look-up' && act !== 'hold'));
  });
});

describe('whether a hold lay between the due time and now', () => {
  const curator = { kind: 'stint', stintId: 'grace', seat: 1 } as const;
  const house = { kind: 'house' } as const;

  it.each([
    ['one in force', [hold(minutes(-5), null)], true],
    ['one that ended after the due time', [hold(minutes(-60), minutes(-5))], true],
    ['one that ended exactly at the due time', [hold(minutes(-60), minutes(-10))], false],
    ['one that begins later', [hold(minutes(1), null)], false],
    ['one that was made and lifted at the same instant', [hold(minutes(-5), minutes(-5))], false],
  ])('counts %s: %#', (_, holds, overtaking) => {
    expect(overtaken(curator, holds, minutes(-10), now)).toBe(overtaking);
  });

  it('concerns the house only when it is for everyone', () => {
    expect(overtaken(house, [hold(minutes(-5), null)], minutes(-10), now)).toBe(false);
    expect(overtaken(house, [hold(minutes(-5), null, 'everyone')], minutes(-10), now)).toBe(true);
  });
});

describe('when a message is tried again', () => {
  it('doubles the gap from 15 seconds up to an hour', () => {
    const seconds = [1, 2, 3, 8, 9, 10, 50].map((n) => (nextAttempt(n, now).getTime() - now.getTime()) / 1000);
    expect(seconds).toEqual([15, 30, 60, 1920, 3600, 3600, 3600]);
  });
});
