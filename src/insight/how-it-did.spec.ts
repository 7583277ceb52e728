import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { settings } from '../../config/settings.js';
import { countAllowance } from './allowance.js';
import { bestOf, type Counted, MEASURES, standingOf, sumOf } from './how-it-did.js';

const at = (text: string) => new Date(text);

function post(
  numbers: Partial<NonNullable<Counted['metrics']>> | null,
  postedAt = at('2026-12-07T09:00:00Z'),
): Counted {
  const none = { impressions: null, likes: null, replies: null, reposts: null, quotes: null, bookmarks: null };
  return { postedAt, readAt: numbers && at('2026-12-14T09:00:00Z'), metrics: numbers && { ...none, ...numbers } };
}

const anyPost = fc
  .option(fc.record(Object.fromEntries(MEASURES.map((name) => [name, fc.option(fc.nat(1_000_000))]))))
  .map((numbers) => post(numbers));

describe('a sum over posts', () => {
  it('is not known where no number is', () => {
    expect(sumOf([], 'likes')).toEqual({ sum: null, of: 0 });
    expect(sumOf([post(null), post({ likes: 3 })], 'impressions')).toEqual({ sum: null, of: 0 });
  });

  it('is of what is known, and says of how many posts', () => {
    expect(sumOf([post(null), post({ likes: 3 }), post({ likes: 0 })], 'likes')).toEqual({ sum: 3, of: 2 });
  });

  it('never counts a post of which nothing is known', () => {
    fc.assert(
      fc.property(fc.array(anyPost), fc.constantFrom(...MEASURES), (posts, measure) => {
        const { sum, of } = sumOf([...posts, post(null)], measure);
        expect({ sum, of }).toEqual(sumOf(posts, measure));
        expect(sum === null).toBe(of === 0);
      }),
    );
  });
});

describe('the best post', () => {
  it('is the one that was shown most often', () => {
    const [seen, liked] = [post({ impressions: 900 }), post({ impressions: 800, likes: 70 })];
    expect(bestOf([liked, seen, post(null)])).toBe(seen);
  });

  it('is of equals the one with more answers, then the earlier', () => {
    const [first, second] = [post({ impressions: 9, likes: 1 }), post({ impressions: 9 })];
    expect(bestOf([second, first])).toBe(first);
    const earlier = post({ impressions: 9 }, at('2026-12-07T08:00:00Z'));
    expect(bestOf([second, earlier])).toBe(earlier);
  });

  it('is none where nobody is known to have seen any', () => {
    expect(bestOf([])).toBeNull();
    expect(bestOf([post(null), post({ impressions: 0, likes: 0 })])).toBeNull();
  });

  it('is shown as often as any', () => {
    fc.assert(
      fc.property(fc.array(anyPost), (posts) => {
        const most = Math.max(0, ...posts.map(({ metrics }) => metrics?.impressions ?? 0));
        expect(bestOf(posts)?.metrics?.impressions ?? 0).toBe(most);
      }),
    );
  });
});

describe('how far the numbers of a turn are', () => {
  const turn = {
    startsAt: at('2026-12-07T08:00:00Z'),
    endsAt: at('2026-12-11T18:00:00Z'),
    state: 'ended',
    imported: false,
    countedAt: null,
  };
  const later = at('2026-12-20T00:00:00Z');

  it('is said for every kind of turn', () => {
    expect(standingOf({ ...turn, imported: true }, later)).toBe('imported');
    expect(standingOf({ ...turn, state: 'confirmed' }, turn.startsAt)).toBe('ahead');
    expect(standingOf({ ...turn, state: 'active' }, turn.startsAt)).toBe('on');
    expect(standingOf(turn, later)).toBe('reading');
    expect(standingOf({ ...turn, countedAt: later }, later)).toBe('final');
    expect(standingOf(turn, new Date(turn.endsAt.getTime() + settings.countUntil))).toBe('left');
  });
});

describe('how many posts may be counted', () => {
  it('is a hundred where no budget is set', () => {
    expect(countAllowance(null, 5_000)).toBe(100);
  });

  it('never costs more than is left before other reads slow down', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.integer({ min: 1, max: 10_000_000 }), (spent, budget) => {
        const count = countAllowance({ spent, budget }, 5_000);
        expect(count).toBeGreaterThanOrEqual(0);
        expect(count).toBeLessThanOrEqual(100);
        expect(count === 0 || spent + count * 5_000 <= budget * 0.7).toBe(true);
      }),
    );
  });
});
