import { dollars } from '../credentials/budget.js';
import type { NetworkCost } from '../credentials/network-costs.service.js';

const WHAT: Partial<Record<NetworkCost['kind'], string>> = {
  'owned-read': 'Own posts, from the timeline',
  'post-read': 'Posts looked up by id',
  'user-read': 'Profile',
};

const DAY_MS = 24 * 60 * 60_000;

/** A line of the table of costs. `average` is of a day since the first that is counted. */
export interface Spending {
  what: string;
  today: string;
  yesterday: string;
  average: string;
  month: string;
}

/** What a feed cost, by kind and in all, day by day and over the days given; re-checks are apart. Amounts as `$0.021`. */
export function spendingOf(costs: NetworkCost[], today: string): Spending[] {
  const kinds = [...new Set(costs.map(labelOf))].sort();
  const midnight = Date.parse(`${today}T00:00:00Z`);
  const yesterday = new Date(midnight - DAY_MS).toISOString().slice(0, 10);
  const first = Math.min(midnight, ...costs.map(({ day }) => Date.parse(`${day}T00:00:00Z`)));
  const days = Math.round((midnight - first) / DAY_MS) + 1;
  const lines = kinds.map((what) => ({ what, costs: costs.filter((cost) => labelOf(cost) === what) }));
  return [...lines, { what: 'In all', costs }].map((line) => ({
    what: line.what,
    today: dollars(sum(line.costs.filter(({ day }) => day === today))),
    yesterday: dollars(sum(line.costs.filter(({ day }) => day === yesterday))),
    average: dollars(Math.round(sum(line.costs) / days / 1000) * 1000),
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
