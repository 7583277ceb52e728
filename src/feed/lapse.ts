import { settings } from '../../config/settings.js';
import type { ShownFeed, ShownPost, ShownQuote } from './shown.js';

/**
 * A feed as it may be shown at `now`: X wants words gone from us within a day of their going from X, so those that were
 * not seen there for a day are only linked to.
 */
export function shownAt(feed: ShownFeed, now: Date): ShownFeed {
  return { ...feed, posts: feed.posts.map((post) => postAt(post, now)) };
}

/** The first instant after `now` at which `shownAt` gives something else; null for never. */
export function nextLapse({ posts }: ShownFeed, now: Date): Date | null {
  const lapses = posts.flatMap(partsOf).filter(({ linkOnly }) => !linkOnly);
  const later = lapses.map(lapsesAt).filter((at) => now < at);
  return later.reduce<Date | null>((first, at) => (first && first < at ? first : at), null);
}

/** A post of which nothing is left but a link to it, and what was said after it. */
export function asLink(post: ShownPost): ShownPost {
  const text = 'See this post on X';
  const segments = [{ text, href: post.permalink }];
  return { ...post, text, segments, pictures: [], poll: null, quote: null, repost: false, lang: null, linkOnly: true };
}

/** A quoted post of which nothing is left but a link to it. */
export function quoteAsLink(quote: ShownQuote): ShownQuote {
  const segments = [{ text: 'See the original on X', href: quote.permalink }];
  return { ...quote, segments, pictures: [], lang: null, linkOnly: true };
}

function postAt(post: ShownPost, now: Date): ShownPost {
  const thread = post.thread.map((part) => postAt(part, now));
  if (lapsesAt(post) <= now) return { ...asLink(post), thread };
  const quote = post.quote && lapsesAt(post.quote) <= now ? quoteAsLink(post.quote) : post.quote;
  return { ...post, quote, thread };
}

/** A post, what it quotes and its thread, each by itself. */
export function partsOf(post: ShownPost): (ShownPost | ShownQuote)[] {
  return [post, ...(post.quote ? [post.quote] : []), ...post.thread.flatMap(partsOf)];
}

function lapsesAt({ checkedAt }: ShownPost | ShownQuote): Date {
  return new Date(checkedAt.getTime() + settings.feedExpiry);
}
