import { describe, expect, it } from '@jest/globals';
import { mustWait } from './approval.js';

const monday = new Date('2026-07-06T07:00:00Z');
const waits = (rule: 'off' | 'first-day' | 'always', now: string) =>
  mustWait(rule, 'Europe/London', monday, new Date(now));

describe('a post waits for a second pair of eyes', () => {
  it('never, always, or until midnight after the turn’s start as the account’s clocks show it', () => {
    for (const now of ['2026-07-06T08:00:00Z', '2026-07-08T08:00:00Z'])
      expect([waits('off', now), waits('always', now)]).toEqual([false, true]);
    expect(waits('first-day', '2026-07-06T22:59:00Z')).toBe(true);
    expect(waits('first-day', '2026-07-06T23:00:00Z')).toBe(false);
  });
});
