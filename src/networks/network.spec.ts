import { describe, expect, it } from '@jest/globals';
import { instantOf } from './network.js';

describe('the instant in an id', () => {
  it('is that of the post, which X documents to the second', () => {
    expect(instantOf('1212092628029698048').toISOString()).toMatch(/^2019-12-31T19:26:16/);
  });

  it('is exact for ids beyond what a floating-point number holds', () => {
    const id = (2_000_000_000_000n - 1_288_834_974_657n) << 22n;
    expect(instantOf(String(id)).getTime()).toBe(2_000_000_000_000);
    expect(instantOf(String(id - 1n)).getTime()).toBe(1_999_999_999_999);
  });

  it('is never guessed from something that is no id', () => {
    expect(() => instantOf('grace')).toThrow(SyntaxError);
  });
});
