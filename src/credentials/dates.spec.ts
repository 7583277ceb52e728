import { describe, expect, it } from '@jest/globals';
import { agoOf, clockTime, dateAndTime, longDate, timeRange } from './dates.js';

const london = 'Europe/London';
const monday = new Date('2026-12-07T08:00:00Z');
const friday = new Date('2026-12-11T18:00:00Z');

describe('dates and times as people read them', () => {
  it('writes the day, the month and the year in full', () => {
    expect(longDate(london, monday)).toBe('Monday 7 December 2026');
    expect(longDate('Pacific/Apia', new Date('2011-12-30T09:59:59Z'))).toBe('Thursday 29 December 2011');
    expect(longDate('Pacific/Apia', new Date('2011-12-30T10:00:00Z'))).toBe('Saturday 31 December 2011');
  });

  it.each([
    ['08:00', '8am'],
    ['18:00', '6pm'],
    ['12:30', '12:30pm'],
    ['00:30', '12:30am'],
    ['00:00', 'midnight'],
    ['12:00', 'midday'],
    ['09:05', '9:05am'],
    ['23:59', '11:59pm'],
  ])('writes %s as %s', (time, words) => {
    expect(clockTime(london, new Date(`2026-12-07T${time}:00Z`))).toBe(words);
  });

  it('puts the zone and UTC beside a time when asked', () => {
    expect(dateAndTime(london, monday)).toBe('Monday 7 December 2026 at 8am');
    expect(dateAndTime(london, monday, { zone: true })).toBe('Monday 7 December 2026 at 8am GMT');
    const summer = new Date('2026-07-06T07:00:00Z');
    expect(dateAndTime(london, summer, { zone: true, utc: true })).toBe('Monday 6 July 2026 at 8am BST (7am UTC)');
  });

  it('names the day in UTC where it is another', () => {
    const early = new Date('2026-07-05T23:30:00Z');
    expect(dateAndTime(london, early, { utc: true })).toBe(
      'Monday 6 July 2026 at 12:30am (Sunday 5 July at 11:30pm UTC)',
    );
  });

  it('says how long ago something was', () => {
    const ago = (minutes: number) => agoOf(new Date(monday.getTime() - minutes * 60_000), monday);
    expect([0, 1, 59, 60, 2879, 2880].map(ago)).toEqual([
      ...['less than a minute ago', '1 minute ago', '59 minutes ago', '1 hour ago', '47 hours ago', '2 days ago'],
    ]);
  });

  it('writes a slot as its start and its end', () => {
    const slot = { startsAt: monday, endsAt: friday };
    expect(timeRange(london, slot)).toBe('Monday 7 December 2026 at 8am to Friday 11 December 2026 at 6pm');
  });

  it('names the day once for what happens within it', () => {
    const hours = { startsAt: monday, endsAt: new Date('2026-12-07T20:00:00Z') };
    expect(timeRange(london, hours, { zone: true })).toBe('Monday 7 December 2026, 8am GMT to 8pm GMT');
  });
});
