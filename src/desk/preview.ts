import twitter from 'twitter-text';
import { isFarTooLong } from '../networks/text.js';

/** A stretch of a post as X shows it: plain, or as a link. */
export interface Stretch {
  kind: 'text' | 'link' | 'mention' | 'tag';
  text: string;
}

const PATH_SHOWN = 15;

/**
 * Cuts a text into what X will show as plain and what as a link, with its links shortened as X shortens them. One that X
 * would never show stays whole.
 */
export function previewOf(text: string): Stretch[] {
  if (isFarTooLong(text)) return [{ kind: 'text', text }];
  const stretches: Stretch[] = [];
  let at = 0;
  for (const entity of twitter.extractEntitiesWithIndices(text)) {
    const [from, to] = entity.indices;
    if (from > at) stretches.push({ kind: 'text', text: text.slice(at, from) });
    const words = text.slice(from, to);
    if ('url' in entity) stretches.push({ kind: 'link', text: displayed(words) });
    else stretches.push({ kind: 'screenName' in entity ? 'mention' : 'tag', text: words });
    at = to;
  }
  if (at < text.length) stretches.push({ kind: 'text', text: text.slice(at) });
  return stretches;
}

/** A link as X writes it: without https and www, and cut after a few letters of its path. */
export function displayed(link: string): string {
  const bare = link.replace(/^https?:\/\/(www\.)?/i, '').replace(/\/$/, '');
  const slash = bare.search(/[/?#]/);
  const room = (slash < 0 ? bare.length : slash) + PATH_SHOWN;
  return bare.length > room ? `${bare.slice(0, room)}…` : bare;
}
