import { describe, expect, it } from '@jest/globals';
import { readWhen } from './forms.js';

const read = (day: string, month: string, year: string, time: string, zone = 'Europe/London') =>
  readWhen(zone, { day, month, year, time })?.toISOString() ?? null;

describe('a typed date and time', () => {
  it('is an instant of the account’s zone', () => {
    expect(read('7', '5', '2026', '00:01')).toBe('2026-05-06T23:01:00.000Z');
    expect(read(' 07 ', '12', '2026', ' 8.30 ')).toBe('2026-12-07T08:30:00.000Z');
    expect(read('7', '12', '2026', '08:30', 'Australia/Lord_Howe')).toBe('2026-12-06T21:30:00.000Z');
  });

  it('moves forward where a clock change leaves the time out', () => {
    expect(read('28', '3', '2027', '01:30')).toBe('2027-03-28T01:30:00.000Z');
  });

  it.each([
    ['31', '2', '2026', '10:00'],
    ['7', '13', '2026', '10:00'],
    ['7', '12', '26', '10:00'],
    ['7', '12', '2026', '24:00'],
    ['7', '12', '2026', '10'],
    ['', '', '', ''],
    ['1e1', '12', '2026', '10:00'],
    ['٣', '12', '2026', '10:00'],
  ])('is refused where there is no such date or time: %s/%s/%s %s', (...typed) => {
    expect(read(...typed)).toBeNull();
  });
});
