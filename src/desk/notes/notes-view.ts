import { dateAndTime, timeRange } from '../../credentials/dates.js';
import type { TurnNotes } from './notes.service.js';

/** Notes as pages show them. */
export function notesView({ text, by, savedAt, startsAt, endsAt }: TurnNotes, zone: string) {
  return { text, by, savedAt: dateAndTime(zone, savedAt), turn: timeRange(zone, { startsAt, endsAt }) };
}
