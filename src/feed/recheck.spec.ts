import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { recheckAllowance } from './recheck.js';

const price = 5_000;
const hour = (of: number, minute = 0) => new Date(Date.UTC(2026, 11, 8, of, minute));

describe('the budget of re-checks', () => {
  it('lasts the day: ten posts of it are spread over its hours', () => {
    let spent = 0;
    const checked = Array.from({ length: 24 }, (_, of) => {
      const posts = recheckAllowance({ budget: 50_000, spent, price }, hour(of));
      spent += posts * price;
      return posts;
    });
    expect([Math.max(...checked), spent]).toEqual([1, 50_000]);
  });

  it('allows nothing when there is none, and no more than X takes at once', () => {
    expect(recheckAllowance({ budget: 0, spent: 0, price }, hour(23))).toBe(0);
    expect(recheckAllowance({ budget: 10_000_000, spent: 0, price }, hour(23))).toBe(100);
  });

  it('is never overspent, whenever it is asked, and all that was spent before counts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 0, max: 200_000 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })), { maxLength: 60 }),
        (budget, before, times) => {
          let spent = before;
          for (const [of, minute] of times.toSorted(([a], [b]) => a - b))
            spent += recheckAllowance({ budget, spent, price }, hour(of, minute)) * price;
          expect(spent).toBeLessThanOrEqual(Math.max(budget, before));
        },
      ),
    );
  });
});
