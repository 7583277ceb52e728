import { type BudgetUse, NEAR } from '../credentials/budget.js';

/** X looks up so many at once. */
const AT_ONCE = 100;

/**
 * How many posts may be counted now at this price (millionths of a US dollar). Counting can wait: it never uses that part
 * of a day's budget in which other reads slow down.
 */
export function countAllowance(use: Pick<BudgetUse, 'spent' | 'budget'> | null, price: number): number {
  if (!use) return AT_ONCE;
  return Math.max(0, Math.min(AT_ONCE, Math.floor((use.budget * NEAR - use.spent) / price)));
}
