import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { afterCall, afterError, afterPreparing, type CallOutcome, interrupted } from './ending.js';
import type { Message, MessageState } from './message.entity.js';
import { MOVES, mayBecome } from './states.js';

const STATES: MessageState[] = ['waiting', 'sending', 'sent', 'refused', 'unknown', 'held', 'withdrawn'];
const now = new Date('2026-11-30T09:00:00Z');
const clock = { now, real: now };

function reachedFrom(state: MessageState, seen = new Set<MessageState>()): Set<MessageState> {
  if (seen.has(state)) return seen;
  seen.add(state);
  for (const { from, to } of MOVES) if (from === state) reachedFrom(to, seen);
  return seen;
}

const outcomes = fc.oneof(
  fc.constant<CallOutcome>({ kind: 'done', value: { id: '42' } }),
  fc.constant<CallOutcome>({ kind: 'unknown', detail: '' }),
  fc.record({
    kind: fc.constant('later' as const),
    at: fc.constant(null),
    why: fc.constantFrom('rate-limit' as const, 'no-credits' as const, 'unavailable' as const, 'unreachable' as const),
    detail: fc.constant(''),
  }),
  fc.record({
    kind: fc.constant('refused' as const),
    why: fc.constantFrom('duplicate' as const, 'gone' as const, 'not-signed-in' as const, 'too-long' as const),
    detail: fc.constant(''),
  }),
);
const rows = fc.record({
  channel: fc.constantFrom('post' as const, 'letter' as const, 'webhook' as const),
  attempts: fc.integer({ min: 1, max: 60 }),
  startedAt: fc.option(fc.integer({ min: 0, max: 900 }).map((s) => new Date(now.getTime() - s * 1000))),
  replyTo: fc.option(fc.constant('41')),
  possibleCopies: fc.constant(0),
});

describe('the states of a message', () => {
  it('are all reached from waiting', () => {
    expect([...reachedFrom('waiting')].sort()).toEqual([...STATES].sort());
  });

  it('lead on to something but for the one that is the end', () => {
    expect(STATES.filter((state) => !MOVES.some(({ from }) => from === state))).toEqual(['sent']);
  });

  it('have a way to an end from everywhere', () => {
    for (const state of STATES) expect([state, reachedFrom(state).has('sent')]).toEqual([state, true]);
  });

  it('change by moves that are each listed once, with what brings them about', () => {
    expect(new Set(MOVES.map(({ from, to }) => `${from} ${to}`)).size).toBe(MOVES.length);
    expect(MOVES.filter(({ by }) => by.length < 10)).toEqual([]);
  });

  it('never change otherwise, whatever a call ends with', () => {
    fc.assert(
      fc.property(rows, outcomes, fc.constantFrom('sending' as const, 'unknown' as const), (row, outcome, from) => {
        const begun = { attempt: row.attempts, at: now };
        const to = afterCall(row as Message, begun, outcome, clock).state;
        return to === from || row.channel !== 'post' ? mayBecome('sending', to) : mayBecome(from, to);
      }),
    );
  });

  it('never change otherwise before a call, after an error, or when a worker has ended', () => {
    fc.assert(
      fc.property(rows, outcomes, (row, outcome) => {
        const ready = afterPreparing(row as Message, outcome as never, clock);
        const wrong = afterError({ ...row, state: 'waiting', leaseUntil: null } as Message, clock);
        const changes = [ready, wrong].filter((change) => change !== null);
        return changes.every(({ state }) => mayBecome('waiting', state));
      }),
    );
    expect(mayBecome('sending', interrupted({ startedAt: now }, now).state)).toBe(true);
  });
});
