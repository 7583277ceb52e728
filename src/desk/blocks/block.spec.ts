import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { handlesIn, keyOf, mayChange, stateOf } from './block.js';

const instant = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });
const perhaps = fc.option(instant);

describe('an entry of the log of blocks', () => {
  const ends = new Date('2026-12-11T18:00:00Z');

  it('expires at the very instant at which its turn ends', () => {
    const before = new Date(ends.getTime() - 1);
    expect(stateOf({ expiresAt: ends, endedAt: null }, before)).toBe('current');
    expect(stateOf({ expiresAt: ends, endedAt: null }, ends)).toBe('expired');
  });

  it('stays in force for ever when it is the team’s', () => {
    fc.assert(fc.property(instant, (now) => stateOf({ expiresAt: null, endedAt: null }, now) === 'current'));
  });

  it('that has ended is neither in force nor changed by anybody', () => {
    fc.assert(
      fc.property(perhaps, instant, instant, (expiresAt, endedAt, now) => {
        expect(stateOf({ expiresAt, endedAt }, now)).toBe('ended');
        expect([mayChange({ expiresAt, endedAt }, 'team'), mayChange({ expiresAt, endedAt }, 'curator')]).toEqual([
          false,
          false,
        ]);
      }),
    );
  });

  it('goes one way: current, expired, ended', () => {
    const order = { current: 0, expired: 1, ended: 2 };
    fc.assert(
      fc.property(perhaps, instant, instant, (expiresAt, one, other) => {
        const [earlier, later] = one < other ? [one, other] : [other, one];
        const at = (now: Date) => order[stateOf({ expiresAt, endedAt: null }, now)];
        expect(at(later)).toBeGreaterThanOrEqual(at(earlier));
      }),
    );
  });

  it('of the team is not changed by whoever is on duty', () => {
    expect(mayChange({ expiresAt: null, endedAt: null }, 'curator')).toBe(false);
    expect(mayChange({ expiresAt: ends, endedAt: null }, 'curator')).toBe(true);
  });
});

describe('pasted handles', () => {
  it.each([
    ['@Rude_One', ['Rude_One'], []],
    ['rude_one\n@RUDE_ONE, x.com/rude_one', ['rude_one'], []],
    ['https://x.com/spam1?s=20 https://twitter.com/spam2/status/123', ['spam1', 'spam2'], []],
    ['not-a-handle, a_handle_that_is_too_long', [], ['not-a-handle', 'a_handle_that_is_too_long']],
    ['@ , ,;\n', [], ['@']],
    ['', [], []],
  ])('%j', (text, handles, wrong) => expect(handlesIn(text)).toEqual({ handles, wrong }));

  it('come out once each, in whatever way they are written', () => {
    const handle = fc.stringMatching(/^[A-Za-z0-9_]{1,15}$/);
    const written = fc.tuple(handle, fc.constantFrom('', '@', 'https://x.com/', 'http://www.twitter.com/'));
    fc.assert(
      fc.property(fc.array(written, { maxLength: 30 }), fc.constantFrom('\n', ', ', ' ;'), (given, between) => {
        const { handles, wrong } = handlesIn(given.map(([each, before]) => before + each).join(between));
        expect(wrong).toEqual([]);
        expect(handles.map(keyOf)).toEqual([...new Set(given.map(([each]) => keyOf(each)))]);
      }),
    );
  });
});
