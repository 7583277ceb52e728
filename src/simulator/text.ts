import { createHash } from 'node:crypto';
import twitter from 'twitter-text';

/** A text as X answers it: escaped, with its links shortened, and its entities in code points of that text. */
export interface WireText {
  text: string;
  entities: Entities;
}

export interface Entities {
  urls?: Record<string, unknown>[];
  mentions?: Record<string, unknown>[];
  hashtags?: Record<string, unknown>[];
  cashtags?: Record<string, unknown>[];
}

/** A picture's own link, which X puts at the end of the text. */
export interface MediaLink {
  key: string;
  /** As in https://x.com/nhs/status/1/photo/1. */
  page: string;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const SHORT_FORM = 250;

/** How long X says a text is: https://docs.x.com/fundamentals/counting-characters */
export function weightedLength(text: string): number {
  return twitter.parseTweet(text.normalize('NFC')).weightedLength;
}

/** Whether a text holds a link, which makes its post dearer. */
export function hasLink(text: string): boolean {
  return twitter.extractUrls(text).length > 0;
}

/** The handles that a text mentions, in lower case. */
export function mentionsIn(text: string): string[] {
  return twitter.extractMentions(text).map((handle) => handle.toLowerCase());
}

/** Writes a text as X would. `userId` finds the id of a mentioned handle. */
export function wireText(
  text: string,
  media: readonly MediaLink[],
  userId: (handle: string) => string | undefined,
): WireText {
  const entities: Entities = {};
  const add = (kind: keyof Entities, entity: Record<string, unknown>) => {
    entities[kind] = [...(entities[kind] ?? []), entity];
  };
  let written = '';
  let at = 0;
  const put = (more: string) => {
    const start = Array.from(written).length;
    written += more;
    return { start, end: Array.from(written).length };
  };
  for (const entity of entitiesOf(text)) {
    const [from, to] = entity.indices;
    put(escaped(text.slice(at, from)));
    const words = text.slice(from, to);
    if ('url' in entity) add('urls', { ...put(shortLink(words)), ...linkOf(words) });
    else if ('screenName' in entity) add('mentions', { ...put(words), ...mentionOf(entity.screenName, userId) });
    else if ('hashtag' in entity) add('hashtags', { ...put(words), tag: entity.hashtag });
    else if ('cashtag' in entity) add('cashtags', { ...put(words), tag: entity.cashtag });
    else put(escaped(words));
    at = to;
  }
  put(escaped(text.slice(at)));
  addMedia(media, put, (entity) => add('urls', entity), written === '');
  return { text: written, entities };
}

/** The short form of a text over 280: it ends with a link to the whole. */
export function shortForm(text: string, page: string): string {
  let points = Array.from(text).slice(0, SHORT_FORM);
  while (weightedLength(points.join('')) > SHORT_FORM) points = points.slice(0, -5);
  const cut = points.join('').replace(/\s+\S*$/, '');
  return `${cut}… ${page}`;
}

/** The same link is always shortened to the same. */
export function shortLink(link: string): string {
  const code = createHash('sha256')
    .update(link)
    .digest('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 10);
  return `https://t.co/${code}`;
}

type Found = { indices: [number, number] } & (
  | { url: string }
  | { screenName: string }
  | { hashtag: string }
  | { cashtag: string }
);

/** Indices are of UTF-16 units here; twitter-text gives those. */
function entitiesOf(text: string): Found[] {
  return twitter.extractEntitiesWithIndices(text) as unknown as Found[];
}

function linkOf(words: string) {
  const expanded = /^https?:\/\//i.test(words) ? words : `http://${words}`;
  const shown = expanded.replace(/^https?:\/\/(www\.)?/i, '').replace(/\/$/, '');
  return {
    url: shortLink(words),
    expanded_url: expanded,
    display_url: shown.length > 27 ? `${shown.slice(0, 26)}…` : shown,
  };
}

function mentionOf(handle: string, userId: (handle: string) => string | undefined) {
  const id = userId(handle);
  return { username: handle, ...(id ? { id } : {}) };
}

/** All pictures of a post share one link in its text. */
function addMedia(
  media: readonly MediaLink[],
  put: (more: string) => { start: number; end: number },
  add: (entity: Record<string, unknown>) => void,
  alone: boolean,
): void {
  const [first] = media;
  if (!first) return;
  if (!alone) put(' ');
  const url = shortLink(first.page);
  const span = put(url);
  for (const { key, page } of media) {
    add({ ...span, url, expanded_url: page, display_url: `pic.x.com/${url.slice(-10)}`, media_key: key });
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => ESCAPES[sign] ?? sign);
}
