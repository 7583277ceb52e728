/** What may be called: `loopback` is true only where the network is the simulator. */
export interface Reach {
  loopback: boolean;
}

const LONGEST = 2000;

/**
 * What is wrong with an address that a keeper gives for a webhook, in a sentence, or null. Names are resolved and their
 * addresses checked again at each call: what a name stands for may change.
 */
export function webhookProblem(given: string, reach: Reach): string | null {
  const url = given.length <= LONGEST && URL.canParse(given) ? new URL(given) : null;
  if (!url) return 'Enter the whole address, starting with https://';
  const host = bareHost(url);
  const here = reach.loopback && isLoopback(host);
  if (url.protocol !== 'https:' && !(here && url.protocol === 'http:')) return 'The address must start with https://';
  if (url.username || url.password) return 'The address must not hold a name or a password before the @';
  if (isAddress(host) ? !mayCall(host, reach) : !isPublicName(host)) {
    return 'The address must be of a server on the public internet';
  }
  return null;
}

/** The host of an address as a resolver or a socket takes it: IPv6 without its brackets. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** What may be shown of an address, which is a secret itself: its host and its last four characters. */
export function shownAddress(given: string): string {
  return `${new URL(given).host} …${given.slice(-4)}`;
}

/** Whether this is an IP address rather than a name. */
export function isAddress(host: string): boolean {
  return ipv4(host) !== null || ipv6(host) !== null;
}

/** Whether a connection to this IP address may be made. Anything that cannot be read as one may not. */
export function mayCall(address: string, reach: Reach): boolean {
  return isPublic(address) || (reach.loopback && isLoopback(address));
}

/**
 * IPv4 blocks that are not on the public internet (IANA's special-purpose registry, RFC 6890), 6to4 relays, multicast
 * and reserved space, and the one public address at which Azure serves its machines' own metadata.
 */
const CLOSED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
].map(block);

/**
 * IPv6 is the other way round: only global unicast (2000::/3) may be called, less protocol assignments with Teredo,
 * documentation and 6to4. So loopback, link-local, unique local, v4-mapped and NAT64 addresses never are.
 */
const OPEN_V6 = block('2000::/3');
const CLOSED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map(block);

interface Block {
  first: bigint;
  shift: bigint;
}

function isPublic(address: string): boolean {
  const v4 = ipv4(address);
  if (v4 !== null) return !CLOSED_V4.some((each) => within(v4, each));
  const v6 = ipv6(address);
  return v6 !== null && within(v6, OPEN_V6) && !CLOSED_V6.some((each) => within(v6, each));
}

function isLoopback(address: string): boolean {
  const v4 = ipv4(address);
  return v4 !== null ? v4 >> 24n === 127n : ipv6(address) === 1n;
}

function isPublicName(host: string): boolean {
  return /^(?!.*\.(?:localhost|local|internal|home\.arpa|onion)\.?$)[a-z0-9_-]+(\.[a-z0-9_-]+)+\.?$/i.test(host);
}

function within(address: bigint, { first, shift }: Block): boolean {
  return address >> shift === first >> shift;
}

function block(text: string): Block {
  const [address = '', length] = text.split('/');
  const v4 = ipv4(address);
  return { first: v4 ?? ipv6(address) ?? 0n, shift: BigInt((v4 === null ? 128 : 32) - Number(length)) };
}

/** A dotted IPv4 address as a number, or null. Other spellings (octal, one number) are no addresses here. */
function ipv4(text: string): bigint | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1) ?? [];
  if (parts.length !== 4 || parts.some((part) => Number(part) > 255 || /^0\d/.test(part))) return null;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

/** An IPv6 address as a number, or null; one with a zone is null. */
function ipv6(text: string): bigint | null {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const v4 = tail ? ipv4(tail[2] ?? '') : null;
  if (tail && v4 === null) return null;
  const words = tail && v4 !== null ? `${tail[1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}` : text;
  const [left = '', right, more] = words.split('::');
  const groups = (side: string) => (side === '' ? [] : side.split(':'));
  const [before, after] = [groups(left), groups(right ?? '')];
  const missing = 8 - before.length - after.length;
  if (more !== undefined || (right === undefined ? missing !== 0 : missing < 1)) return null;
  const all = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}
