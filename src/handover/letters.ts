import { previousWorkingDay } from '../credentials/week.js';
import { beginning, type Turn } from './boundaries.js';

/** A letter to a curator whose time is known before the stint starts. */
export interface PlannedLetter {
  template: 'reminder' | 'access';
  dueAt: Date;
}

const REMINDER_DAYS = 7;

/**
 * The letters before a stint: a reminder a week ahead and the access letter at 9am of the working day before. On short
 * notice they are due at once; a reminder that would come no earlier than the access letter is left out.
 */
export function plannedLetters(turn: Turn, zone: string, now: Date): PlannedLetter[] {
  if (turn.state !== 'confirmed' || beginning(turn) <= now) return [];
  const access = later(previousWorkingDay(zone, turn.startsAt), now);
  const reminder = later(new Date(turn.startsAt.getTime() - REMINDER_DAYS * 86_400_000), now);
  const letters: PlannedLetter[] = [{ template: 'access', dueAt: access }];
  return reminder < access ? [{ template: 'reminder', dueAt: reminder }, ...letters] : letters;
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}
