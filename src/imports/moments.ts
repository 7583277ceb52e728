import { dayAfter, instantAt, type SlotPattern } from '../credentials/week.js';

/** A date as it was written, and the wall time where there was one; or an instant that named its offset itself. */
export type Moment = { date: string; time: string | null } | { instant: Date };

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAY = /^(mon|tues?|wed(nes)?|thu(rs)?|fri|satur|sat|sun)(day)?[,.]?\s+/i;
const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(.+))?$/;
const BRITISH = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:,?\s+(.+))?$/;
const WORDS = /^(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3,9})\.?,?[\s-]+(\d{4}|\d{2})(?:,?\s+(?:at\s+)?(.+))?$/i;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;
const TIME = /^(\d{1,2})(?:[:.h](\d\d))?(?::\d\d(?:\.\d+)?)?\s*(am|pm|a\.m\.|p\.m\.)?$/i;

/**
 * Reads a date as people in Britain write it: the day comes first, `5/1/2026` is in January. Also ISO dates, months by
 * name, and instants with an offset. Null for anything else, and for days that are in no calendar.
 */
export function readMoment(written: string): Moment | null {
  const text = written.trim().replace(WEEKDAY, '').replace(/\s+/g, ' ');
  if (INSTANT.test(text)) return instantIn(text);
  const [, year, month, day, time] = ISO.exec(text) ?? fromBritish(text) ?? fromWords(text) ?? [];
  if (!year || !month || !day) return null;
  const date = `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const wall = time ? readTime(time) : null;
  if (!isDate(date) || (time && !wall)) return null;
  return { date, time: wall };
}

/** `08:00`, `8.30am`, `6 pm`, `24:00` and so on as `HH:MM`; null for anything else. */
export function readTime(written: string): string | null {
  const [, hours, minutes = '00', half] = TIME.exec(written.trim()) ?? [];
  if (!hours) return null;
  const hour = half ? (Number(hours) % 12) + (/^p/i.test(half) ? 12 : 0) : Number(hours);
  const known =
    Number(minutes) < 60 && (hour < 24 || (hour === 24 && minutes === '00')) && (!half || Number(hours) <= 12);
  return known ? `${String(hour).padStart(2, '0')}:${minutes}` : null;
}

/** A bare date begins with the slot where it is the weekday of the slot's start, else with the day. */
export function startOf(moment: Moment, zone: string, pattern: SlotPattern): Date {
  if ('instant' in moment) return moment.instant;
  const usual = dayAfter(moment.date, 0).weekday === pattern.startsOn ? pattern.startsAt : '00:00';
  return instantAt(zone, moment.date, moment.time ?? usual);
}

/** A bare date ends with the slot where it is the weekday of the slot's end, else with the day. */
export function endOf(moment: Moment, zone: string, pattern: SlotPattern): Date {
  if ('instant' in moment) return moment.instant;
  const usual = dayAfter(moment.date, 0).weekday === pattern.endsOn ? pattern.endsAt : '24:00';
  return instantAt(zone, moment.date, moment.time ?? usual);
}

function fromBritish(text: string): (string | undefined)[] | null {
  const found = BRITISH.exec(text);
  return found && [undefined, found[3], found[2], found[1], found[4]];
}

function fromWords(text: string): (string | undefined)[] | null {
  const found = WORDS.exec(text);
  const month = MONTHS.indexOf(found?.[2]?.slice(0, 3).toLowerCase() ?? '');
  return found && month >= 0 ? [undefined, found[3], String(month + 1), found[1], found[4]] : null;
}

function instantIn(text: string): Moment | null {
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : { instant };
}

/** Whether such a day is in the calendar: there is no 30 February. */
function isDate(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}
