import { describe, expect, it } from '@jest/globals';
import { budgetUse, budgetWarning, dollars, readDollars } from './budget.js';

describe('a day’s budget', () => {
  it.each([
    [0, 'within', 1],
    [699_999, 'within', 1],
    [850_000, 'near', 6.5],
    [1_000_000, 'over', 12],
    [9_000_000, 'over', 12],
  ] as const)('of a dollar with %i millionths spent', (spent, state, slowdown) => {
    const use = budgetUse(spent, 1_000_000);
    expect(use.state).toBe(state);
    expect(use.slowdown).toBeCloseTo(slowdown, 5);
  });

  it('never keeps a post back: who posts is told', () => {
    expect(budgetWarning(null)).toBeNull();
    expect(budgetWarning(budgetUse(1, 1_000_000))).toBeNull();
    expect(budgetWarning(budgetUse(1_000_000, 1_000_000))).toContain('You can post, but');
  });
});

describe('dollars', () => {
  it.each([
    [15_000, '$0.015'],
    [200_000, '$0.20'],
    [1_000_000, '$1.00'],
    [0, '$0.00'],
  ])('%i are shown as %s', (micro, shown) => {
    expect(dollars(micro)).toBe(shown);
  });

  it.each([
    ['2.50', 2_500_000],
    ['$ 3', 3_000_000],
    ['0', null],
    ['0.001', null],
    ['-1', null],
    ['200000', null],
    ['ten', null],
  ])('are read from %s', (typed, micro) => {
    expect(readDollars(typed)).toBe(micro);
  });
});
