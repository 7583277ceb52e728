import { settings } from '../../../config/settings.js';
import type { BudgetUse } from '../../credentials/budget.js';
import { nextHoursChange, openAt } from '../../credentials/posting-hours.js';
import { type PostingHours, wallTimeOf } from '../../credentials/week.js';
import type { NetworkName, Outcome } from '../../networks/network.js';
import { priceOf } from '../../networks/prices.js';
import { tryAgainAt } from '../../networks/try-again.js';

/** X gives no fewer at a time. */
export const SMALLEST_PAGE = 5;

/** What decides how soon an account's mentions are looked at again. `use` is null without a budget. */
export interface Rhythm {
  /** IANA time zone. */
  zone: string;
  hours: PostingHours | null;
  use: BudgetUse | null;
}

/**
 * When to look next: often in posting hours, more rarely outside them, seldom at night, and more rarely from 70 % of the
 * day's budget on. Never later than the time at which posting hours open, unless the budget says so.
 */
export function nextLook({ zone, hours, use }: Rhythm, now: Date): Date {
  const slowdown = use?.slowdown ?? 1;
  const next = now.getTime() + pace(zone, hours, now) * slowdown;
  const opens = slowdown === 1 && hours && !openAt(hours, now) ? nextHoursChange(hours, now) : null;
  return new Date(opens ? Math.min(next, opens.getTime()) : next);
}

/** When to look again after a look that failed: when the network says so, but never sooner than otherwise. */
export function nextTry(answer: Outcome<unknown>, rhythm: Rhythm, now: Date, real: Date): Date {
  return tryAgainAt(answer, nextLook(rhythm, now), now, real);
}

/**
 * How many mentions the day's budget still pays for, each by an author of its own: none where that is less than the network
 * gives at a time; without a budget as many as wanted.
 */
export function roomFor(network: NetworkName, use: BudgetUse | null, wanted: number): number {
  if (!use) return wanted;
  const each = priceOf(network, 'post-read') + priceOf(network, 'user-read');
  const room = Math.min(wanted, Math.floor((use.budget - use.spent) / each));
  return room < SMALLEST_PAGE ? 0 : room;
}

/**
 * The id after which a look begins when this is the newest that is known: a little before it, since a network may show an
 * older post later. What is read again costs nothing on the same day. Ids are snowflakes: their first bits are milliseconds.
 */
export function sinceFor(newestId: string): string {
  const earlier = BigInt(newestId) - (BigInt(settings.mentionsOverlap) << 22n);
  return String(earlier > 1n ? earlier : 1n);
}

/** When a budget that is used up is whole again: it is counted by the UTC day. */
export function nextDay(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
}

function pace(zone: string, hours: PostingHours | null, now: Date): number {
  if (hours && openAt(hours, now)) return settings.mentionsEvery;
  const time = wallTimeOf(zone, now);
  if (time >= '22:00' || time < '06:00') return settings.mentionsEveryAtNight;
  return hours ? settings.mentionsEveryOutsideHours : settings.mentionsEvery;
}
