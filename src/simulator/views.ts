import type { Post } from './rows.js';

const HOUR_MS = 60 * 60_000;
/** Half of those who will see a post have seen it after so many hours. */
const HALF_AFTER = 12;

/** How often a post was shown. By its age in whole hours, so that two looks in a row see the same. */
export function viewsOf({ id, views, repostOf, createdAt }: Post, now: Date): number {
  if (repostOf) return 0;
  if (typeof views === 'number') return views;
  const hours = Math.floor(Math.max(0, now.getTime() - Date.parse(createdAt)) / HOUR_MS);
  return Math.round(audienceOf(id) * (1 - 0.5 ** (hours / HALF_AFTER)));
}

/** From 800 to 4,799, another for each post and always the same for one. */
function audienceOf(id: string): number {
  return 800 + Number((BigInt(id) * 7919n) % 4000n);
}
