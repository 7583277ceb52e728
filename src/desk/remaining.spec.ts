import { describe, expect, it } from '@jest/globals';
import { leftUntil } from './remaining.js';

const now = new Date('2026-12-08T10:00:00Z');

describe('how long a turn lasts', () => {
  it.each([
    ['2026-12-11T18:00:00Z', '3 days and 8 hours left'],
    ['2026-12-09T10:00:00Z', '1 day left'],
    ['2026-12-08T11:05:00Z', '1 hour and 5 minutes left'],
    ['2026-12-08T10:00:30Z', '1 minute left'],
    ['2026-12-08T10:00:00Z', null],
    ['2026-12-07T10:00:00Z', null],
  ])('until %s is said in two words at most: %s', (at, words) => {
    expect(leftUntil(new Date(at), now)).toBe(words);
  });
});
