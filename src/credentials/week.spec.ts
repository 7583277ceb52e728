import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  daysBetween,
  gapsBetween,
  instantAt,
  isValidZone,
  localDate,
  previousWorkingDay,
  type SlotPattern,
  type Span,
  slotOfWeek,
  slotsFrom,
  spanContaining,
  type Weekday,
  weekAfter,
  weekOf,
} from './week.js';

const nhs: SlotPattern = { startsOn: 1, startsAt: '08:00', endsOn: 5, endsAt: '18:00' };
const minute = 60_000;
const day = 24 * 60 * minute;
const tenYears = 522;

/** Each zone with the start of ten years that hold its oddities: Apia left out 30 December 2011. */
const decades: [string, string][] = [
  ['Europe/London', '2021-01-04T00:00:00Z'],
  ['America/New_York', '2021-01-04T00:00:00Z'],
  ['Australia/Lord_Howe', '2021-01-04T00:00:00Z'],
  ['Pacific/Apia', '2009-01-05T00:00:00Z'],
];

/** The zone's own clock by `Intl`, which shares no code with what is tested: wall time as if it were UTC. */
function clockOf(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  return (instant) => Date.parse(`${format.format(instant).replace(' ', 'T')}Z`);
}

const weekday = fc.integer({ min: 1, max: 7 }) as fc.Arbitrary<Weekday>;
const wallClock = fc
  .integer({ min: 0, max: 1439 })
  .map((at) => `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`);
/** Clock changes happen on Sunday nights, so half of the patterns start or end there. */
const nightly = fc.constantFrom('00:00', '01:00', '01:30', '01:59', '02:00', '02:15', '02:30', '03:00', '12:00');
const weekdayOrSunday = fc.oneof(weekday, fc.constant<Weekday>(7), fc.constant<Weekday>(5));
const pattern: fc.Arbitrary<SlotPattern> = fc.record({
  startsOn: weekdayOrSunday,
  startsAt: fc.oneof(wallClock, nightly),
  endsOn: weekdayOrSunday,
  endsAt: fc.oneof(wallClock, nightly, fc.constant('24:00')),
});

/** The rule's wall time on its day of a week, as if it were UTC. */
function ruled(week: string, on: number, at: string): number {
  const [hours, minutes] = at.split(':').map(Number) as [number, number];
  return Date.parse(week) + (on - 1) * day + (hours * 60 + minutes) * minute;
}

/** The rule's wall time as an instant: its first occurrence or, where it has none, moved on by the gap. */
function instantOfRule(clock: (instant: number) => number, wall: number): Date {
  const offsets = [wall - 2 * day, wall + 2 * day].map((near) => clock(near) - near);
  const occurrences = offsets.map((offset) => wall - offset).filter((candidate) => clock(candidate) === wall);
  return new Date(occurrences.length > 0 ? Math.min(...occurrences) : wall - Math.min(...offsets));
}

function keepsTheRule(clock: (instant: number) => number, instant: Date, wall: number): boolean {
  return instant.getTime() === instantOfRule(clock, wall).getTime();
}

describe.each(decades)('ten years of slots in %s', (zone, start) => {
  const clock = clockOf(zone);
  const from = new Date(start);
  const runs = { numRuns: 12 };

  it('keep their order and never overlap', () => {
    fc.assert(
      fc.property(pattern, (rule) => {
        const slots = slotsFrom(zone, rule, from, tenYears);
        expect(slots.every((slot) => slot.startsAt < slot.endsAt)).toBe(true);
        expect(slots.slice(1).every((slot, index) => (slots[index]?.endsAt ?? slot.endsAt) <= slot.startsAt)).toBe(
          true,
        );
        expect(slots.length).toBeGreaterThanOrEqual(tenYears - 20);
      }),
      runs,
    );
  });

  it('start and end at exactly the wall time of the rule, or by a named exception', () => {
    fc.assert(
      fc.property(pattern, (rule) => {
        const broken: Span[] = [];
        for (let index = 0; index < tenYears; index++) {
          const week = weekAfter(weekOf(zone, from), index);
          const slot = slotOfWeek(zone, rule, week);
          const starts = ruled(week, rule.startsOn, rule.startsAt);
          const sameWeek = ruled(week, rule.endsOn, rule.endsAt);
          const ends = starts < sameWeek ? sameWeek : sameWeek + 7 * day;
          if (slot === null) continue;
          if (!keepsTheRule(clock, slot.startsAt, starts)) broken.push(slot);
          const cut = slot.endsAt < instantOfRule(clock, ends) && keepsTheRule(clock, slot.endsAt, starts + 7 * day);
          if (!cut && !keepsTheRule(clock, slot.endsAt, ends)) broken.push(slot);
        }
        expect(broken).toEqual([]);
      }),
      runs,
    );
  });

  it('leave a week out only where the start is in a gap', () => {
    fc.assert(
      fc.property(pattern, (rule) => {
        for (let index = 0; index < tenYears; index++) {
          const week = weekAfter(weekOf(zone, from), index);
          if (slotOfWeek(zone, rule, week) !== null) continue;
          const wall = ruled(week, rule.startsOn, rule.startsAt);
          const started = instantAt(zone, new Date(wall).toISOString().slice(0, 10), rule.startsAt);
          expect(clock(started.getTime())).toBeGreaterThan(wall);
        }
      }),
      runs,
    );
  });

  it('begin with the first that ends after the instant asked about', () => {
    const instants = fc
      .integer({ min: 0, max: tenYears * 7 * 24 * 60 })
      .map((at) => new Date(from.getTime() + at * minute));
    fc.assert(
      fc.property(pattern, instants, (rule, now) => {
        const all = slotsFrom(zone, rule, new Date(now.getTime() - 21 * day), 8);
        const [first] = slotsFrom(zone, rule, now, 1);
        expect(first).toEqual(all.find((slot) => now < slot.endsAt));
      }),
    );
  });
});

