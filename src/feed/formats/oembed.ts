import type { ShownFeed, ShownPost } from '../shown.js';
import { postsHtml } from './embed.js';
import { creditLine, escaped, textOf } from './markup.js';

/** What an oEmbed answer says (https://oembed.com, 2.3.4.4): a name, and a text or a number. */
export type OEmbed = Record<string, string | number>;

/** How large the asker wants it, in CSS pixels. */
export interface Room {
  maxWidth: number | null;
  maxHeight: number | null;
}

const WIDTH = 550;
const LETTER_WIDTH = 8;
const LINE_HEIGHT = 24;
const HEAD_AND_FOOT = 140;

/** A feed of one post as oEmbed's `rich`: our own markup, without scripts and with nothing from other hosts. */
export function oEmbed(feed: ShownFeed, zone: string, provider: string, room: Room): OEmbed {
  const [post] = feed.posts;
  if (!post) throw new Error('There is no post to embed');
  const width = Math.min(WIDTH, room.maxWidth ?? WIDTH);
  const text = textOf(post.segments);
  return {
    version: '1.0',
    type: 'rich',
    provider_name: provider,
    provider_url: feed.origin,
    title: text.replace(/\s+/g, ' ').trim().slice(0, 200).toWellFormed(),
    author_name: creditLine(post, feed.name),
    author_url: post.curator
      ? `${feed.origin}/${feed.slug}/turns/${post.curator.stintId}`
      : `https://x.com/${feed.handle}`,
    url: post.permalink,
    cache_age: 60,
    html: `<blockquote cite="${escaped(post.permalink)}">${postsHtml(feed, zone)}</blockquote>`,
    width,
    height: Math.min(heightOf(text, post, width), room.maxHeight ?? Number.POSITIVE_INFINITY),
  };
}

/** About how high it will be: the asker's fonts decide, but it wants a number. */
function heightOf(text: string, { pictures, sensitive }: ShownPost, width: number): number {
  const letters = Math.max(10, Math.floor(width / LETTER_WIDTH));
  const lines = text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil([...line].length / letters)), 0);
  const heights = pictures.map((each) => (sensitive ? 0 : scaled(each.width, each.height, width)) + LINE_HEIGHT);
  return HEAD_AND_FOOT + lines * LINE_HEIGHT + heights.reduce((sum, height) => sum + height, 0);
}

function scaled(width: number | null, height: number | null, room: number): number {
  if (!width || !height) return room;
  return Math.round(height * Math.min(1, room / width));
}

/** The same in XML (oEmbed, 2.3.4). */
export function oEmbedXml(answer: OEmbed): string {
  const fields = Object.entries(answer).map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`);
  return `<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>${fields.join('')}</oembed>\n`;
}

/** A post that an address names: by the account's slug on our own site, or by its handle on X. */
export interface Named {
  by: 'slug' | 'handle';
  account: string;
  id: string;
}

/** Reads the address of a post; null when it is none. `origin` is ours. */
export function postNamed(address: string, origin: string): Named | null {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url) return null;
  if (url.origin === origin) {
    const [, account, id] = /^\/([^/]+)\/posts\/(\d{1,20})\/?$/.exec(url.pathname) ?? [];
    return account && id ? { by: 'slug', account, id } : null;
  }
  if (!/^(www\.|mobile\.)?(x|twitter)\.com$/.test(url.hostname) || !/^https?:$/.test(url.protocol)) return null;
  const [, account, id] = /^\/(\w{1,15})\/status\/(\d{1,20})(\/|$)/.exec(url.pathname) ?? [];
  return account && id ? { by: 'handle', account, id } : null;
}
