import type { NetworkPost } from '../networks/network.js';

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
}

/** The post's address on X. */
export function permalink(handle: string, id: string): string {
  return `https://x.com/${handle}/status/${id}`;
}

/**
 * Splits a post's text by its entities, whose offsets count code points. Links show `display_url` and go to the t.co
 * address; mentions and hashtags go to X (display rules of X's developer policy). A t.co link of the post's own
 * pictures, which X appends, is left out.
 */
export function segmentsOf(post: NetworkPost): Segment[] {
  const points = [...post.text];
  const marks = marksOf(post).sort((a, b) => a.start - b.start);
  const segments: Segment[] = [];
  let at = 0;
  for (const { start, end, text, href } of marks) {
    if (start < at || end > points.length) continue;
    if (start > at) segments.push({ text: points.slice(at, start).join('') });
    if (href) segments.push({ text: text ?? points.slice(start, end).join(''), href });
    at = end;
  }
  if (at < points.length) segments.push({ text: points.slice(at).join('') });
  return trimmed(segments);
}

interface Mark {
  start: number;
  end: number;
  /** Null: leave this stretch out. */
  href: string | null;
  text?: string;
}

function marksOf({ entities }: NetworkPost): Mark[] {
  return [
    ...entities.links.map(({ start, end, url, display, mediaKey }) =>
      mediaKey ? { start, end, href: null } : { start, end, href: url, text: display },
    ),
    ...entities.mentions.map(({ start, end, handle }) => ({ start, end, href: `https://x.com/${handle}` })),
    ...entities.hashtags.map(({ start, end, tag }) => ({
      start,
      end,
      href: `https://x.com/hashtag/${encodeURIComponent(tag)}`,
    })),
  ];
}

function trimmed(segments: Segment[]): Segment[] {
  const last = segments.at(-1);
  if (last && !last.href) last.text = last.text.trimEnd();
  return segments.filter((segment) => segment.text !== '');
}
