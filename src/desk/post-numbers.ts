import type { Metrics } from '../networks/network.js';

/** How posts did at their network, by the network's ids. Supplied by the part that reads timelines. */
export abstract class PostNumbers {
  abstract of(accountId: string, networkIds: string[]): Promise<Map<string, Metrics>>;
}

/** "12 likes, 1 reply, 3 reposts, 1,204 impressions"; what the network did not say is left out, null where it said nothing. */
export function numbersInWords(metrics: Metrics | undefined): string | null {
  if (!metrics) return null;
  const counted = [
    [metrics.likes, 'like', 'likes'],
    [metrics.replies, 'reply', 'replies'],
    [metrics.reposts, 'repost', 'reposts'],
    [metrics.impressions, 'impression', 'impressions'],
  ] as const;
  const words = counted.flatMap(([count, one, many]) =>
    count === null || count === undefined ? [] : [`${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`],
  );
  return words.length > 0 ? words.join(', ') : null;
}
