import { describe, expect, it } from '@jest/globals';
import { addressKey, waitInWords } from './limits.js';

describe('an address as it is counted', () => {
  it('is the whole of an IPv4 address, also behind IPv6', () => {
    expect(addressKey('192.0.2.7')).toBe('192.0.2.7');
    expect(addressKey('::ffff:192.0.2.7')).toBe('192.0.2.7');
  });

  it('is the first half of an IPv6 address, however it is written', () => {
    const house = ['2001:db8:1:2::1', '2001:0DB8:0001:0002:ffff:0:0:9', '2001:db8:1:2:3:4:5:6'].map(addressKey);
    expect(new Set(house)).toEqual(new Set(['2001:db8:1:2']));
    expect(addressKey('2001:db8:1:3::1')).not.toBe(house[0]);
    expect(addressKey('::1')).toBe('0:0:0:0');
  });
});

describe('a time to wait', () => {
  it('is said so that it is over by then', () => {
    expect([0.2, 40, 91, 3599, 5401].map(waitInWords)).toEqual([
      '1 second',
      '40 seconds',
      '2 minutes',
      '60 minutes',
      '2 hours',
    ]);
  });
});
