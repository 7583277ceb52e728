import { createHash } from 'node:crypto';
import type { ShownFeed } from '../shown.js';
import { embedHtml } from './embed.js';
import { jsonFeed, postsJson } from './json.js';
import { atom, rss } from './xml.js';

const TYPES = {
  'feed.json': 'application/feed+json; charset=utf-8',
  'feed.atom': 'application/atom+xml; charset=utf-8',
  'feed.rss': 'application/rss+xml; charset=utf-8',
  'posts.json': 'application/json; charset=utf-8',
  'embed.html': 'text/html; charset=utf-8',
};

/** Named by the last part of its address, `/:account/feed.json`. */
export type Format = keyof typeof TYPES;

export const FORMATS = Object.keys(TYPES) as Format[];

/** A feed in one format, ready to be sent. */
export interface Rendered {
  bytes: Buffer;
  headers: { etag: string; [name: string]: string };
}

/** A feed in every format. Without a pull yet, it was last modified when its account was made. */
export function rendered(feed: ShownFeed, { zone, createdAt }: { zone: string; createdAt: Date }) {
  const modified = (feed.pulledAt ?? createdAt).toUTCString();
  const one = (format: Format, text: string) => withHeaders(Buffer.from(text), TYPES[format], modified);
  return {
    'feed.json': one('feed.json', jsonFeed(feed)),
    'feed.atom': one('feed.atom', atom(feed)),
    'feed.rss': one('feed.rss', rss(feed)),
    'posts.json': one('posts.json', postsJson(feed)),
    'embed.html': one('embed.html', embedHtml(feed, zone)),
  } satisfies Record<Format, Rendered>;
}

function withHeaders(bytes: Buffer, type: string, modified: string): Rendered {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
  return {
    bytes,
    headers: {
      'content-type': type,
      etag,
      'last-modified': modified,
      'cache-control': 'public, max-age=60, stale-while-revalidate=30',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'etag, x-feed-age',
      'cross-origin-resource-policy': 'cross-origin',
      'content-security-policy': "default-src 'none'; img-src 'self'",
      'x-content-type-options': 'nosniff',
    },
  };
}
