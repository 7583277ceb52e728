import type { ShownFeed } from '../shown.js';
import { embedHtml } from './embed.js';
import { compressed, type Encoding, etagOf } from './encoded.js';
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

/** A feed in one format and one encoding, ready to be sent. Headers are names and values in turn, as Node takes them. */
export interface Variant {
  bytes: Buffer;
  etag: string;
  headers: string[];
  /** Of a 304: what a cache may renew (RFC 9110, 15.4.5). */
  unchanged: string[];
}

/** A feed in one format. The compressed forms join when they are ready. */
export type Rendered = { [encoding in Encoding]?: Variant } & { identity: Variant };

const OPEN = [
  ...['access-control-allow-origin', '*'],
  ...['access-control-expose-headers', 'etag, x-feed-age'],
  ...['cross-origin-resource-policy', 'cross-origin'],
  ...['content-security-policy', "default-src 'none'; img-src 'self'"],
  ...['x-content-type-options', 'nosniff'],
];

/** What a feed's forms say of its account. */
export interface FeedAccount {
  zone: string;
  /** What the account says while it is paused; null when it says nothing. */
  pausedMessage: string | null;
}

const WRITERS: Record<Format, (feed: ShownFeed, account: FeedAccount, heading: number | null) => string> = {
  'feed.json': jsonFeed,
  'feed.atom': atom,
  'feed.rss': rss,
  'posts.json': postsJson,
  'embed.html': (feed, { zone, pausedMessage }, heading) => embedHtml(feed, zone, { pausedMessage, heading }),
};

/** A feed in every format; `modified` is when any of it last changed. */
export function rendered(feed: ShownFeed, account: FeedAccount, modified: Date): Record<Format, Rendered> {
  const forms = FORMATS.map((format) => [format, renderedAs(format, feed, account, modified)]);
  return Object.fromEntries(forms) as Record<Format, Rendered>;
}

/** A feed in one format; `heading` is the level of a heading of the fragment, if it is to have one. */
export function renderedAs(
  format: Format,
  feed: ShownFeed,
  account: FeedAccount,
  modified: Date,
  heading: number | null = null,
): Rendered {
  return { identity: variant(Buffer.from(WRITERS[format](feed, account, heading)), format, modified) };
}

/** Adds the compressed forms. Until they are there, the plain one is sent. */
export async function compress(forms: Record<Format, Rendered>, modified: Date): Promise<void> {
  for (const format of FORMATS) await compressOne(forms[format], format, modified);
}

/** Adds the compressed forms of one format. */
export async function compressOne(form: Rendered, format: Format, modified: Date): Promise<void> {
  const { bytes } = form.identity;
  for (const encoding of ['br', 'gzip'] as const)
    form[encoding] = variant(await compressed(bytes, encoding), format, modified, encoding);
}

function variant(bytes: Buffer, format: Format, modified: Date, encoding: Encoding = 'identity'): Variant {
  const etag = etagOf(bytes);
  const unchanged = [
    ...['etag', etag],
    ...['last-modified', modified.toUTCString()],
    ...['cache-control', 'public, max-age=60, stale-while-revalidate=30'],
    ...['vary', 'accept-encoding'],
    ...OPEN,
  ];
  const coded = encoding === 'identity' ? [] : ['content-encoding', encoding];
  const body = ['content-type', TYPES[format], 'content-length', String(bytes.length), ...coded];
  return { bytes, etag, unchanged, headers: [...body, ...unchanged] };
}
