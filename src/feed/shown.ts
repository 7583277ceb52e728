import { settings } from '../../config/settings.js';
import type { NetworkPost, Span } from '../networks/network.js';
import { pieces } from '../networks/text.js';

/** A piece of a post's text: plain, or a link that is shown as `text`. */
export interface Segment {
  text: string;
  href?: string;
}

/** A picture as websites get it: from our own address, never from the network's. */
export interface ShownPicture {
  href: string;
  width: number | null;
  height: number | null;
  /** The description its author wrote; null when there is none. */
  description: string | null;
}

/** A post as every format shows it. */
export interface ShownPost {
  id: string;
  /** The post on the network. */
  permalink: string;
  postedAt: Date;
  text: string;
  segments: Segment[];
  pictures: ShownPicture[];
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

/** A name of the post that stays the same when the account's handle changes; it also opens. */
export function lastingId(id: string): string {
  return `https://x.com/i/web/status/${id}`;
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

/**
 * A feed as it may be shown at `now`: X wants words gone from us within a day of their going from X, so those that were
 * not seen there for a day are only linked to.
 */
export function shownAt(feed: ShownFeed, now: Date): ShownFeed {
  return { ...feed, posts: feed.posts.map((post) => (lapsesAt(post) <= now ? asLink(post) : post)) };
}

/** The first instant after `now` at which `shownAt` gives something else; null for never. */
export function nextLapse({ posts }: ShownFeed, now: Date): Date | null {
  const lapses = posts.filter(({ linkOnly }) => !linkOnly).map(lapsesAt);
  return lapses.filter((at) => now < at).reduce<Date | null>((first, at) => (first && first < at ? first : at), null);
}

/** A post of which nothing is left but a link to it. */
export function asLink(post: ShownPost): ShownPost {
  const text = 'See this post on X';
  return { ...post, text, segments: [{ text, href: post.permalink }], pictures: [], linkOnly: true };
}

function lapsesAt({ checkedAt }: ShownPost): Date {
  return new Date(checkedAt.getTime() + settings.feedExpiry);
}

/**
 * Splits a post's text by its entities, whose offsets count code points. Links show `display_url` and go to the t.co
 * address; mentions, hashtags and cashtags go to X (display rules of X's developer policy). A t.co link of the post's
 * own pictures, which X appends, is left out.
 */
export function segmentsOf(post: NetworkPost): Segment[] {
  const segments = pieces(post.text, marksOf(post)).flatMap(({ text, mark }): Segment[] => {
    if (!mark) return [{ text }];
    return mark.href ? [{ text: mark.shown ?? text, href: mark.href }] : [];
  });
  return trimmed(segments);
}

interface Mark extends Span {
  /** Null: leave this stretch out. */
  href: string | null;
  /** What is shown in place of the text that it covers. */
  shown?: string;
}

function marksOf({ entities }: NetworkPost): Mark[] {
  const { links, mentions, hashtags, cashtags } = entities;
  const mark = ({ start, end }: Span, href: string | null, shown?: string): Mark => ({
    start,
    end,
    href,
    ...(shown ? { shown } : {}),
  });
  return [
    ...links.filter(leads).map((link) => (link.mediaKey ? mark(link, null) : mark(link, link.url, link.display))),
    ...mentions.map((mention) => mark(mention, `https://x.com/${inAddress(mention.handle)}`)),
    ...hashtags.map((tag) => mark(tag, `https://x.com/hashtag/${inAddress(tag.tag)}`)),
    ...cashtags.map((tag) => mark(tag, `https://x.com/search?q=${inAddress(`$${tag.tag}`)}`)),
  ];
}

/** Whatever an answer says, only the web is linked to, by addresses of the characters that RFC 3986 allows. */
function leads({ url }: { url: string }): boolean {
  return /^https?:\/\/[\w\-.~:/?#[\]@!$&()*+,;=%]+$/i.test(url);
}

function inAddress(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function trimmed(segments: Segment[]): Segment[] {
  const last = segments.at(-1);
  if (last && !last.href) last.text = last.text.trimEnd();
  return segments.filter((segment) => segment.text !== '');
}
