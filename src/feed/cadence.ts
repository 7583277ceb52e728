import { settings } from '../../config/settings.js';
import { nextHoursChange, openAt } from '../credentials/posting-hours.js';
import { type PostingHours, wallTimeOf } from '../credentials/week.js';
import type { Outcome } from '../networks/network.js';
import { tryAgainAt } from '../networks/try-again.js';

/** What decides how soon an account's posts are looked at again. */
export interface Rhythm {
  /** IANA time zone. */
  zone: string;
  hours: PostingHours | null;
  /** When something was last posted as the account, as far as is known. */
  postedAt: Date | null;
  /** By how much longer reads should wait, for the day's budget; 1 without. */
  slowdown?: number;
}

/**
 * When to look next: soon after a post, since corrections come within minutes; often where posting hours open or close;
 * seldom at night; and every five minutes otherwise. An item is charged once a day however often it is read, so looks
 * cost calls and no money. Never later than the next such time begins.
 */
export function nextLook(rhythm: Rhythm, now: Date): Date {
  const { hours } = rhythm;
  const edge = hours && nextHoursChange(hours, now);
  const slowdown = rhythm.slowdown ?? 1;
  const next = now.getTime() + pace(rhythm, now) * slowdown;
  const nearing = edge && slowdown === 1 ? edge.getTime() - settings.feedAroundHours : Number.POSITIVE_INFINITY;
  return new Date(nearing > now.getTime() ? Math.min(next, nearing) : next);
}

/** When to look again after a look that failed: when the network says so; with no credits left, seldom. */
export function nextTry(answer: Outcome<unknown>, rhythm: Rhythm, now: Date, real: Date): Date {
  return tryAgainAt(answer, nextLook(rhythm, now), now, real);
}

function pace({ zone, hours, postedAt }: Rhythm, now: Date): number {
  if (postedAt && now.getTime() - postedAt.getTime() < settings.feedAfterPost) return settings.feedEveryAfterPost;
  if (hours && aroundChange(hours, now)) return settings.feedEveryAroundHours;
  const open = hours ? openAt(hours, now) : false;
  return !open && isNight(wallTimeOf(zone, now)) ? settings.feedEveryAtNight : settings.feedEvery;
}

/** Whether posting hours open or close within a quarter of an hour of `now`, before or after. */
function aroundChange(hours: PostingHours, now: Date): boolean {
  const before = new Date(now.getTime() - settings.feedAroundHours);
  const edge = nextHoursChange(hours, before);
  return edge !== null && edge.getTime() - now.getTime() <= settings.feedAroundHours;
}

function isNight(time: string): boolean {
  return time >= '22:00' || time < '06:00';
}
