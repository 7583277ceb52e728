import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  afterCall,
  afterError,
  afterPreparing,
  type Begun,
  type CallOutcome,
  interrupted,
  stillCounts,
  takesNoAnswer,
  tooLateToCall,
} from './ending.js';
import type { Message, MessageState } from './message.entity.js';

const now = new Date('2026-11-30T09:00:00Z');
const real = new Date('2026-11-23T12:00:00Z');
const clock = { now, real };
const begun: Begun = { attempt: 1, at: now };
const row = (given: Partial<Message> = {}) =>
  ({ channel: 'post', state: 'sending', attempts: 1, startedAt: now, possibleCopies: 0, ...given }) as Message;
const seconds = (n: number, from = now) => new Date(from.getTime() + n * 1000);

const done: CallOutcome = { kind: 'done', value: { id: '42' } };
const unknown: CallOutcome = { kind: 'unknown', detail: 'No answer' };
const duplicate: CallOutcome = { kind: 'refused', why: 'duplicate', detail: 'Duplicate' };
const later = (given: object = {}): CallOutcome =>
  ({ kind: 'later', at: null, why: 'rate-limit', detail: 'Later', ...given }) as CallOutcome;

describe('what a message becomes by the answer to its call', () => {
  it('is sent under the id that the network gave', () => {
    expect(afterCall(row(), begun, done, clock)).toMatchObject({ state: 'sent', providerRef: '42', settledAt: now });
  });

  it('an unanswered post is unknown and first looked up after 20 seconds', () => {
    expect(afterCall(row(), begun, unknown, clock)).toMatchObject({ state: 'unknown', nextAttemptAt: seconds(20) });
  });

  it('an unanswered letter is tried again and counted as a possible copy', () => {
    const letter = row({ channel: 'letter', possibleCopies: 1 });
    expect(afterCall(letter, begun, unknown, clock)).toMatchObject({ state: 'waiting', possibleCopies: 2 });
  });

  it('a duplicate is refused when no earlier call is open', () => {
    expect(afterCall(row(), begun, duplicate, clock).state).toBe('refused');
  });

  it('a duplicate after an unanswered call is looked up at once', () => {
    const again = row({ attempts: 2, startedAt: seconds(-600) });
    expect(afterCall(again, { attempt: 2, at: now }, duplicate, clock)).toEqual({
      state: 'unknown',
      detail: 'Duplicate',
      nextAttemptAt: now,
    });
  });

  it('remembers an earlier unanswered call when the network says later', () => {
    const again = row({ attempts: 2, startedAt: seconds(-600) });
    expect(afterCall(again, { attempt: 2, at: now }, later(), clock).startedAt).toEqual(seconds(-600));
    expect(afterCall(row(), begun, later(), clock).startedAt).toBeNull();
  });

  it('waits until the network’s own instant, turned into service time, but an hour at most', () => {
    expect(afterCall(row(), begun, later({ at: seconds(90, real) }), clock).nextAttemptAt).toEqual(seconds(90));
    expect(afterCall(row(), begun, later({ at: seconds(90_000, real) }), clock).nextAttemptAt).toEqual(seconds(3600));
    expect(afterCall(row(), begun, later({ at: seconds(-9, real) }), clock).nextAttemptAt).toEqual(seconds(15));
  });

  it('gives to a person what no waiting helps against', () => {
    expect(afterCall(row(), begun, later({ why: 'no-credits' }), clock).state).toBe('held');
    const lost: CallOutcome = { kind: 'refused', why: 'not-signed-in', detail: 'Unauthorized' };
    expect(afterCall(row(), begun, lost, clock).state).toBe('held');
  });

  it('gives a letter up after two days', () => {
    expect(afterCall(row({ channel: 'letter', attempts: 54 }), begun, later(), clock).state).toBe('waiting');
    expect(afterCall(row({ channel: 'letter', attempts: 55 }), begun, later(), clock).state).toBe('refused');
  });

  it('a post that could not be made ready waits, is held or refused, and has begun nothing', () => {
    expect(afterPreparing(row(), { kind: 'done', value: null }, clock)).toBeNull();
    expect(afterPreparing(row(), later() as never, clock)).toMatchObject({ state: 'waiting', attempts: 2 });
    expect(afterPreparing(row(), later({ why: 'no-credits' }) as never, clock)).toMatchObject({ state: 'held' });
    const refused = { kind: 'refused', why: 'media-refused', detail: 'Not a picture' } as const;
    expect(afterPreparing(row(), refused, clock)).toMatchObject({ state: 'refused' });
  });

  it('tries a later part of a thread again that X does not let answer the part before, but no other answer', () => {
    const gate: CallOutcome = { kind: 'refused', why: 'reply-not-allowed', detail: 'Not engaged' };
    expect(afterCall(row({ replyTo: '7', part: 2 }), begun, gate, clock).state).toBe('waiting');
    expect(afterCall(row({ replyTo: '7', part: 1 }), begun, gate, clock)).toMatchObject({
      state: 'refused',
      detail: expect.stringContaining('“Not engaged”'),
    });
    const plain = afterCall(row({ replyTo: '7', part: null }), begun, gate, clock);
    expect([plain.state, takesNoAnswer(plain.detail ?? null), takesNoAnswer('Duplicate')]).toEqual([
      'refused',
      true,
      false,
    ]);
  });

  it('never makes a post wait for another try when its call may have gone through', () => {
    const outcomes = fc.constantFrom(unknown, duplicate);
    const before = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(outcomes, before, fc.integer({ min: 2, max: 90 }), (outcome, ago, attempts) => {
        const again = row({ attempts, startedAt: seconds(-ago) });
        return afterCall(again, { attempt: attempts, at: now }, outcome, clock).state === 'unknown';
      }),
    );
  });
});

