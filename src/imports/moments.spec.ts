import { describe, expect, it } from '@jest/globals';
import { endOf, readMoment, readTime, startOf } from './moments.js';

const PATTERN = { startsOn: 1, startsAt: '08:00', endsOn: 5, endsAt: '18:00' } as const;

describe('a date', () => {
  it.each([
    ['5/1/2026', '2026-01-05', null],
    ['05/01/26', '2026-01-05', null],
    ['5.1.2026', '2026-01-05', null],
    ['2026-1-5', '2026-01-05', null],
    ['2026-01-05 08:30', '2026-01-05', '08:30'],
    ['Mon 5 Jan 2026', '2026-01-05', null],
    ['Monday, 5th January 2026', '2026-01-05', null],
    ['5-Jan-26', '2026-01-05', null],
    ['5/1/2026 8am', '2026-01-05', '08:00'],
    ['5 January 2026 at 12.30 pm', '2026-01-05', '12:30'],
    ['29/2/2028', '2028-02-29', null],
  ])('is read as people in Britain write it: %s', (written, date, time) => {
    expect(readMoment(written)).toEqual({ date, time });
  });

  it.each(['', '1/13/2026', '29/2/2026', '5/1', 'next week', '2026-02-30', '5/1/2026 25:00', '45678'])(
    'is not guessed: %j',
    (written) => {
      expect(readMoment(written)).toBeNull();
    },
  );

  it('with an offset is that instant', () => {
    expect(readMoment('2026-01-05T08:00:00+01:00')).toEqual({ instant: new Date('2026-01-05T07:00:00Z') });
  });
});

it.each([
  ['8', '08:00'],
  ['18:00:00', '18:00'],
  ['12am', '00:00'],
  ['12 pm', '12:00'],
  ['24:00', '24:00'],
  ['13pm', null],
  ['8:60', null],
])('a time is read: %s', (written, time) => {
  expect(readTime(written)).toBe(time);
});

describe('a bare date', () => {
  const at = (date: string) => ({ date, time: null });
  it('begins and ends with the slot on the days of the slot, across a clock change', () => {
    expect(startOf(at('2026-03-23'), 'Europe/London', PATTERN)).toEqual(new Date('2026-03-23T08:00:00Z'));
    expect(startOf(at('2026-03-30'), 'Europe/London', PATTERN)).toEqual(new Date('2026-03-30T07:00:00Z'));
    expect(endOf(at('2026-04-03'), 'Europe/London', PATTERN)).toEqual(new Date('2026-04-03T17:00:00Z'));
  });

  it('is the whole day on others', () => {
    expect(startOf(at('2026-03-24'), 'Europe/London', PATTERN)).toEqual(new Date('2026-03-24T00:00:00Z'));
    expect(endOf(at('2026-03-29'), 'Europe/London', PATTERN)).toEqual(new Date('2026-03-29T23:00:00Z'));
  });
});