describe('the slots of @NHS', () => {
  it('run from Monday 8am to Friday 6pm by London’s clock, before and after each clock change', () => {
    const weeks = slotsFrom('Europe/London', nhs, new Date('2026-03-23T00:00:00Z'), 2);
    expect(weeks).toEqual([
      { startsAt: new Date('2026-03-23T08:00:00Z'), endsAt: new Date('2026-03-27T18:00:00Z') },
      { startsAt: new Date('2026-03-30T07:00:00Z'), endsAt: new Date('2026-04-03T17:00:00Z') },
    ]);
    const [autumn] = slotsFrom('Europe/London', nhs, new Date('2026-10-26T00:00:00Z'), 1);
    expect(autumn?.startsAt).toEqual(new Date('2026-10-26T08:00:00Z'));
  });

  it('leave the weekends to the house, an hour shorter in spring', () => {
    const slots = slotsFrom('Europe/London', nhs, new Date('2026-03-16T00:00:00Z'), 3);
    const hours = gapsBetween(slots).map((gap) => (gap.endsAt.getTime() - gap.startsAt.getTime()) / (60 * minute));
    expect(hours).toEqual([62, 61]);
  });

  it('hold their start and not their end', () => {
    const slots = slotsFrom('Europe/London', nhs, new Date('2026-12-07T08:00:00Z'), 2);
    expect(spanContaining(slots, new Date('2026-12-07T07:59:59.999Z'))).toBeUndefined();
    expect(spanContaining(slots, new Date('2026-12-07T08:00:00Z'))).toBe(slots[0]);
    expect(spanContaining(slots, new Date('2026-12-11T18:00:00Z'))).toBeUndefined();
  });

  it('are over at their end: asked then, the next one comes first', () => {
    const [next] = slotsFrom('Europe/London', nhs, new Date('2026-12-11T18:00:00Z'), 1);
    expect(next?.startsAt).toEqual(new Date('2026-12-14T08:00:00Z'));
  });

  it('leave nothing between slots that are back to back', () => {
    const whole: SlotPattern = { startsOn: 1, startsAt: '08:00', endsOn: 1, endsAt: '08:00' };
    const slots = slotsFrom('Europe/London', whole, new Date('2026-01-01T00:00:00Z'), 52);
    expect(slots).toHaveLength(52);
    expect(gapsBetween(slots)).toEqual([]);
  });
});

describe('a wall time that a clock change touches', () => {
  it('moves forward by the gap where it is left out', () => {
    expect(instantAt('Europe/London', '2026-03-29', '01:30')).toEqual(new Date('2026-03-29T01:30:00Z'));
    expect(instantAt('Australia/Lord_Howe', '2026-10-04', '02:10')).toEqual(new Date('2026-10-03T15:40:00Z'));
  });

  it('is its first occurrence where it happens twice', () => {
    expect(instantAt('Europe/London', '2026-10-25', '01:30')).toEqual(new Date('2026-10-25T00:30:00Z'));
    expect(instantAt('America/New_York', '2026-11-01', '01:30')).toEqual(new Date('2026-11-01T05:30:00Z'));
  });

  it('keeps the slot’s wall times, so a slot over a change is an hour longer or shorter', () => {
    const sundays: SlotPattern = { startsOn: 6, startsAt: '12:00', endsOn: 7, endsAt: '12:00' };
    const hours = ['2026-03-28', '2026-10-24', '2026-11-07'].map((date) => {
      const slot = slotOfWeek('Europe/London', sundays, date);
      return slot ? (slot.endsAt.getTime() - slot.startsAt.getTime()) / (60 * minute) : 0;
    });
    expect(hours).toEqual([23, 25, 24]);
  });

  it('leaves a week without a slot where the start moves past the end', () => {
    const swallowed: SlotPattern = { startsOn: 7, startsAt: '01:30', endsOn: 7, endsAt: '02:15' };
    expect(slotOfWeek('Europe/London', swallowed, '2026-03-29')).toBeNull();
    expect(slotsFrom('Europe/London', swallowed, new Date('2026-03-23T00:00:00Z'), 2)).toHaveLength(2);
    expect(slotsFrom('Europe/London', swallowed, new Date('2026-03-16T00:00:00Z'), 3)).toHaveLength(2);
  });

  it('ends a slot where the next one starts when the end moves past it', () => {
    const nearlyWhole: SlotPattern = { startsOn: 7, startsAt: '02:00', endsOn: 7, endsAt: '01:30' };
    const [slot, next] = slotsFrom('Europe/London', nearlyWhole, new Date('2026-03-23T00:00:00Z'), 2);
    expect(slot?.endsAt).toEqual(new Date('2026-03-29T01:00:00Z'));
    expect(next?.startsAt).toEqual(slot?.endsAt);
  });
});

