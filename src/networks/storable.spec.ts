import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { storable } from './storable.js';

it('keeps every code point but the ones PostgreSQL refuses, and their number', () => {
  expect(storable({ text: 'a\u0000b\ud83dc😀' })).toBe('{"text":"a\ufffdb\ufffdc😀"}');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const text = String.fromCharCode(...units);
      const kept = JSON.parse(storable(text));
      expect([...kept].length).toBe([...text].length);
      expect(kept.isWellFormed() && !kept.includes('\u0000')).toBe(true);
    }),
  );
});
