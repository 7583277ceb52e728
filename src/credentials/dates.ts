import { Temporal } from 'temporal-polyfill';
import { localDate, type Span } from './week.js';

/** What to put beside a time: the zone's abbreviation, and the same instant in UTC. */
export type Beside = { zone?: boolean; utc?: boolean };

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];

/** "Monday 7 December 2026", as the NHS service manual writes dates. */
export function longDate(zone: string, instant: Date): string {
  return `${dayAndMonth(zone, instant)} ${local(zone, instant).year}`;
}

/** "8am", "12:30pm", "midday", "midnight", as the NHS service manual writes times. */
export function clockTime(zone: string, instant: Date): string {
  const { hour, minute } = local(zone, instant);
  if (minute === 0 && hour % 12 === 0) return hour === 0 ? 'midnight' : 'midday';
  const minutes = minute === 0 ? '' : `:${String(minute).padStart(2, '0')}`;
  return `${hour % 12 || 12}${minutes}${hour < 12 ? 'am' : 'pm'}`;
}

/** "Monday 7 December 2026 at 8am", with " GMT" and " (8am UTC)" when asked for. */
export function dateAndTime(zone: string, instant: Date, beside: Beside = {}): string {
  return `${longDate(zone, instant)} at ${timeBeside(zone, instant, beside)}`;
}

/** "8:05:09am": for instants that are seconds away. */
export function secondsTime(zone: string, instant: Date): string {
  const { hour, minute, second } = local(zone, instant);
  const [minutes, seconds] = [minute, second].map((each) => String(each).padStart(2, '0'));
  return `${hour % 12 || 12}:${minutes}:${seconds}${hour < 12 ? 'am' : 'pm'}`;
}

/** "Monday 7 December 2026 at 8am to Friday 11 December 2026 at 6pm"; within a day "…, 8am to 6pm". */
export function timeRange(zone: string, span: Span, beside: Beside = {}): string {
  if (localDate(zone, span.startsAt) !== localDate(zone, span.endsAt)) {
    return `${dateAndTime(zone, span.startsAt, beside)} to ${dateAndTime(zone, span.endsAt, beside)}`;
  }
  const [from, to] = [timeBeside(zone, span.startsAt, beside), timeBeside(zone, span.endsAt, beside)];
  return `${longDate(zone, span.startsAt)}, ${from} to ${to}`;
}

/** "3 minutes ago". */
export function agoOf(then: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - then.getTime()) / 60_000);
  if (minutes < 1) return 'less than a minute ago';
  const [count, what] =
    minutes < 60
      ? [minutes, 'minute']
      : minutes < 2880
        ? [Math.floor(minutes / 60), 'hour']
        : [Math.floor(minutes / 1440), 'day'];
  return `${count} ${what}${count === 1 ? '' : 's'} ago`;
}

/** "BST", "GMT", or an offset such as "GMT-5" for zones that British English has no letters for. */
function zoneAbbreviation(zone: string, instant: Date): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'short' }).formatToParts(instant);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
}

function timeBeside(zone: string, instant: Date, beside: Beside): string {
  const abbreviation = beside.zone ? zoneAbbreviation(zone, instant) : '';
  // To people GMT is UTC.
  const utc = beside.utc && abbreviation !== 'GMT' ? `(${utcTime(zone, instant)})` : '';
  return [clockTime(zone, instant), abbreviation, utc].filter(Boolean).join(' ');
}

function utcTime(zone: string, instant: Date): string {
  const otherDay = localDate(zone, instant) !== localDate('UTC', instant);
  return `${otherDay ? `${dayAndMonth('UTC', instant)} at ` : ''}${clockTime('UTC', instant)} UTC`;
}

function dayAndMonth(zone: string, instant: Date): string {
  const { dayOfWeek, day, month } = local(zone, instant);
  return `${weekdays[dayOfWeek - 1]} ${day} ${months[month - 1]}`;
}

function local(zone: string, instant: Date): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zone);
}
