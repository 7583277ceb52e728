import type { Reference } from '../network.js';
import type { WirePost } from './wire.js';

/** X's two words for each kind of reference; quoting a quote is a quote. */
const KINDS: Record<string, Reference['kind']> = {
  retweeted: 'repost',
  reposted: 'repost',
  quoted: 'quote',
  replied_to: 'reply',
};

/**
 * The posts that a post is about. Whose they are is read from the post itself (a repost begins `RT @handle:`, and a quote
 * has a link to what it quotes), since X charges more for an expanded author than for the post.
 */
export function referencesFrom(post: WirePost): Reference[] {
  return (post.referenced_tweets ?? post.referenced_posts ?? []).flatMap(({ type, id }) => {
    const kind = KINDS[type];
    const handle = kind && handleOf(post, kind, id);
    return kind ? [{ kind, id, ...(handle ? { handle } : {}) }] : [];
  });
}

function handleOf(post: WirePost, kind: Reference['kind'], id: string): string | null {
  if (kind === 'repost') return /^RT @(\w{1,20}):/.exec(post.text)?.[1] ?? null;
  if (kind === 'reply') return null;
  const note = post.note_tweet ?? post.note_post;
  const links = [...(post.entities?.urls ?? []), ...(note?.entities?.urls ?? [])];
  const addresses = links.map((link) =>
    /^https:\/\/(?:twitter|x)\.com\/(\w{1,20})\/status\/(\d+)/.exec(link.expanded_url ?? ''),
  );
  return addresses.find((found) => found?.[2] === id)?.[1] ?? null;
}
