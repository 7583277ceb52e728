import type { NetworkName } from '../networks/network.js';
import { priceOf } from '../networks/prices.js';
import { hasLink } from '../networks/text.js';

/**
 * What sending a post or thread will cost, in millionths of a US dollar: each part, and each description. `summoned`: it
 * answers somebody who spoke to the account.
 */
export function priceOfParts(
  network: NetworkName,
  parts: { text: string; descriptions: string[] }[],
  summoned = false,
): number {
  const plain = (index: number) => (summoned && index === 0 ? 'summoned-reply' : 'post');
  const posts = parts.map(({ text }, index) =>
    priceOf(network, hasLink(network, text) ? 'post-with-link' : plain(index)),
  );
  const described = parts.flatMap(({ descriptions }) => descriptions).length * priceOf(network, 'media-description');
  return posts.reduce((sum, price) => sum + price, described);
}
