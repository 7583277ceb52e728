import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MessageState } from './message.entity.js';
import { numbersOf, standstill } from './thread-words.js';
import { currentOf, type Part, standingOf } from './threads.js';

const soon = new Date('2026-11-30T09:00:00Z');

/** A thread by its states; `!` after one says that it moves by itself. */
function thread(...states: (MessageState | 'waiting!' | 'unknown!' | 'held!')[]): Part[] {
  return states.map((given, index) => {
    const state = given.replace('!', '') as MessageState;
    const providerRef = state === 'sent' ? `9${index + 1}` : null;
    return {
      id: `${index + 1}`,
      part: index + 1,
      state,
      nextAttemptAt: given.endsWith('!') ? soon : null,
      providerRef,
    };
  });
}

describe('how a thread stands', () => {
  it.each([
    ['moves while its part waits for its time', thread('waiting!', 'waiting'), { kind: 'moving' }],
    ['moves while a part is being sent', thread('sent', 'sending', 'waiting'), { kind: 'moving' }],
    ['moves while an unanswered part is looked for', thread('sent', 'unknown!', 'waiting'), { kind: 'moving' }],
    ['goes on with the part after those that are out', thread('sent', 'waiting'), { kind: 'next', replyTo: '91' }],
    ['passes over what was left out', thread('sent', 'withdrawn', 'waiting'), { kind: 'next', replyTo: '91' }],
    ['begins anew when its first part was left out', thread('withdrawn', 'waiting'), { kind: 'next', replyTo: null }],
    ['is over when all is out', thread('sent', 'sent'), { kind: 'over' }],
    ['is over when the rest was withdrawn', thread('sent', 'withdrawn'), { kind: 'over' }],
  ])('%s', (_, parts, standing) => {
    expect(standingOf(parts)).toMatchObject(standing);
  });

  it.each(['refused', 'held', 'held!', 'unknown'] as const)('is broken by a part that is %s', (state) => {
    const standing = standingOf(thread('sent', 'withdrawn', state, 'waiting', 'held'));
    expect(standing).toMatchObject({
      kind: 'broken',
      at: { part: 3 },
      out: [{ part: 1 }],
      rest: [{ part: 4 }, { part: 5 }],
    });
  });

  it('never gives the turn to a part while one before it may still be on its way', () => {
    const state = fc.constantFrom<MessageState | 'waiting!' | 'unknown!' | 'held!'>(
      ...([
        'waiting',
        'waiting!',
        'sending',
        'sent',
        'refused',
        'unknown',
        'unknown!',
        'held',
        'held!',
        'withdrawn',
      ] as const),
    );
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 8 }), (states) => {
        const parts = thread(...states);
        const standing = standingOf(parts);
        if (standing.kind !== 'next') return true;
        const before = parts.slice(0, parts.indexOf(standing.part));
        return before.every((part) => part.state === 'sent' || part.state === 'withdrawn');
      }),
    );
  });

  it('leaves exactly one part to decide about', () => {
    expect(currentOf(thread('sent', 'withdrawn', 'held', 'held'))?.part).toBe(3);
    expect(currentOf(thread('sent', 'withdrawn'))).toBeUndefined();
  });
});

describe('a broken thread in words', () => {
  const words = (parts: Part[]) => {
    const standing = standingOf(parts);
    return standing.kind === 'broken' ? standstill(numbersOf(standing)) : [];
  };

  it('says what is out, what is in the way and what waits', () => {
    expect(words(thread('sent', 'sent', 'refused', 'waiting', 'waiting', 'waiting'))).toEqual([
      'Parts 1 and 2 are out.',
      'Part 3 was refused by the network.',
      'Parts 4 to 6 wait behind it.',
    ]);
  });

  it('says so when nothing is out, and when nothing waits', () => {
    expect(words(thread('unknown'))).toEqual([
      'No part of the thread is out.',
      'Part 1 may be out: the network did not answer, and it was not found.',
    ]);
    expect(words(thread('sent', 'withdrawn', 'sent', 'held', 'waiting'))).toEqual([
      'Parts 1 and 3 are out.',
      'Part 4 is held.',
      'Part 5 waits behind it.',
    ]);
  });
});
