import { type Span, weekOf } from '../credentials/week.js';

/** What an applicant said about weeks, each named by the ISO date of its Monday. */
export type Availability = { first: string[]; second: string[]; unavailable: string[]; flexible: boolean };

export type Suits = 'first' | 'second' | 'flexible' | 'unavailable' | 'not-said';

/**
 * How a slot suits an applicant. A choice counts for the week in which the slot starts; a week said to be unavailable
 * counts for every week that the slot touches, and over any choice.
 */
export function suits(availability: Availability, slot: Span, zone: string): Suits {
  const week = weekOf(zone, slot.startsAt);
  const lastWeek = weekOf(zone, new Date(slot.endsAt.getTime() - 1));
  if (availability.unavailable.some((each) => week <= each && each <= lastWeek)) return 'unavailable';
  if (availability.first.includes(week)) return 'first';
  if (availability.second.includes(week)) return 'second';
  return availability.flexible ? 'flexible' : 'not-said';
}
