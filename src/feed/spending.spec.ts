import { describe, expect, it } from '@jest/globals';
import type { NetworkCost } from '../credentials/network-costs.service.js';
import { spendingOf } from './spending.js';

const cost = (change: Partial<NetworkCost>): NetworkCost => ({
  day: '2026-12-08',
  purpose: 'feed',
  kind: 'owned-read',
  items: 21,
  microDollars: 21_000,
  ...change,
});

describe('the spending of a feed', () => {
  it('is told by kind, for today, yesterday, a day of the month and the month, with re-checks apart', () => {
    const costs = [
      cost({}),
      cost({ day: '2026-12-07', microDollars: 20_000 }),
      cost({ day: '2026-11-29', microDollars: 19_000 }),
      cost({ kind: 'post-read', microDollars: 5_000 }),
      cost({ kind: 'post-read', purpose: 're-check', microDollars: 50_000 }),
    ];
    expect(spendingOf(costs, '2026-12-08').map((line) => Object.values(line))).toEqual([
      ['Own posts, from the timeline', '$0.021', '$0.02', '$0.006', '$0.06'],
      ['Posts looked up by id', '$0.005', '$0.00', '$0.001', '$0.005'],
      ['Posts looked up by id, to re-check them', '$0.05', '$0.00', '$0.005', '$0.05'],
      ['In all', '$0.076', '$0.02', '$0.012', '$0.115'],
    ]);
  });

  it('is nothing where nothing was asked', () => {
    expect(spendingOf([], '2026-12-08')).toEqual([
      { what: 'In all', today: '$0.00', yesterday: '$0.00', average: '$0.00', month: '$0.00' },
    ]);
  });
});
