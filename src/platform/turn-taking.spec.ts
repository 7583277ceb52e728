import { describe, expect, it } from '@jest/globals';
import { TurnTaking } from './turn-taking.js';

/** Work that goes on until it is let go. */
function slowWork() {
  const begun: (() => void)[] = [];
  return { begun, work: () => new Promise<void>((end) => begun.push(end)) };
}

describe('work that takes turns', () => {
  it('is done once at a time, and once more when it was wanted meanwhile, however often', async () => {
    const turns = new TurnTaking();
    const { begun, work } = slowWork();
    const all = turns.take('a', work);
    await Promise.all([turns.take('a', work), turns.take('a', work)]);
    expect(begun).toHaveLength(1);
    begun[0]?.();
    await new Promise(setImmediate);
    expect(begun).toHaveLength(2);
    begun[1]?.();
    await all;
    expect([begun.length, turns.has('a')]).toEqual([2, false]);
  });

  it('does not wait for that of another key', () => {
    const turns = new TurnTaking();
    const { begun, work } = slowWork();
    void turns.take('a', work);
    void turns.take('b', work);
    expect(begun).toHaveLength(2);
  });

  it('can be begun again after it went wrong', async () => {
    const turns = new TurnTaking();
    await expect(turns.take('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(turns.has('a')).toBe(false);
  });
});
