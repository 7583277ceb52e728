import { z } from 'zod';
import { dateExists, instantAt } from '../credentials/week.js';

/** A reason that somebody types; `missing` is what to say when there is none. */
export const aReason = (missing: string) =>
  z.string(missing).trim().min(1, missing).max(1000, 'Keep it to 1,000 characters');

/** A local date and time as four fields of a form, `x-day`, `x-month`, `x-year` and `x-time`. */
export type When = { day: string; month: string; year: string; time: string };

/** The instant of a typed local date and 24-hour time, or null when there is no such date or time. */
export function readWhen(zone: string, { day, month, year, time }: When): Date | null {
  const [, hours = '', minutes = ''] = /^\s*(\d{1,2})[:.](\d{2})\s*$/.exec(time) ?? [];
  const digits = /^\d{1,2}$/.test(day.trim()) && /^\d{1,2}$/.test(month.trim()) && /^\d{4}$/.test(year.trim());
  if (!digits || !minutes || Number(hours) > 23 || Number(minutes) > 59) return null;
  const date = `${year.trim()}-${month.trim().padStart(2, '0')}-${day.trim().padStart(2, '0')}`;
  try {
    return dateExists(zone, date) ? instantAt(zone, date, `${hours.padStart(2, '0')}:${minutes}`) : null;
  } catch {
    return null;
  }
}
