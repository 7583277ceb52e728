import type { NetworkName } from '../networks/network.js';
import { priceOf } from '../networks/prices.js';
import { hasLink } from '../networks/text.js';

/** What sending a post or thread will cost, in millionths of a US dollar: each part, and each description. */
export function priceOfParts(network: NetworkName, parts: { text: string; descriptions: string[] }[]): number {
  const posts = parts.map(({ text }) => priceOf(network, hasLink(network, text) ? 'post-with-link' : 'post'));
  const described = parts.flatMap(({ descriptions }) => descriptions).length * priceOf(network, 'media-description');
  return posts.reduce((sum, price) => sum + price, described);
}
