import type { NetworkName } from './network.js';

/**
 * What each network charges for an item that a call returned or made, in millionths of a US dollar. X's pay-per-use
 * prices of November 2026: https://docs.x.com/x-api/getting-started/pricing. An `owned-read` is a post that the app's
 * own account reads from its own timeline.
 */
const PRICES = {
  x: {
    'owned-read': 1_000,
    'post-read': 5_000,
    'user-read': 10_000,
    post: 15_000,
    'post-with-link': 200_000,
    'summoned-reply': 10_000,
    deletion: 10_000,
    'media-description': 5_000,
  },
} satisfies Record<NetworkName, Record<string, number>>;

/** What a network charges for. */
export type CostKind = keyof (typeof PRICES)['x'];

/** The price of one item, in millionths of a US dollar. */
export function priceOf(network: NetworkName, kind: CostKind): number {
  return PRICES[network][kind];
}
