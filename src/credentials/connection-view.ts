import type { CostKind } from '../networks/prices.js';
import { budgetUse, dollars } from './budget.js';
import { type ConnectionState, connectionState, type LostWhy, type Standing } from './connection.js';
import { dateAndTime } from './dates.js';
import type { Budget } from './network-budgets.service.js';
import type { NetworkCost } from './network-costs.service.js';
import type { EndpointLimit } from './network-limits.service.js';

/** What is known of a connection, without its tokens. */
export interface ConnectionFacts extends Standing {
  method: 'oauth2' | 'oauth1';
  reason: string | null;
  scopes: string[];
  handle: string | null;
  connectedAt: Date;
  /** The keeper's name; null from before Baton noted it. */
  connectedBy: string | null;
  goodAt: Date | null;
  hasRefreshToken: boolean;
}

const TAGS: Record<ConnectionState, { text: string; colour: string }> = {
  none: { text: 'Not connected', colour: 'grey' },
  connected: { text: 'Connected', colour: 'green' },
  stale: { text: 'To be renewed', colour: 'blue' },
  refreshing: { text: 'Being renewed', colour: 'blue' },
  unanswered: { text: 'In doubt', colour: 'orange' },
  disconnected: { text: 'Disconnected', colour: 'red' },
};

const LOST: Record<LostWhy, string> = {
  withdrawn:
    'X no longer knows our refresh token: somebody took Baton’s access away on X, or the token was used elsewhere.',
  interrupted:
    'Baton was interrupted while it renewed the access, and X’s answer was lost with the new tokens. What was left of the old access has been used up.',
  refused: 'X refused fresh access. The account may be locked or suspended, or the developer app may be.',
  keeper: 'A keeper disconnected it.',
};

/** How the connection stands, in sentences for its keeper. */
export function standingWords(facts: ConnectionFacts | null, zone: string, real: Date) {
  const state = connectionState(facts, real);
  const ends = facts?.expiresAt && lastsOnly(facts, state) ? dateAndTime(zone, facts.expiresAt) : null;
  if (!ends) return { state, tag: TAGS[state], lines: linesOf(facts, state, zone), todo: todoOf(state) };
  const lines = [`The access ends on ${ends} and cannot be renewed: X gave no refresh token.`];
  return { state, tag: TAGS[state], lines, todo: 'Connect the account again before then, or everything stops.' };
}

/** Whether the access ends without a renewal. */
function lastsOnly({ method, hasRefreshToken }: ConnectionFacts, state: ConnectionState): boolean {
  return method === 'oauth2' && !hasRefreshToken && (state === 'connected' || state === 'stale');
}

function linesOf(facts: ConnectionFacts | null, state: ConnectionState, zone: string): string[] {
  if (!facts) return ['Baton has never been connected to this account on X.'];
  const said = facts.reason ? [`X said: “${facts.reason}”`] : [];
  const ends = facts.expiresAt ? dateAndTime(zone, facts.expiresAt) : null;
  switch (state) {
    case 'disconnected':
      return [LOST[facts.why ?? 'withdrawn'], ...said];
    case 'unanswered':
      return [
        `A renewal of the access was sent to X and its answer never arrived. Baton goes on with the old access until ${ends}, then tries once more. If X took the first request, that will fail.`,
        ...said,
      ];
    case 'stale':
      return ['The access is renewed at the next call.', ...said];
    case 'refreshing':
      return ['A process renews the access at this moment.'];
    default:
      return [ends ? `The access is renewed by itself before ${ends}.` : 'These keys do not end by themselves.'];
  }
}

function todoOf(state: ConnectionState): string | null {
  if (state === 'disconnected' || state === 'none')
    return 'Connect the account. Until then there is no desk and no new post in the feed.';
  return state === 'unanswered' ? 'Connect the account again now, and nothing will stop.' : null;
}

/** Whether credits are there, in a sentence. */
export function creditWords({ outSince, tryAt, detail }: Budget, zone: string): string {
  if (!outSince) return 'X takes our calls.';
  const again = tryAt ? ` Baton tries again at ${dateAndTime(zone, tryAt)}, or when a keeper asks.` : '';
  return `Used up since ${dateAndTime(zone, outSince)} (“${detail ?? ''}”). Calls are stopped; posts are held.${again}`;
}

/** What X's endpoints are for, as a keeper would say it; the rest is shown as X names it. */
const ENDPOINTS: Record<string, string> = {
  'POST tweets': 'Posting',
  'DELETE tweets/:id': 'Deleting posts',
  'GET tweets': 'Looking posts up by id',
  'GET users/:id/tweets': 'Reading the account’s own posts',
  'GET users/:id/mentions': 'Reading mentions',
  'GET users/me': 'Asking whose account it is',
  'POST media/metadata': 'Describing pictures',
};

const CHARGES: Partial<Record<CostKind, string>> = {
  'owned-read': 'Reading the account’s own posts',
  'post-read': 'Reading other posts',
  'user-read': 'Reading profiles',
  post: 'Posts',
  'post-with-link': 'Posts with a link',
  'summoned-reply': 'Answers to mentions',
  deletion: 'Deleted posts',
  'media-description': 'Descriptions of pictures',
};

/** What is left per endpoint. */
export function limitRows(limits: EndpointLimit[], zone: string) {
  return limits.map(({ endpoint, calls, remaining, resetsAt }) => [
    { text: ENDPOINTS[endpoint] ?? endpoint },
    { text: `${remaining} of ${calls}` },
    { text: dateAndTime(zone, resetsAt) },
  ]);
}

/** The cost of some days by kind, dearest first, and all of it. */
export function costsByKind(costs: NetworkCost[]) {
  const kinds = [...new Set(costs.map(({ kind }) => kind))];
  const lines = kinds.map((kind) => {
    const same = costs.filter((cost) => cost.kind === kind);
    const sum = (of: 'items' | 'microDollars') => same.reduce((total, cost) => total + cost[of], 0);
    return { kind, items: sum('items'), microDollars: sum('microDollars') };
  });
  const total = lines.reduce((sum, { microDollars }) => sum + microDollars, 0);
  const rows = lines
    .sort((one, other) => other.microDollars - one.microDollars)
    .map(({ kind, items, microDollars }) => [
      { text: CHARGES[kind] ?? kind },
      { text: String(items) },
      { text: dollars(microDollars) },
    ]);
  return { rows, total: dollars(total) };
}

/** Today's use of the budget, in a sentence. */
export function budgetWords(daily: number | null, spentToday: number): string {
  if (daily === null) return `${dollars(spentToday)} today. There is no daily budget.`;
  const { state, slowdown } = budgetUse(spentToday, daily);
  const what = `${dollars(spentToday)} of ${dollars(daily)} used today.`;
  if (state === 'within') return what;
  const slower = `Reads wait ${slowdown.toFixed(1)} times as long.`;
  return state === 'near'
    ? `${what} ${slower}`
    : `${what} The budget is used up. ${slower} Posts still go out, with a warning.`;
}
