import type { NetworkPost } from '../../networks/network.js';

/** What is kept of a post that speaks to an account. */
export interface Mention extends Pick<NetworkPost, Kept> {
  pictures: number;
}

type Kept =
  | 'text'
  | 'entities'
  | 'replyTo'
  | 'replyToUserId'
  | 'references'
  | 'withheld'
  | 'possiblySensitive'
  | 'edited';

/** Whom a post speaks to. */
export interface SpokenTo {
  /** Without the @. */
  handle: string;
  networkUserId: string | null;
}

/** What is kept of a post. */
export function mentionOf(post: NetworkPost): Mention {
  const { text, entities, replyTo, replyToUserId, references, withheld, possiblySensitive, edited, media } = post;
  const kept = { text, entities, replyTo, replyToUserId, references, withheld, possiblySensitive, edited };
  return { ...kept, pictures: media.length };
}

/** Whether a post is one that somebody else wrote: a repost of the account's own says nothing to it. */
export function speaks(post: NetworkPost, { networkUserId }: SpokenTo): boolean {
  return post.authorId !== networkUserId && !post.references.some(({ kind }) => kind === 'repost');
}

/**
 * Whether X takes an answer to a post through its API: where its author mentioned or quoted the account
 * (docs/going-live-on-x.md). X may refuse even so, where the author has limited who may answer.
 */
export function mayAnswer(
  post: Pick<Mention, 'entities' | 'replyToUserId' | 'references'>,
  account: SpokenTo,
): boolean {
  const isUs = (handle = '') => handle.toLowerCase() === account.handle.toLowerCase();
  const byId = (id: string | null) => id !== null && id === account.networkUserId;
  if (byId(post.replyToUserId)) return true;
  if (post.entities.mentions.some(({ handle, id }) => isUs(handle) || byId(id))) return true;
  return post.references.some(({ kind, handle }) => kind === 'quote' && isUs(handle));
}

/** How a post speaks to an account. */
export function wayOf(
  post: Pick<Mention, 'replyToUserId' | 'references'>,
  account: SpokenTo,
): 'answer' | 'quote' | 'mention' {
  if (post.replyToUserId !== null && post.replyToUserId === account.networkUserId) return 'answer';
  const quotes = post.references.some(
    ({ kind, handle = '' }) => kind === 'quote' && handle.toLowerCase() === account.handle.toLowerCase(),
  );
  return quotes ? 'quote' : 'mention';
}

/** Why X takes no answer to a post whose author did not speak to the account. */
export function whyNoAnswer({ handle }: SpokenTo): string {
  return `X lets us answer only where somebody named, answered or quoted @${handle}. Here nobody did.`;
}

/** Where a post is on X, also when nobody knows whose it is. */
export function permalinkOf(id: string, handle: string | null): string {
  return `https://x.com/${handle && /^\w{1,20}$/.test(handle) ? handle : 'i'}/status/${id}`;
}
