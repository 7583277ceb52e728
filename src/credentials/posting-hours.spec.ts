import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lastClosing, nextHoursChange, openAt, openTime } from './posting-hours.js';
import type { PostingHours, Weekday } from './week.js';

const minute = 60_000;
const weekdays: Weekday[] = [1, 2, 3, 4, 5, 6, 7];
const long = { opens: '08:00', closes: '20:00' };
const nhs: PostingHours = {
  zone: 'Europe/London',
  days: { 1: long, 2: long, 3: long, 4: long, 5: { opens: '08:00', closes: '18:00' } },
};

const time = fc.constantFrom('00:00', '00:30', '01:00', '01:30', '02:00', '02:15', '03:00', '08:00', '18:00', '24:00');
const opening = fc.tuple(time, time).map((times) => {
  const [opens = '08:00', closes = '18:00'] = times.toSorted();
  return opens === closes ? { opens: '08:00', closes: '24:00' } : { opens, closes };
});
/** Each zone with the Sundays (and Apia's lost Friday) around which its clock changes. */
const places = fc.constantFrom(
  ...[
    ['Europe/London', '2026-03-29T01:00:00Z'],
    ['Europe/London', '2026-10-25T01:00:00Z'],
    ['America/New_York', '2026-03-08T07:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z'],
  ].map(([zone = '', change = '']) => ({ zone, change: Date.parse(change) })),
);

/** Hours for some weekdays, with the zone's next change of clocks. */
const hoursAtChange = fc
  .tuple(places, fc.array(fc.tuple(fc.constantFrom(...weekdays), opening), { maxLength: 9 }))
  .map(([{ zone, change }, days]) => ({ hours: { zone, days: Object.fromEntries(days) } as PostingHours, change }));

/** The first instant after `now`, looked for minute by minute, at which the answer is another. */
function changeBySampling(hours: PostingHours, now: Date, minutes: number): number | null {
  const open = openAt(hours, now);
  for (let at = now.getTime() + minute; at <= now.getTime() + minutes * minute; at += minute) {
    if (openAt(hours, new Date(at)) !== open) return at;
  }
  return null;
}

describe('posting hours', () => {
  it('open and close on the instant', () => {
    const open = (iso: string) => openAt(nhs, new Date(iso));
    expect([open('2026-12-07T07:59:59.999Z'), open('2026-12-07T08:00:00Z')]).toEqual([false, true]);
    expect([open('2026-12-11T17:59:59.999Z'), open('2026-12-11T18:00:00Z')]).toEqual([true, false]);
    expect(open('2026-12-12T12:00:00Z')).toBe(false);
  });

  it('follow the local clock in summer', () => {
    expect(openAt(nhs, new Date('2026-07-06T07:00:00Z'))).toBe(true);
    expect(openAt(nhs, new Date('2026-07-06T19:00:00Z'))).toBe(false);
  });

  it('next change where they close and, over the weekend, where they open', () => {
    expect(nextHoursChange(nhs, new Date('2026-10-23T12:00:00Z'))).toEqual(new Date('2026-10-23T17:00:00Z'));
    expect(nextHoursChange(nhs, new Date('2026-10-23T17:00:00Z'))).toEqual(new Date('2026-10-26T08:00:00Z'));
  });

  it('run on through midnight from 24:00 to 00:00', () => {
    const night: PostingHours = {
      zone: 'Europe/London',
      days: { 6: { opens: '20:00', closes: '24:00' }, 7: { opens: '00:00', closes: '03:00' } },
    };
    expect(nextHoursChange(night, new Date('2026-10-24T20:00:00Z'))).toEqual(new Date('2026-10-25T03:00:00Z'));
  });

  it('never change where they are always or never open', () => {
    const always = Object.fromEntries(weekdays.map((each) => [each, { opens: '00:00', closes: '24:00' }]));
    for (const zone of ['Europe/London', 'Pacific/Apia']) {
      const now = new Date('2011-12-28T00:00:00Z');
      expect(openAt({ zone, days: always }, now)).toBe(true);
      expect(nextHoursChange({ zone, days: always }, now)).toBeNull();
      expect(nextHoursChange({ zone, days: {} }, now)).toBeNull();
    }
  });

  it('wait two weeks where the clock change swallows the only opening of a week', () => {
    const hours: PostingHours = { zone: 'Europe/London', days: { 7: { opens: '01:30', closes: '02:15' } } };
    expect(nextHoursChange(hours, new Date('2026-03-22T02:15:00Z'))).toEqual(new Date('2026-04-05T00:30:00Z'));
  });

  it('stay open past midnight where the clock change moves their close there', () => {
    const hours: PostingHours = { zone: 'America/Nuuk', days: { 6: { opens: '20:00', closes: '23:30' } } };
    const afterMidnight = new Date('2024-03-31T01:20:00Z');
    expect(openAt(hours, afterMidnight)).toBe(true);
    expect(nextHoursChange(hours, afterMidnight)).toEqual(new Date('2024-03-31T01:30:00Z'));
  });

  it('have no Friday in Apia’s week without one', () => {
    const hours: PostingHours = { zone: 'Pacific/Apia', days: { 5: { opens: '08:00', closes: '18:00' } } };
    expect(openAt(hours, new Date('2011-12-30T20:00:00Z'))).toBe(false);
    expect(nextHoursChange(hours, new Date('2011-12-24T12:00:00Z'))).toEqual(new Date('2012-01-05T18:00:00Z'));
  });

  it('change next when sampling every minute says so, around every clock change', () => {
    const halfDay = 12 * 60;
    const when = fc.integer({ min: -2 * halfDay, max: 2 * halfDay });
    fc.assert(
      fc.property(hoursAtChange, when, ({ hours, change }, minutes) => {
        const now = new Date(change + minutes * minute);
        const next = nextHoursChange(hours, now)?.getTime() ?? null;
        const seen = changeBySampling(hours, now, halfDay);
        expect(next !== null && next <= now.getTime() + halfDay * minute ? next : null).toBe(seen);
        if (next === null) return;
        expect(openAt(hours, new Date(next - 1))).toBe(openAt(hours, now));
        expect(openAt(hours, new Date(next))).not.toBe(openAt(hours, now));
      }),
      { numRuns: 80 },
    );
  });

  it('are open at every minute whose wall time is in them, on days without a clock change', () => {
    const date = fc.integer({ min: 0, max: 7 * 24 * 60 });
    fc.assert(
      fc.property(hoursAtChange, date, ({ hours, change }, minutes) => {
        const now = new Date(change + 3 * 24 * 60 * minute + minutes * minute);
        const [weekday, wall] = wallClock(hours.zone, now);
        const times = hours.days[weekday];
        expect(openAt(hours, now)).toBe(times !== undefined && times.opens <= wall && wall < times.closes);
      }),
      { numRuns: 500 },
    );
  });
});

