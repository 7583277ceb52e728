import { describe, expect, it } from '@jest/globals';
import { changedAfter, unchanged } from './unchanged.js';

const MODIFIED = new Date('2026-12-07T09:00:00.400Z');

describe('whether the asker has the feed already', () => {
  it.each([
    ['nothing is asked', {}, false],
    ['the same tag', { 'if-none-match': '"a"' }, true],
    ['the same tag, weak', { 'if-none-match': 'W/"a"' }, true],
    ['a list with it', { 'if-none-match': '"b", "a"' }, true],
    ['any', { 'if-none-match': ' * ' }, true],
    ['another tag', { 'if-none-match': '"b"' }, false],
    ['the second of the change', { 'if-modified-since': 'Mon, 07 Dec 2026 09:00:00 GMT' }, true],
    ['a second before', { 'if-modified-since': 'Mon, 07 Dec 2026 08:59:59 GMT' }, false],
    ['no date at all', { 'if-modified-since': 'yesterday' }, false],
    [
      'another tag with a later date',
      { 'if-none-match': '"b"', 'if-modified-since': 'Tue, 08 Dec 2026 09:00:00 GMT' },
      false,
    ],
  ])('%s', (_, conditions, answer) => {
    expect(unchanged(conditions, '"a"', MODIFIED)).toBe(answer);
  });
});

describe('the date of a change', () => {
  it('is when it happened, and never the second of the change before it', () => {
    const after = (ms: number) => changedAfter(MODIFIED, new Date(MODIFIED.getTime() + ms)).getTime();
    expect([-5000, 0, 300, 1000, 60_000].map((ms) => after(ms) - MODIFIED.getTime())).toEqual([
      1000, 1000, 1000, 1000, 60_000,
    ]);
  });
});
