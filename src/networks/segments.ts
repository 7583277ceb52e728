import type { Link, NetworkPost, Span } from './network.js';
import { pieces } from './text.js';

/** A piece of a post's text: plain, or a link that is shown as `text`. */
export interface Segment {
  text: string;
  href?: string;
}

/** What of a post is written. */
type Written = Pick<NetworkPost, 'text' | 'entities'>;

/**
 * Splits a post's text by its entities, whose offsets count code points. Links show `display_url` and go to the t.co
 * address; mentions, hashtags and cashtags go to X (display rules of X's developer policy). A t.co link of the post that
 * it quotes, which X appends, is left out, and so is that of the post's own pictures where those are shown.
 */
export function segmentsOf(post: Written, quotedId: string | null = null, picturesShown = true): Segment[] {
  const segments = pieces(post.text, marksOf(post, quotedId, picturesShown)).flatMap(({ text, mark }): Segment[] => {
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

function marksOf({ entities }: Written, quotedId: string | null, picturesShown: boolean): Mark[] {
  const { links, mentions, hashtags, cashtags } = entities;
  const mark = ({ start, end }: Span, href: string | null, shown?: string): Mark => ({
    start,
    end,
    href,
    ...(shown ? { shown } : {}),
  });
  return [
    ...links
      .filter(leads)
      .map((link) =>
        (link.mediaKey && picturesShown) || leadsTo(link, quotedId)
          ? mark(link, null)
          : mark(link, link.url, link.display),
      ),
    ...mentions.map((mention) => mark(mention, `https://x.com/${inAddress(mention.handle)}`)),
    ...hashtags.map((tag) => mark(tag, `https://x.com/hashtag/${inAddress(tag.tag)}`)),
    ...cashtags.map((tag) => mark(tag, `https://x.com/search?q=${inAddress(`$${tag.tag}`)}`)),
  ];
}

/** Whatever an answer says, only the web is linked to, by addresses of the characters that RFC 3986 allows. */
function leads({ url }: { url: string }): boolean {
  return /^https?:\/\/[\w\-.~:/?#[\]@!$&()*+,;=%]+$/i.test(url);
}

function leadsTo({ expanded }: Link, postId: string | null): boolean {
  return postId !== null && /\/status\/(\d+)(?:[/?#]|$)/.exec(expanded)?.[1] === postId;
}

function inAddress(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function trimmed(segments: Segment[]): Segment[] {
  const last = segments.at(-1);
  if (last && !last.href) last.text = last.text.trimEnd();
  return segments.filter((segment) => segment.text !== '');
}