/** The zone's weekday and `HH:MM` by `Intl`, which shares no code with what is tested. */
function wallClock(zone: string, now: Date): [Weekday, string] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const [date = '', wall = ''] = format.format(now).split(' ');
  return [(new Date(date).getUTCDay() || 7) as Weekday, wall];
}

describe('the time that a span has in posting hours', () => {
  const hours: PostingHours = {
    zone: 'Europe/London',
    days: {
      5: { opens: '08:00', closes: '18:00' },
      6: { opens: '22:00', closes: '24:00' },
      7: { opens: '00:00', closes: '03:00' },
    },
  };
  const span = (from: string, to: string) => ({ startsAt: new Date(from), endsAt: new Date(to) });
  const HOUR = 3_600_000;
  const QUARTER = 15 * minute;

  it('is what of each opening lies inside', () => {
    expect(openTime(hours, span('2026-12-11T09:00Z', '2026-12-11T11:30Z'))).toBe(2.5 * HOUR);
    expect(openTime(hours, span('2026-12-11T00:00Z', '2026-12-18T12:00Z'))).toBe((10 + 5 + 4) * HOUR);
    expect(openTime(hours, span('2026-12-07T00:00Z', '2026-12-11T08:00Z'))).toBe(0);
  });

  it('follows the clock changes', () => {
    expect(openTime(hours, span('2027-03-27T12:00Z', '2027-03-29T12:00Z'))).toBe(4 * HOUR);
    expect(openTime(hours, span('2026-10-24T12:00Z', '2026-10-26T12:00Z'))).toBe(6 * HOUR);
  });

  it('is what a look at every quarter of an hour finds', () => {
    const start = Date.parse('2026-10-23T00:00Z');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 288 }), fc.integer({ min: 1, max: 288 }), (from, length) => {
        const looks = Array.from({ length }, (_, look) => new Date(start + (from + look) * QUARTER));
        const open = looks.filter((instant) => openAt(hours, instant));
        const wanted = {
          startsAt: new Date(start + from * QUARTER),
          endsAt: new Date(start + (from + length) * QUARTER),
        };
        expect(openTime(hours, wanted)).toBe(open.length * QUARTER);
        const last = open.at(-1);
        expect(lastClosing(hours, wanted)).toEqual(last ? new Date(last.getTime() + QUARTER) : null);
      }),
      { numRuns: 15 },
    );
  });
});
