import { describe, expect, it } from '@jest/globals';
import { codeAt, seedOf } from './totp.js';

/** RFC 6238, appendix B: the seed of its SHA-1 vectors and the last six of their eight digits. */
const SEED = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const VECTORS = [
  ['1970-01-01T00:00:59Z', '287082', 1],
  ['2005-03-18T01:58:29Z', '081804', 1],
  ['2005-03-18T01:58:31Z', '050471', 29],
  ['2009-02-13T23:31:30Z', '005924', 30],
] as const;

describe('a seed for codes', () => {
  it('gives the codes of RFC 6238 and says how long each counts', () => {
    const seed = seedOf(SEED) ?? '';
    for (const [at, code, seconds] of VECTORS) expect(codeAt(seed, new Date(at))).toEqual({ code, seconds });
  });

  it('is read as a network shows it, in small letters and groups, or as a URI', () => {
    const spaced = seedOf('gezd gnbv gy3t qojq gezd-gnbv-gy3t-qojq') ?? '';
    const uri = seedOf(`otpauth://totp/X:nhs?secret=${SEED}&issuer=X&digits=6&period=30`) ?? '';
    const at = new Date('2026-12-07T08:00:00Z');
    expect(codeAt(spaced, at).code).toBe(codeAt(seedOf(SEED) ?? '', at).code);
    expect(codeAt(uri, at).code).toBe(codeAt(spaced, at).code);
  });

  it('is refused when it is something else', () => {
    const others = [
      '',
      '123456',
      'GEZDGNBV',
      'a password with 1 and 8',
      'otpauth://hotp/X?secret=ABC',
      'https://x.com',
      '!',
    ];
    expect(others.map(seedOf)).toEqual(others.map(() => null));
  });
});
