/** How far a day's budget is used. Amounts in millionths of a US dollar. */
export interface BudgetUse {
  spent: number;
  budget: number;
  /** `near` from 70 % on; `over` from all of it on. */
  state: 'within' | 'near' | 'over';
  /** By how much longer reads should wait for each other: 1 to 12. */
  slowdown: number;
}

/** From this share of it on reads slow down. */
export const NEAR = 0.7;
const SLOWEST = 12;

/** Reads slow down first, evenly from 70 % of the budget until they are twelve times as rare; posts are only warned. */
export function budgetUse(spent: number, budget: number): BudgetUse {
  const share = spent / budget;
  const state = share >= 1 ? 'over' : share >= NEAR ? 'near' : 'within';
  const along = Math.min(1, Math.max(0, (share - NEAR) / (1 - NEAR)));
  return { spent, budget, state, slowdown: 1 + along * (SLOWEST - 1) };
}

/** `$0.015`: millionths of a US dollar in dollars, with as many decimals as prices have. */
export function dollars(microDollars: number): string {
  const [whole = '0', rest = ''] = (microDollars / 1_000_000).toFixed(6).split('.');
  return `$${whole}.${rest.replace(/0+$/, '').padEnd(2, '0')}`;
}

/** What whoever posts should know of the day's budget, or null. Posts go out all the same. */
export function budgetWarning(use: BudgetUse | null): string | null {
  if (!use || use.state === 'within') return null;
  const { spent, budget, state } = use;
  const what = `${dollars(spent)} of today’s ${dollars(budget)} for calls to X are used.`;
  return state === 'near' ? `${what} You can post.` : `${what} You can post, but ask the team before you post links.`;
}

/** Reads dollars as people type them; null when it is no amount from $0.01 to $100,000. */
export function readDollars(typed: string): number | null {
  const match = /^\$?\s*(\d{1,6}(?:\.\d{1,2})?)$/.exec(typed.trim());
  const micro = Math.round(Number(match?.[1] ?? 0) * 1_000_000);
  return micro >= 10_000 && micro <= 100_000_000_000 ? micro : null;
}
