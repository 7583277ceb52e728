import { describe, expect, it } from '@jest/globals';
import { afterDeleting } from './deletion.js';

const now = new Date('2026-12-08T10:00:00Z');
const real = new Date('2026-11-23T10:00:00Z');
const later = (at: Date | null) => ({ kind: 'later', at, why: 'unavailable', detail: 'Busy' }) as const;
const seconds = (at: Date | null) => at && (at.getTime() - now.getTime()) / 1000;

describe('a deletion', () => {
  it('is over when the network has done it, and when it refuses', () => {
    expect(afterDeleting({ kind: 'done', value: null }, 1, now, real).state).toBe('done');
    expect(afterDeleting({ kind: 'refused', why: 'forbidden', detail: 'No' }, 1, now, real)).toEqual({
      state: 'refused',
      nextAttemptAt: null,
      detail: 'No',
    });
  });

  it('is asked for again after the time that the network names, at most an hour, else after growing gaps', () => {
    const named = [5, 7200].map((wait) => afterDeleting(later(new Date(real.getTime() + wait * 1000)), 1, now, real));
    expect(named.map(({ nextAttemptAt }) => seconds(nextAttemptAt))).toEqual([5, 3600]);
    const gaps = [1, 2, 3].map((n) => seconds(afterDeleting(later(null), n, now, real).nextAttemptAt));
    expect(gaps).toEqual([15, 30, 60]);
  });

  it('without an answer is asked for again: a post that is gone already counts as deleted', () => {
    const change = afterDeleting({ kind: 'unknown', detail: 'Silence' }, 1, now, real);
    expect([change.state, seconds(change.nextAttemptAt)]).toEqual(['waiting', 15]);
  });
});
