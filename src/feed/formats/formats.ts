import { SHARED } from '../../web/answer.js';
import { etagOf } from '../../web/entity-tags.js';
import type { ShownFeed } from '../shown.js';
import { embedHtml } from './embed.js';
import { compressed, type Encoding } from './encoded.js';
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
  /** Of a 304: what it must repeat (RFC 9110, 15.4.5), and that it is for everybody; whoever asked has the rest. */
  unchanged: string[];
}

/**
 * A feed in one format. A compressed form is made once, at the strongest setting, when it is wanted for the second time:
 * what is asked for only once is not worth it. Until it is there the plain one is sent.
 */
export type Rendered = { [encoding in Encoding]?: Variant } & { identity: Variant; want(encoding: Encoding): void };

const FOR_ALL = ['access-control-allow-origin', '*'];
const OPEN = [
  ...FOR_ALL,
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

/** A feed in one format; `modified` is when any of it last changed, `heading` the level of a heading of the fragment, if it is to have one. */
export function renderedAs(
  format: Format,
  feed: ShownFeed,
  account: FeedAccount,
  modified: Date,
  heading: number | null = null,
): Rendered {
  const bytes = Buffer.from(WRITERS[format](feed, account, heading));
  const wanted: Record<Encoding, number> = { identity: 0, br: 0, gzip: 0 };
  const form: Rendered = {
    identity: variant(bytes, format, modified),
    want(encoding) {
      wanted[encoding] += 1;
      if (encoding === 'identity' || wanted[encoding] !== 2) return;
      void compressed(bytes, encoding).then((less) => {
        form[encoding] = variant(less, format, modified, encoding);
      });
    },
  };
  return form;
}

function variant(bytes: Buffer, format: Format, modified: Date, encoding: Encoding = 'identity'): Variant {
  const etag = etagOf(bytes);
  const known = [...['etag', etag], ...['cache-control', SHARED], ...['vary', 'accept-encoding']];
  const coded = encoding === 'identity' ? [] : ['content-encoding', encoding];
  const body = ['content-type', TYPES[format], 'content-length', String(bytes.length), ...coded];
  const headers = [...body, ...known, 'last-modified', modified.toUTCString(), ...OPEN];
  return { bytes, etag, unchanged: [...known, ...FOR_ALL], headers };
}
