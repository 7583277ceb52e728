import { Temporal } from 'temporal-polyfill';

/** ISO weekday: 1 is Monday, 7 is Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Half-open: `startsAt` is inside, `endsAt` is not. */
export type Span = { startsAt: Date; endsAt: Date };

/**
 * The weekly slot in wall time, `HH:MM`. It ends at the first `endsOn`, `endsAt` after its start, so a slot may run
 * over the weekend, and one that ends where it starts lasts the whole week. `endsAt` may be `24:00`.
 */
export type SlotPattern = { startsOn: Weekday; startsAt: string; endsOn: Weekday; endsAt: string };

/**
 * Local opening times by ISO weekday, `HH:MM`; a weekday that is not named stays closed. `closes` is after `opens`
 * on the same day; `24:00` is the next midnight and runs on into a day that opens at `00:00`.
 */
export type PostingHours = { zone: string; days: Partial<Record<Weekday, { opens: string; closes: string }>> };

/** Whether this is the name of an IANA time zone. Offsets such as `+01:00` are not: they have no clock changes. */
export function isValidZone(zone: string): boolean {
  try {
    return /^[a-z]/i.test(zone) && Boolean(Temporal.PlainDate.from('2026-01-01').toZonedDateTime(zone));
  } catch {
    return false;
  }
}

/**
 * The instant of a wall time (`HH:MM`, or `24:00` for the next midnight) on an ISO date. A wall time that a clock
 * change leaves out moves forward by what was left out; one that happens twice is its first occurrence (RFC 5545,
 * Temporal's "compatible"). On a date that a zone left out altogether (Apia, 30 December 2011) it moves on by a day.
 */
export function instantAt(zone: string, date: string, time: string): Date {
  return instantOf(zone, wallTime(Temporal.PlainDate.from(date), time));
}

/**
 * Every instant at which clocks show a wall time (`HH:MM`) on an ISO date: none where a clock change leaves it out, two
 * where it happens twice; null where there is no such date or time.
 */
export function instantsAt(zone: string, date: string, time: string): Date[] | null {
  try {
    const wall = Temporal.PlainDate.from(date).toPlainDateTime(time);
    const found = (['earlier', 'later'] as const).map((disambiguation) =>
      wall.toZonedDateTime(zone, { disambiguation }),
    );
    const shown = found.filter((each) => each.toPlainDateTime().equals(wall));
    return [...new Set(shown.map(({ epochMilliseconds }) => epochMilliseconds))].map((instant) => new Date(instant));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The local ISO date of an instant, such as `2026-12-07`. */
export function localDate(zone: string, instant: Date): string {
  return dateOf(zone, instant).toString();
}

/** The local wall time of an instant, `HH:MM`. */
export function wallTimeOf(zone: string, instant: Date): string {
  const local = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
  return local.toPlainTime().toString({ smallestUnit: 'minute' });
}

/** The ISO date of the Monday of the local week in which an instant lies: the name of that week. */
export function weekOf(zone: string, instant: Date): string {
  return mondayOf(dateOf(zone, instant)).toString();
}

/** The name of the week that is so many weeks after another. */
export function weekAfter(week: string, weeks: number): string {
  return Temporal.PlainDate.from(week).add({ weeks }).toString();
}

/** How many local calendar days lie between two instants: 0 today, 1 tomorrow, negative for the past. */
export function daysBetween(zone: string, from: Date, to: Date): number {
  return dateOf(zone, from).until(dateOf(zone, to), { largestUnit: 'days' }).days;
}

/**
 * The slot that starts in the local week of an ISO date. Where a clock change pushes its end past the start of the
 * next slot it ends there, so slots never overlap; where it pushes the start past the end that week has none.
 */
export function slotOfWeek(zone: string, pattern: SlotPattern, date: string): Span | null {
  const monday = mondayOf(Temporal.PlainDate.from(date));
  const starts = wallTime(monday.add({ days: pattern.startsOn - 1 }), pattern.startsAt);
  const sameWeek = wallTime(monday.add({ days: pattern.endsOn - 1 }), pattern.endsAt);
  const ends = Temporal.PlainDateTime.compare(starts, sameWeek) < 0 ? sameWeek : sameWeek.add({ weeks: 1 });
  const startsAt = instantOf(zone, starts);
  const endsAt = earlier(instantOf(zone, ends), instantOf(zone, starts.add({ weeks: 1 })));
  return startsAt < endsAt ? { startsAt, endsAt } : null;
}

/** The slots of `weeks` weeks on end; the first is the first whose end is after `from`, so it may have begun. */
export function slotsFrom(zone: string, pattern: SlotPattern, from: Date, weeks: number): Span[] {
  let week = weekAfter(weekOf(zone, from), -2);
  while (!endsAfter(slotOfWeek(zone, pattern, week), from)) week = weekAfter(week, 1);
  const slots = Array.from({ length: weeks }, (_, index) => slotOfWeek(zone, pattern, weekAfter(week, index)));
  return slots.filter((slot) => slot !== null);
}

export function spanContaining<S extends Span>(spans: S[], instant: Date): S | undefined {
  return spans.find((span) => span.startsAt <= instant && instant < span.endsAt);
}

/** What lies between spans given in order: house time. Back-to-back spans have nothing between them. */
export function gapsBetween(spans: Span[]): Span[] {
  return spans.slice(1).flatMap((next, index) => {
    const before = spans[index];
    return before && before.endsAt < next.startsAt ? [{ startsAt: before.endsAt, endsAt: next.startsAt }] : [];
  });
}

/** 09:00 of the last working day (Monday to Friday, less `holidays` as ISO dates) before the local date of an instant. */
export function previousWorkingDay(zone: string, instant: Date, holidays: string[] = []): Date {
  let day = dateOf(zone, instant).subtract({ days: 1 });
  while (day.dayOfWeek > 5 || holidays.includes(day.toString()) || !happened(zone, day))
    day = day.subtract({ days: 1 });
  return instantOf(zone, wallTime(day, '09:00'));
}

/** Whether an ISO date exists in a zone: a zone that crosses the date line leaves one out. */
export function dateExists(zone: string, date: string): boolean {
  return happened(zone, Temporal.PlainDate.from(date));
}

/** The ISO weekday and, by `date`, the ISO date that is `days` after another. */
export function dayAfter(date: string, days: number): { date: string; weekday: Weekday } {
  const day = Temporal.PlainDate.from(date).add({ days });
  return { date: day.toString(), weekday: day.dayOfWeek as Weekday };
}

function dateOf(zone: string, instant: Date): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone).toPlainDate();
}

function mondayOf(date: Temporal.PlainDate): Temporal.PlainDate {
  return date.subtract({ days: date.dayOfWeek - 1 });
}

function wallTime(date: Temporal.PlainDate, time: string): Temporal.PlainDateTime {
  return time === '24:00' ? date.add({ days: 1 }).toPlainDateTime('00:00') : date.toPlainDateTime(time);
}

function instantOf(zone: string, wall: Temporal.PlainDateTime): Date {
  return new Date(wall.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds);
}

function happened(zone: string, date: Temporal.PlainDate): boolean {
  return date.toZonedDateTime(zone).toPlainDate().equals(date);
}

function endsAfter(slot: Span | null, instant: Date): boolean {
  return slot !== null && instant < slot.endsAt;
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}
