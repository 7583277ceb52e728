import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hasLink, mentionsIn, shortForm, shortLink, weightedLength, wireText } from './text.js';

const nobody = () => undefined;

describe('a text as X answers it', () => {
  it('has every mention where its offsets say, behind any words at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (before) => {
        const { text, entities } = wireText(`${before} @grace & co`, [], () => '7');
        const mention = entities.mentions?.at(-1) as { start: number; end: number };
        expect(Array.from(text).slice(mention.start, mention.end).join('')).toBe('@grace');
        expect(text.endsWith('@grace &amp; co')).toBe(true);
      }),
    );
  });

  it('always shortens a link to the same 23 signs', () => {
    const { text, entities } = wireText('See nhs.uk and nhs.uk', [], nobody);
    expect(text).toBe(`See ${shortLink('nhs.uk')} and ${shortLink('nhs.uk')}`);
    expect(entities.urls?.[0]).toMatchObject({
      start: 4,
      end: 27,
      expanded_url: 'http://nhs.uk',
      display_url: 'nhs.uk',
    });
  });

  it('ends with one link for all its pictures', () => {
    const page = 'https://x.com/nhs/status/1/photo';
    const pictures = [1, 2].map((number) => ({ key: `3_${number}`, page: `${page}/${number}` }));
    const { text, entities } = wireText('Lunch 😀', pictures, nobody);
    expect(text).toBe(`Lunch 😀 ${shortLink(`${page}/1`)}`);
    expect(entities.urls?.map(({ start, end, media_key }) => [start, end, media_key])).toEqual([
      [8, 31, '3_1'],
      [8, 31, '3_2'],
    ]);
  });
});

describe('a long text', () => {
  it('has a short form that fits, ends at a word, and leads to the whole', () => {
    const short = shortForm('界界界界 words '.repeat(60), 'https://x.com/nhs/status/1');
    expect(weightedLength(short)).toBeLessThanOrEqual(280);
    expect(short).toMatch(/(界|words)… https:\/\/x\.com\/nhs\/status\/1$/);
  });
});

describe('reading a text', () => {
  it('finds links and mentions', () => {
    expect([hasLink('see nhs.uk'), hasLink('see nothing')]).toEqual([true, false]);
    expect(mentionsIn('Thanks @NHS, not a@b.example')).toEqual(['nhs']);
  });
});
