import type { Answer } from '../credentials/access.js';
import { clockTime, dateAndTime, longDate } from '../credentials/dates.js';
import { instantsAt, localDate, wallTimeOf } from '../credentials/week.js';

/** A date and a time as they were typed. `which`: of a time that happens twice the `first` or the `second`. */
export interface When {
  day: string;
  month: string;
  year: string;
  time: string;
  which: string;
}

/** What was typed is an instant, or there is a problem with it. `twice` are the two instants that it may mean. */
export type Moment = { at: Date } | { problem: string; twice?: [first: string, second: string] };

const FIELDS = ['day', 'month', 'year', 'time', 'which'] as const;
const TIME = /^(\d{1,2})[:.]?(\d{2})$/;

/** Reads the form's fields `when-day`, `when-month` … */
export function whenIn(body: unknown): When {
  const given = (body ?? {}) as Record<string, unknown>;
  const read = FIELDS.map((field) => [field, String(given[`when-${field}`] ?? '').trim()]);
  return Object.fromEntries(read) as unknown as When;
}

/** An instant as it would be typed. */
export function typedAs(zone: string, at: Date): When {
  const [year = '', month = '', day = ''] = localDate(zone, at).split('-');
  return { day: String(Number(day)), month: String(Number(month)), year, time: wallTimeOf(zone, at), which: '' };
}

/** The instant that was typed, in the account's zone. A time that a clock change leaves out or repeats is explained. */
export function momentOf(zone: string, when: When): Moment {
  const [, hour = '', minute = ''] = TIME.exec(when.time) ?? [];
  const date = `${when.year.padStart(4, '0')}-${when.month.padStart(2, '0')}-${when.day.padStart(2, '0')}`;
  const found = hour === '' ? null : instantsAt(zone, date, `${hour.padStart(2, '0')}:${minute}`);
  if (!found) return { problem: 'Enter a date and a time, such as 14:30' };
  const [first, second] = found;
  if (!first) return { problem: leftOut(zone, date, when.time) };
  if (!second) return { at: first };
  if (when.which === 'first' || when.which === 'second') return { at: when.which === 'first' ? first : second };
  const [one, other] = [first, second].map((at) => dateAndTime(zone, at, { zone: true, utc: true })) as [
    string,
    string,
  ];
  return {
    problem: `The clocks go back on ${longDate(zone, first)}, so ${clockTime(zone, first)} happens twice. Choose which one you mean`,
    twice: [one, other],
  };
}

/** Why a post cannot be scheduled for an instant, in a sentence for its author; null when it can. */
export function whyNotThen(answer: Answer, at: Date, now: Date): string | null {
  if (at <= now) return 'That time has passed. Choose a later one, or post now';
  switch (answer.why) {
    case 'allowed':
      return null;
    case 'outside-hours':
      return 'The account is outside its posting hours then. Choose a time within them';
    case 'held':
      return answer.hold?.kind === 'takeover'
        ? 'The team speaks as the account then. Choose a later time, or ask the team'
        : 'The account is paused then. Choose a later time, or ask the team';
    case 'ended':
      return 'Your turn has ended by then. Choose a time within your turn';
    case 'not-yet':
      return 'Your turn has not started by then. Choose a time within your turn';
    default:
      return 'You can schedule posts once your turn has started. Until then keep them as drafts';
  }
}

function leftOut(zone: string, date: string, time: string): string {
  const day = instantsAt(zone, date, '12:00')?.[0];
  if (!day) return 'There is no such day in the account’s time zone';
  return `There is no ${time} on ${longDate(zone, day)}: the clocks go forward over it. Choose an earlier or a later time`;
}
