import { instantOf, type NetworkPost } from '../networks/network.js';
import { pieces } from '../networks/text.js';

/** A post of ours whose call was not answered. */
export interface Unanswered {
  text: string;
  /** How many pictures it has. */
  pictures: number;
  /** What its poll lets people choose from; null where it has none. */
  options: string[] | null;
  /** The post that it answers, null when it answers none; undefined: not known. */
  replyTo: string | null | undefined;
  /** When its first unanswered call was begun. */
  startedAt: Date;
}

/** How far the network's clock may be behind ours. */
export const SKEW_MS = 60_000;
/** When the timeline is asked, counted from the start of the unanswered call; after the last a person is asked. */
const LOOKS_MS = [20_000, 80_000, 260_000];

/**
 * The id under which the network shows a post of ours, or null: by its words, its number of pictures, its poll, its time, and its
 * place in a thread. `posts` must hold none that is known to be another row.
 * Of several that fit the oldest counts.
 */
export function settles(row: Unanswered, posts: NetworkPost[]): string | null {
  const earliest = row.startedAt.getTime() - SKEW_MS;
  const fitting = posts
    .filter((post) => post.createdAt.getTime() >= earliest && post.media.length === row.pictures)
    .filter((post) => row.replyTo === undefined || post.replyTo === row.replyTo)
    .filter((post) => !post.references.some(({ kind }) => kind === 'repost'))
    .filter(({ poll }) => asked(poll?.options.map(({ label }) => label)) === asked(row.options))
    .filter((post) => said(asWritten(post), post) === said(row.text, post))
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  return fitting[0]?.id ?? null;
}

/** The id in a post's address (or the id itself) when it can be a post made from `startedAt` until `now`; else null. */
export function postId(address: string, startedAt: Date, now: Date): string | null {
  const [, id] = /^(?:https?:\/\/\S+\/status\/)?(\d{15,20})(?:[/?#]\S*)?$/.exec(address.trim()) ?? [];
  if (!id) return null;
  const made = instantOf(id).getTime();
  return made >= startedAt.getTime() - SKEW_MS && made <= now.getTime() + SKEW_MS ? id : null;
}

/** When to ask next; null when all looks are behind us. */
export function nextLook(startedAt: Date, now: Date): Date | null {
  const looks = LOOKS_MS.map((after) => new Date(startedAt.getTime() + after));
  return looks.find((instant) => instant > now) ?? null;
}

function asked(options: string[] | null | undefined): string {
  return JSON.stringify(options?.map(comparable) ?? null);
}

/** X puts the names of those to whom a reply speaks before it. */
function said(text: string, { replyTo }: NetworkPost): string {
  return replyTo === null ? comparable(text) : comparable(text.trimStart().replace(/^(?:@\w{1,20}\s+)+/, ''));
}

/** The network shortens links and appends one for the pictures: puts back what was written. */
function asWritten(post: NetworkPost): string {
  return pieces(post.text, post.entities.links)
    .map(({ text, mark }) => {
      if (!mark) return text;
      return mark.mediaKey ? '' : mark.expanded;
    })
    .join('');
}

/** Networks complete links (`nhs.uk` becomes `http://nhs.uk/`), compose accents and trim: none of that is a difference. */
function comparable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/https?:\/\//gi, '')
    .replace(/\/(?=[\s\p{P}]|$)/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}
