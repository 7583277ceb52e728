/** What re-checks of an account may cost on a UTC day, and have cost on this one; in millionths of a US dollar. */
export interface RecheckBudget {
  budget: number;
  spent: number;
  /** Of one post. */
  price: number;
}

/** X looks up so many at once. */
const AT_ONCE = 100;

/** How many posts may be re-checked now. The day's budget is let out hour by hour, so that it lasts the day. */
export function recheckAllowance({ budget, spent, price }: RecheckBudget, now: Date): number {
  const letOut = (budget * (now.getUTCHours() + 1)) / 24;
  return Math.max(0, Math.min(AT_ONCE, Math.floor((letOut - spent) / price)));
}
