import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { instantOfSnowflake, newestFirst, snowflake } from './snowflake.js';

const instants = fc.date({ min: new Date('2011-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });

describe('an id', () => {
  it('carries its instant', () => {
    fc.assert(
      fc.property(instants, fc.nat(4095), (instant, sequence) => {
        expect(instantOfSnowflake(snowflake(instant, sequence))).toEqual(instant);
      }),
    );
  });

  it('sorts as time does, also where a number would be too short', () => {
    fc.assert(
      fc.property(instants, fc.nat(4094), (instant, sequence) => {
        const [older, newer] = [snowflake(instant, sequence), snowflake(instant, sequence + 1)];
        expect([{ id: older }, { id: newer }].sort(newestFirst)).toEqual([{ id: newer }, { id: older }]);
      }),
    );
  });
});
