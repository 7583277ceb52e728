import type { Metrics } from '../networks/network.js';

/** How posts did at their network, by the network's ids. Supplied by the part that reads timelines. */
export abstract class PostNumbers {
  abstract of(accountId: string, networkIds: string[]): Promise<Map<string, Metrics>>;
}

/** "12 likes, 1 reply, 3 reposts"; null where nothing is known. */
export function numbersInWords(metrics: Metrics | undefined): string | null {
  if (!metrics) return null;
  const counted = [
    [metrics.likes, 'like', 'likes'],
    [metrics.replies, 'reply', 'replies'],
    [metrics.reposts, 'repost', 'reposts'],
  ] as const;
  return counted.map(([count, one, many]) => `${count} ${count === 1 ? one : many}`).join(', ');
}
