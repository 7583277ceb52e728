import { lastClosing } from '../credentials/posting-hours.js';
import { type PostingHours, previousWorkingDay } from '../credentials/week.js';
import { beginning, type Turn } from './boundaries.js';

/** A letter to a curator whose time is known before. */
export interface PlannedLetter {
  template: 'reminder' | 'access' | 'sign-off';
  dueAt: Date;
}

const REMINDER_DAYS = 7;
/** Of these states a turn runs, or will. */
const RUNS: readonly Turn['state'][] = ['confirmed', 'active'];
const SIGN_OFF_MS = 2 * 60 * 60_000;

/** The letters around a stint that are still to come. */
export function plannedLetters(
  turn: Turn,
  account: { zone: string; postingHours: PostingHours | null },
  now: Date,
): PlannedLetter[] {
  return [...lettersBefore(turn, account.zone, now), ...signOff(turn, account.postingHours, now)];
}

/** When a curator can post for the last time: the end of the last posting hours of their turn. */
export function lastPosting(turn: Pick<Turn, 'startsAt' | 'endsAt'>, hours: PostingHours | null): Date {
  return (hours && lastClosing(hours, turn)) ?? turn.endsAt;
}

/**
 * The letters before a stint: a reminder a week ahead and the access letter at 9am of the working day before. On short
 * notice they are due at once; a reminder that would come no earlier than the access letter is left out.
 */
function lettersBefore(turn: Turn, zone: string, now: Date): PlannedLetter[] {
  if (turn.state !== 'confirmed' || beginning(turn) <= now) return [];
  const access = later(previousWorkingDay(zone, turn.startsAt), now);
  const reminder = later(new Date(turn.startsAt.getTime() - REMINDER_DAYS * 86_400_000), now);
  const letters: PlannedLetter[] = [{ template: 'access', dueAt: access }];
  return reminder < access ? [{ template: 'reminder', dueAt: reminder }, ...letters] : letters;
}

/** Two hours before they can post for the last time; none in a turn so short that it would come with the welcome. */
function signOff(turn: Turn, hours: PostingHours | null, now: Date): PlannedLetter[] {
  const last = lastPosting(turn, hours);
  const dueAt = new Date(last.getTime() - SIGN_OFF_MS);
  if (!RUNS.includes(turn.state) || dueAt <= beginning(turn) || last <= now) return [];
  return [{ template: 'sign-off', dueAt: later(dueAt, now) }];
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}
