import type { NetworkName } from '../networks/network.js';
import { priceOf } from '../networks/prices.js';
import { hasLink } from '../networks/text.js';

/** What sending a post or thread will cost, in millionths of a US dollar: each part, and each description. */
export function priceOfParts(network: NetworkName, parts: { text: string; descriptions: string[] }[]): number {
  const posts = parts.map(({ text }) => priceOf(network, hasLink(network, text) ? 'post-with-link' : 'post'));
  const described = parts.flatMap(({ descriptions }) => descriptions).length * priceOf(network, 'media-description');
  return posts.reduce((sum, price) => sum + price, described);
}

/** Millionths of a US dollar as people read them: $0.20, $0.015. */
export function dollars(millionths: number): string {
  const [whole = '0', rest = ''] = (millionths / 1_000_000).toFixed(6).split('.');
  return `$${whole}.${rest.replace(/0+$/, '').padEnd(2, '0')}`;
}
