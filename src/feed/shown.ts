import { settings } from '../../config/settings.js';
import type { Segment } from '../networks/segments.js';

/** A picture as websites get it: from our own address, never from the network's. */
export interface ShownPicture {
  href: string;
  width: number | null;
  height: number | null;
  /** The description its author wrote; null when there is none. */
  description: string | null;
  /** Of what moves, and then it is a still: the film is on the network. */
  still?: 'gif' | 'video';
}

/** The post that another one quotes or reposts. Of one that may not be shown, only the link. */
export interface ShownQuote {
  id: string;
  permalink: string;
  /** Whose it is, without the @; null when nobody says. */
  handle: string | null;
  postedAt: Date;
  /** As of a post. */
  lang: string | null;
  segments: Segment[];
  pictures: ShownPicture[];
  /** As of a post. */
  sensitive: boolean;
  checkedAt: Date;
  linkOnly: boolean;
}

/** A poll as the network showed it at the last look. */
export interface ShownPoll {
  options: { label: string; votes: number }[];
  endsAt: Date | null;
  open: boolean;
}

/** A post as every format shows it. */
export interface ShownPost {
  id: string;
  /** The post on the network. */
  permalink: string;
  postedAt: Date;
  /** What it was before any edit: an edit is another post at the network, with a number and an instant of its own. */
  first: { id: string; postedAt: Date };
  /** The language of its words (BCP 47); null for English, and where nobody says. */
  lang: string | null;
  text: string;
  segments: Segment[];
  pictures: ShownPicture[];
  /** Whether the network marks it as possibly upsetting: then its pictures are for those who ask for them. */
  sensitive: boolean;
  poll: ShownPoll | null;
  quote: ShownQuote | null;
  /** Whether it says nothing of its own, and `quote` is what it passes on. */
  repost: boolean;
  /** What the account went on to say in answer to itself, in order; these have no threads of their own. */
  thread: ShownPost[];
  edited: boolean;
  /** When the network last showed it to us. */
  checkedAt: Date;
  /** Whether it is a link to the network and nothing else: its words may not be shown. */
  linkOnly: boolean;
  /** The curator's shown name, or null for the house. */
  curator: { name: string; stintId: string } | null;
}

/** The whole feed of an account, ready for any format. */
export interface ShownFeed {
  slug: string;
  handle: string;
  name: string;
  /** Where this service is, without a slash at the end. */
  origin: string;
  avatar: string | null;
  /** The last good pull; null when there was none yet. */
  pulledAt: Date | null;
  /** `fresh`; `stale` when pulls are failing; `expired` when the posts were too old to show. */
  state: 'fresh' | 'stale' | 'expired';
  posts: ShownPost[];
  /** Of a selection: the query of its own address, such as `limit=5`. */
  query?: string;
}

/** The address of a feed in one format (`feed.json`). */
export function addressOf({ origin, slug, query }: ShownFeed, format: string): string {
  return `${origin}/${slug}/${format}${query ? `?${query}` : ''}`;
}

/** The post's address on X. */
export function permalink(handle: string, id: string): string {
  return `https://x.com/${handle}/status/${id}`;
}

/** A name of the post that stays the same when the account's handle changes and when it is edited; it also opens. */
export function lastingId({ first }: Pick<ShownPost, 'first'>): string {
  return addressById(first.id);
}

/** The address on X of a post by nobody knows whom. */
export function addressById(id: string): string {
  return `https://x.com/i/web/status/${id}`;
}

/** When what readers see of it last changed: by an edit, or by a new part of its thread. */
export function updatedAt({ postedAt, thread }: Pick<ShownPost, 'postedAt' | 'thread'>): Date {
  return new Date(Math.max(postedAt.getTime(), ...thread.map((part) => part.postedAt.getTime())));
}

/**
 * How far a feed can be trusted at `now`. X's rule: what was not confirmed for 24 hours is not shown. A feed that missed
 * three looks is stale even when nobody is left to write down that they failed.
 */
export function stateOf(pulledAt: Date | null, failing: boolean, now: Date): ShownFeed['state'] {
  const age = pulledAt ? now.getTime() - pulledAt.getTime() : 0;
  if (age > settings.feedExpiry) return 'expired';
  return failing || age > 3 * settings.feedEvery ? 'stale' : 'fresh';
}

/** Whole seconds since the last good pull. */
export function ageOf(pulledAt: Date, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - pulledAt.getTime()) / 1000));
}

/**
 * The same in a process whose last word from PostgreSQL was at `heardAt` (real time, as `real` is): after a short limit
 * it no longer claims to be up to date, since it cannot have heard of hides.
 */
export function stateHeard(state: ShownFeed['state'], heardAt: Date, real: Date): ShownFeed['state'] {
  const unheard = real.getTime() - heardAt.getTime() >= settings.feedUnheard;
  return state === 'fresh' && unheard ? 'stale' : state;
}
