import { settings } from '../../config/settings.js';
import type { Metrics } from '../networks/network.js';

/** What is counted, in the order in which it is shown. */
export const MEASURES = ['impressions', 'likes', 'replies', 'reposts'] as const;

export type Measure = (typeof MEASURES)[number];

/** A post, and how it did when the network was last asked. */
export interface Counted {
  postedAt: Date;
  /** When the network gave these numbers; null for a post that it does not show, or not yet. */
  readAt: Date | null;
  metrics: Metrics | null;
}

/** A sum over those posts whose number is known; null where it is known of none. */
export interface Sum {
  sum: number | null;
  of: number;
}

/** A turn as far as its numbers go. */
export interface Counting {
  startsAt: Date;
  endsAt: Date;
  state: string;
  /** From before Baton: nothing of it was read. */
  imported: boolean;
  /** When its posts were counted for good. */
  countedAt: Date | null;
}

/** How far a turn's numbers are: nothing can be known of `imported` ones; `left` were never counted for good. */
export type Standing = 'imported' | 'ahead' | 'on' | 'reading' | 'final' | 'left';

export function standingOf({ startsAt, endsAt, state, imported, countedAt }: Counting, now: Date): Standing {
  if (imported) return 'imported';
  if (state !== 'ended') return state === 'active' && startsAt <= now ? 'on' : 'ahead';
  if (countedAt) return 'final';
  return now.getTime() < endsAt.getTime() + settings.countUntil ? 'reading' : 'left';
}

export function sumOf(posts: Counted[], measure: Measure): Sum {
  const known = posts.flatMap(({ metrics }) => metrics?.[measure] ?? []);
  return { sum: known.length > 0 ? known.reduce((all, each) => all + each, 0) : null, of: known.length };
}

/**
 * The post that was shown most often; of equals the one with more likes, replies and reposts, then the earlier. Null where
 * nobody is known to have seen or answered any.
 */
export function bestOf<Post extends Counted>(posts: Post[]): Post | null {
  const [best] = posts.toSorted(
    (a, b) =>
      (b.metrics?.impressions ?? 0) - (a.metrics?.impressions ?? 0) ||
      responsesTo(b) - responsesTo(a) ||
      a.postedAt.getTime() - b.postedAt.getTime(),
  );
  return best && ((best.metrics?.impressions ?? 0) > 0 || responsesTo(best) > 0) ? best : null;
}

/** From the oldest to the newest of the readings; null where nothing was read. */
export function readBetween(posts: Counted[]): { from: Date; to: Date } | null {
  const instants = posts.flatMap(({ readAt }) => readAt?.getTime() ?? []);
  return instants.length > 0 ? { from: new Date(Math.min(...instants)), to: new Date(Math.max(...instants)) } : null;
}

function responsesTo({ metrics }: Counted): number {
  return (metrics?.likes ?? 0) + (metrics?.replies ?? 0) + (metrics?.reposts ?? 0);
}
