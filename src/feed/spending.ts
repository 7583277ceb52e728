import { dollars } from '../credentials/budget.js';
import type { NetworkCost } from '../credentials/network-costs.service.js';

const WHAT: Partial<Record<NetworkCost['kind'], string>> = {
  'owned-read': 'Own posts, from the timeline',
  'post-read': 'Posts looked up by id',
  'user-read': 'Profile',
};

/** A line of the table of costs. */
export interface Spending {
  what: string;
  today: string;
  month: string;
}

/** What a feed cost, by kind and in all, today and over the days given; re-checks are apart. Amounts as `$0.021`. */
export function spendingOf(costs: NetworkCost[], today: string): Spending[] {
  const kinds = [...new Set(costs.map(labelOf))].sort();
  const lines = kinds.map((what) => ({ what, costs: costs.filter((cost) => labelOf(cost) === what) }));
  return [...lines, { what: 'In all', costs }].map((line) => ({
    what: line.what,
    today: dollars(sum(line.costs.filter(({ day }) => day === today))),
    month: dollars(sum(line.costs)),
  }));
}

function labelOf({ purpose, kind }: NetworkCost): string {
  const what = WHAT[kind] ?? kind;
  if (purpose === 'insight') return `${what}, to count how turns did`;
  return purpose === 're-check' ? `${what}, to re-check them` : what;
}

function sum(costs: NetworkCost[]): number {
  return costs.reduce((total, { microDollars }) => total + microDollars, 0);
}
