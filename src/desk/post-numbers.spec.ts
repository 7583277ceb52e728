import { describe, expect, it } from '@jest/globals';
import { numbersInWords } from './post-numbers.js';

const none = { likes: null, replies: null, reposts: null, quotes: null, bookmarks: null, impressions: null };

describe('how a post did, in words', () => {
  it('counts one and many', () => {
    expect(numbersInWords({ ...none, likes: 1, replies: 0, reposts: 3, impressions: 12_345 })).toBe(
      '1 like, 0 replies, 3 reposts, 12,345 impressions',
    );
  });

  it('leaves out what the network did not say', () => {
    expect(numbersInWords({ ...none, likes: 2 })).toBe('2 likes');
    expect(numbersInWords(none)).toBeNull();
    expect(numbersInWords(undefined)).toBeNull();
  });
});