describe('the Friday that Apia left out, 30 December 2011', () => {
  it('moves a Friday slot to the Saturday, whole', () => {
    const fridays: SlotPattern = { startsOn: 5, startsAt: '08:00', endsOn: 5, endsAt: '18:00' };
    const slot = slotOfWeek('Pacific/Apia', fridays, '2011-12-26');
    expect(slot).toEqual({ startsAt: new Date('2011-12-30T18:00:00Z'), endsAt: new Date('2011-12-31T04:00:00Z') });
    expect(localDate('Pacific/Apia', slot?.startsAt ?? new Date(0))).toBe('2011-12-31');
  });

  it('lets a week that would end on it end on the Saturday at the same time', () => {
    expect(slotOfWeek('Pacific/Apia', nhs, '2011-12-26')?.endsAt).toEqual(new Date('2011-12-31T04:00:00Z'));
  });

  it('cuts that week short where the next slot starts first', () => {
    const saturdays: SlotPattern = { startsOn: 6, startsAt: '06:00', endsOn: 5, endsAt: '18:00' };
    const [slot, next] = slotsFrom('Pacific/Apia', saturdays, new Date('2011-12-28T00:00:00Z'), 2);
    expect(slot?.endsAt).toEqual(new Date('2011-12-30T16:00:00Z'));
    expect(next?.startsAt).toEqual(slot?.endsAt);
  });

  it('drops a slot that would run over its midnight into the Saturday morning', () => {
    const overnight: SlotPattern = { startsOn: 5, startsAt: '20:00', endsOn: 6, endsAt: '06:00' };
    expect(slotOfWeek('Pacific/Apia', overnight, '2011-12-26')).toBeNull();
  });

  it('is no working day', () => {
    const monday = new Date('2012-01-01T18:00:00Z');
    expect(previousWorkingDay('Pacific/Apia', monday)).toEqual(instantAt('Pacific/Apia', '2011-12-29', '09:00'));
  });
});

describe('the working day before', () => {
  const london = (iso: string, holidays?: string[]) => previousWorkingDay('Europe/London', new Date(iso), holidays);

  it('is 9am on the Friday before a Monday, and the day before otherwise', () => {
    expect(london('2026-12-07T08:00:00Z')).toEqual(new Date('2026-12-04T09:00:00Z'));
    expect(london('2026-12-09T08:00:00Z')).toEqual(new Date('2026-12-08T09:00:00Z'));
    expect(london('2026-03-30T07:00:00Z')).toEqual(new Date('2026-03-27T09:00:00Z'));
    expect(london('2026-07-14T07:00:00Z')).toEqual(new Date('2026-07-13T08:00:00Z'));
  });

  it('steps over bank holidays', () => {
    const easter = ['2026-04-03', '2026-04-06'];
    expect(london('2026-04-07T07:00:00Z', easter)).toEqual(new Date('2026-04-02T08:00:00Z'));
  });

  it('goes by the local date of the instant', () => {
    const lateSunday = new Date('2026-12-06T20:00:00Z');
    expect(previousWorkingDay('Australia/Lord_Howe', lateSunday)).toEqual(new Date('2026-12-03T22:00:00Z'));
  });
});

describe('local days', () => {
  it('are counted by the calendar, not in steps of 24 hours', () => {
    const days = (from: string, to: string) => daysBetween('Europe/London', new Date(from), new Date(to));
    expect(days('2026-12-06T23:59:00Z', '2026-12-07T00:01:00Z')).toBe(1);
    expect(days('2026-12-07T00:01:00Z', '2026-12-07T23:59:00Z')).toBe(0);
    expect(days('2026-03-28T12:00:00Z', '2026-03-30T11:00:00Z')).toBe(2);
    expect(days('2026-12-07T12:00:00Z', '2026-12-05T12:00:00Z')).toBe(-2);
  });

  it('belong to the week of their Monday', () => {
    expect(weekOf('Europe/London', new Date('2026-12-13T23:59:59Z'))).toBe('2026-12-07');
    expect(weekOf('Australia/Lord_Howe', new Date('2026-12-13T23:59:59Z'))).toBe('2026-12-14');
  });
});

describe('a zone', () => {
  it('is an IANA name and nothing else', () => {
    expect(['Europe/London', 'UTC', 'Pacific/Apia'].map(isValidZone)).toEqual([true, true, true]);
    const wrong = ['', 'London', 'Europe/Londres', '+01:00', '2026-01-01T00:00[Europe/London]', 'Europe/London '];
    expect(wrong.map(isValidZone)).toEqual(wrong.map(() => false));
  });
});
