import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainAddress, plainText } from './plain-text.js';

describe('what somebody sent', () => {
  it('holds no text that PostgreSQL would refuse, and nothing else is changed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const odd = { reason: `${text}\u0000\ud800`, deep: [value, { text: '\udc00' }] };
        expect(JSON.stringify(plainText(odd))).not.toMatch(/\\u0000|\\ud[89a-f]/);
        expect(plainText({ a: 'Grace', b: ['é', '👩‍⚕️'], c: 1, d: null })).toEqual({
          a: 'Grace',
          b: ['é', '👩‍⚕️'],
          c: 1,
          d: null,
        });
      }),
    );
  });

  it('keeps its files', () => {
    const file = { filename: 'a.png', bytes: Buffer.from('a\0b'), path: null, truncated: false };
    expect(plainText({ photo: file })).toEqual({ photo: file });
  });

  it('in an address makes no other address', () => {
    expect(plainAddress({ account: 'n\u0000hs' })).toEqual({ account: 'n\ufffdhs' });
  });
});
