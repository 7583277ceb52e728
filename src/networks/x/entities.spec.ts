import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codePointSlice } from '../text.js';
import { readText } from './entities.js';

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const pointsIn = (text: string) => Array.from(text).length;

describe('a text of X', () => {
  it('is shown as it was written', () => {
    expect(readText('A&amp;E &lt;3 our porters', undefined).text).toBe('A&E <3 our porters');
  });

  it('is unescaped once only', () => {
    expect(readText('write &amp;amp; for an ampersand', undefined).text).toBe('write &amp; for an ampersand');
  });

  it('has its entities where they are in it, when X counted the escaped text', () => {
    const { text, entities } = readText('👩🏽‍⚕️ A&amp;E &gt; #NHS', { hashtags: [{ start: 19, end: 23, tag: 'NHS' }] });
    const [tag] = entities.hashtags;
    expect(codePointSlice(text, tag?.start ?? 0, tag?.end ?? 0)).toBe('#NHS');
  });

  it('has its entities where they are in it, when X counted the plain text', () => {
    const { text, entities } = readText('A&amp;E &gt; #NHS', { hashtags: [{ start: 6, end: 10, tag: 'NHS' }] });
    const [tag] = entities.hashtags;
    expect(codePointSlice(text, tag?.start ?? 0, tag?.end ?? 0)).toBe('#NHS');
  });

  it('loses an entity that points at other words, rather than link those', () => {
    const { entities } = readText('Good morning @grace', {
      mentions: [
        { start: 5, end: 11, username: 'grace' },
        { start: 13, end: 99, username: 'grace' },
      ],
    });
    expect(entities.mentions).toEqual([]);
  });

  it('keeps both links where two pictures share one', () => {
    const shared = { start: 8, end: 31, url: 'https://t.co/aaaaaaaaaa' };
    const { entities } = readText('Lunch 😀 https://t.co/aaaaaaaaaa', {
      urls: [
        { ...shared, media_key: '3_1' },
        { ...shared, media_key: '3_2' },
      ],
    });
    expect(entities.links.map((link) => [link.start, link.end, link.mediaKey])).toEqual([
      [8, 31, '3_1'],
      [8, 31, '3_2'],
    ]);
  });

  it('finds a mention behind any words at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (before) => {
        const start = pointsIn(escaped(before));
        const read = readText(escaped(`${before}@grace & co`), {
          mentions: [{ start, end: start + 6, username: 'grace' }],
        });
        const [mention] = read.entities.mentions;
        expect(read.text).toBe(`${before}@grace & co`);
        expect(codePointSlice(read.text, mention?.start ?? 0, mention?.end ?? 0)).toBe('@grace');
      }),
    );
  });
});