describe('a message that was left alone', () => {
  it('is, as a post, looked up 20 seconds after its call, or at once when that is past', () => {
    expect(interrupted({ startedAt: seconds(-5) }, now)).toMatchObject({
      state: 'unknown',
      nextAttemptAt: seconds(15),
    });
    expect(interrupted({ startedAt: seconds(-60) }, now)).toMatchObject({ state: 'unknown', nextAttemptAt: now });
  });

  it('by an error of ours is tried again later, and in the end given up', () => {
    const waiting = row({ state: 'waiting', leaseUntil: null });
    expect(afterError(waiting, clock)).toMatchObject({ state: 'waiting', attempts: 2, nextAttemptAt: seconds(30) });
    expect(afterError({ ...waiting, attempts: 55 }, clock)).toMatchObject({ state: 'refused' });
  });

  it('by an error of ours while a call may be open stays as it is', () => {
    const leased = row({ leaseUntil: seconds(10, real) });
    expect(afterError(leased, clock)).toBeNull();
    expect(afterError({ ...leased, channel: 'letter' }, clock)).toBeNull();
    expect(afterError(row({ leaseUntil: seconds(-10, real) }), clock)).toBeNull();
    const letter = row({ channel: 'letter', leaseUntil: seconds(-10, real) });
    expect(afterError(letter, clock)).toMatchObject({ state: 'waiting' });
  });
});

describe('a process that stood still before its call', () => {
  const stood = tooLateToCall(30_000);

  it('makes it while nobody else can have the row, and not any more after that', () => {
    expect([tooLateToCall(29_999), stood?.kind]).toEqual([null, 'later']);
  });

  it('gives a row that was put to look-up meanwhile back to be sent, for it was not', () => {
    const unsure = row({ state: 'unknown' });
    expect(stood && stillCounts(unsure, begun, stood)).toBe(true);
    expect(stood && afterCall(unsure, begun, stood, clock)).toMatchObject({ state: 'waiting', startedAt: null });
    expect(stood && stillCounts(row({ state: 'waiting' }), begun, stood)).toBe(false);
  });
});

describe('whether a late answer still counts', () => {
  it.each<[string, MessageState, number, CallOutcome, boolean]>([
    ['the answer that was waited for', 'sending', 1, later(), true],
    ['an answer to an earlier attempt', 'sending', 2, done, false],
    ['success, although it was put to look-up meanwhile', 'unknown', 1, done, true],
    ['a refusal, although it was put to look-up meanwhile', 'unknown', 1, duplicate, true],
    ['no answer, when it is looked up already', 'unknown', 1, unknown, false],
    ['success of a letter that was withdrawn meanwhile', 'withdrawn', 1, done, true],
    ['a failure of a letter that was withdrawn meanwhile', 'withdrawn', 1, later(), false],
    ['success before a person’s second try has begun', 'waiting', 1, done, true],
    ['success of what the look-up has found already', 'sent', 1, done, false],
  ])('%s', (_, state, attempts, outcome, counts) => {
    expect(stillCounts(row({ state, attempts }), begun, outcome)).toBe(counts);
  });
});
