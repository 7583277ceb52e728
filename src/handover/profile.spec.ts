import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Outcome } from '../networks/network.js';
import { afterProfileCall, changeResult, nextPart, type PartRow, partsOf } from './profile.js';

const now = new Date('2026-12-11T18:00Z');
const clock = { now, real: new Date('2026-11-23T06:00Z') };
const later = (why: 'rate-limit' | 'no-credits' | 'unavailable', at: Date | null = null): Outcome<null> => ({
  kind: 'later',
  at,
  why,
  detail: 'X said so.',
});
const refused = (why: 'forbidden' | 'not-signed-in' | 'invalid'): Outcome<null> => ({
  kind: 'refused',
  why,
  detail: 'No.',
});

describe('a change of the profile', () => {
  it('touches the picture only where the house has one to go back to', () => {
    expect(partsOf(null)).toEqual(['name', 'bio']);
    expect(partsOf('a file')).toEqual(['name', 'bio', 'picture']);
  });

  it('is made part by part', () => {
    const rows = (settled: string[]) =>
      partsOf('a file').map((part) => ({ part, settledAt: settled.includes(part) ? now : null }));
    expect([rows([]), rows(['name']), rows(['name', 'bio', 'picture'])].map(nextPart)).toEqual(['name', 'bio', null]);
  });

  it('is tried again with growing gaps, or when the network said, counted in service time', () => {
    expect(afterProfileCall(later('unavailable'), 1, clock)).toMatchObject({
      end: 'again',
      at: new Date(+now + 15_000),
    });
    expect(afterProfileCall(later('unavailable'), 3, clock)).toMatchObject({
      end: 'again',
      at: new Date(+now + 60_000),
    });
    const told = afterProfileCall(later('rate-limit', new Date(+clock.real + 120_000)), 1, clock);
    expect(told).toMatchObject({ end: 'again', at: new Date(+now + 120_000) });
    const tomorrow = afterProfileCall(later('rate-limit', new Date(+clock.real + 86_400_000)), 1, clock);
    expect(tomorrow).toMatchObject({ end: 'again', at: new Date(+now + 900_000) });
  });

  it('is left to a person where waiting does not help: all of it, or only the part', () => {
    expect(afterProfileCall(later('unavailable'), 5, clock)).toMatchObject({ end: 'failed', all: true });
    expect(afterProfileCall(later('no-credits'), 1, clock)).toMatchObject({ end: 'failed', all: true });
    expect(afterProfileCall(refused('not-signed-in'), 1, clock)).toMatchObject({ end: 'failed', all: true });
    expect(afterProfileCall(refused('forbidden'), 1, clock)).toMatchObject({ end: 'failed', all: true });
    expect(afterProfileCall(refused('invalid'), 1, clock)).toMatchObject({ end: 'failed', all: false });
  });

  it('always ends, whatever the network answers', () => {
    const outcomes = fc.constantFrom(later('unavailable'), later('rate-limit'), later('rate-limit', new Date(0)));
    fc.assert(
      fc.property(fc.array(outcomes, { minLength: 5, maxLength: 5 }), (answers) => {
        expect(answers.map((each, index) => afterProfileCall(each, index + 1, clock).end).at(-1)).toBe('failed');
      }),
    );
  });

  it('tells what was set and what was not', () => {
    const row = (part: PartRow['part'], failed: boolean): PartRow => ({
      part,
      settledAt: now,
      failed,
      outcome: failed ? 'X refused it.' : null,
    });
    expect(changeResult('profile', [row('name', false), row('bio', false)])).toEqual({
      outcome: 'The profile shows the curator.',
    });
    expect(changeResult('restore', [row('name', false), row('picture', true)])).toEqual({
      outcome: 'Set: the display name. Not set: the picture. X refused it. What is missing is ready to copy.',
      byHand: true,
    });
  });
});
