import { dateExists, dayAfter, instantAt, localDate, type PostingHours, type Span } from './week.js';

/** A change is at most a week away, or two where a clock change swallows the only opening of a week. */
const furthestChange = 15;

export function openAt(hours: PostingHours, now: Date): boolean {
  const today = localDate(hours.zone, now);
  return [0, -1].some((days) => covers(opening(hours, today, days), now));
}

/** The next instant after `now` at which `openAt` gives another answer; null where it never does. */
export function nextHoursChange(hours: PostingHours, now: Date): Date | null {
  const open = openAt(hours, now);
  const today = localDate(hours.zone, now);
  for (let days = -1; days <= furthestChange; days++) {
    const span = opening(hours, today, days);
    const edge = span && (open ? span.endsAt : span.startsAt);
    if (edge && now < edge && openAt(hours, edge) !== open) return edge;
  }
  return null;
}

/** How much of a span lies in posting hours, in milliseconds. */
export function openTime(hours: PostingHours, span: Span): number {
  return openingsIn(hours, span).reduce((sum, { startsAt, endsAt }) => sum + endsAt.getTime() - startsAt.getTime(), 0);
}

/** When the last posting hours of a span end; null where it has none. */
export function lastClosing(hours: PostingHours, span: Span): Date | null {
  return openingsIn(hours, span).at(-1)?.endsAt ?? null;
}

/** What of each day's opening lies in a span, in order. */
function openingsIn(hours: PostingHours, { startsAt, endsAt }: Span): Span[] {
  const first = localDate(hours.zone, startsAt);
  const days = Math.ceil((endsAt.getTime() - startsAt.getTime()) / 86_400_000) + 2;
  return Array.from({ length: days + 1 }, (_, day) => opening(hours, first, day - 1))
    .filter((span) => span !== null)
    .map((span) => ({
      startsAt: span.startsAt > startsAt ? span.startsAt : startsAt,
      endsAt: span.endsAt < endsAt ? span.endsAt : endsAt,
    }))
    .filter((span) => span.startsAt < span.endsAt);
}

/** The opening of the day `days` after `date`. Where a clock change moves its start past its end it holds no instant. */
function opening(hours: PostingHours, date: string, days: number): Span | null {
  const day = dayAfter(date, days);
  const times = hours.days[day.weekday];
  if (!times || !dateExists(hours.zone, day.date)) return null;
  const startsAt = instantAt(hours.zone, day.date, times.opens);
  return { startsAt, endsAt: instantAt(hours.zone, day.date, times.closes) };
}

function covers(span: Span | null, now: Date): boolean {
  return span !== null && span.startsAt <= now && now < span.endsAt;
}
