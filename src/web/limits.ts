/** How often something may be asked for within a time: a fixed window that begins with the first. */
export interface Limit {
  points: number;
  seconds: number;
}

/**
 * The first tier counts for each subject (a signed-in person, or an address of the internet), so that nobody wears out
 * anybody else's. The second, `strangers`, counts everybody who is not signed in together, and those who ask for a secret
 * that is not theirs; whoever is signed in and entitled is never counted there.
 */
export const limits = {
  reveal: { points: 5, seconds: 60 * 60 },
  code: { points: 10, seconds: 60 },
  'sign-in': { points: 60, seconds: 15 * 60 },
  'sign-in-letter': { points: 5, seconds: 15 * 60 },
  apply: { points: 120, seconds: 60 * 60 },
  'apply-begin': { points: 120, seconds: 60 * 60 },
  'apply-photo': { points: 60, seconds: 60 * 60 },
  look: { points: 6, seconds: 5 * 60 },
  strangers: { points: 600, seconds: 60 },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof limits;

/** An address as it is counted: whole for IPv4, the first 64 bits for IPv6, of which one house has them all. */
export function addressKey(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped?.[1]) return mapped[1];
  if (!ip.includes(':')) return ip;
  const [head = '', tail = ''] = ip.toLowerCase().split('::');
  const [first, last] = [head.split(':').filter(Boolean), tail.split(':').filter(Boolean)];
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return [...first, ...zeros, ...last]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}

/** "1 second", "40 seconds", "12 minutes", "2 hours": rounded up, so that it is true when it is over. */
export function waitInWords(seconds: number): string {
  if (seconds <= 90) return counted(Math.max(1, Math.ceil(seconds)), 'second');
  if (seconds <= 90 * 60) return counted(Math.ceil(seconds / 60), 'minute');
  return counted(Math.ceil(seconds / 3600), 'hour');
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
