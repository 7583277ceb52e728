import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codePointSlice, hasLink, pieces, textLength } from './text.js';

const length = (text: string) => textLength('x', text).length;
const LONE_SURROGATE = /\p{Surrogate}/u;

describe('how long a post is on X', () => {
  it.each([
    ['plain English', 'Good morning from ward 12', 25],
    ['a link, whatever its length', 'https://www.england.nhs.uk/a/very/long/path?with=a&query=too', 23],
    ['a short link', 'nhs.uk', 23],
    ['a link among words', 'Read https://nhs.uk today', 34],
    ['Chinese, two each', '护士', 4],
    ['Japanese and Korean, two each', 'ありがとう감사', 14],
    ['accents, one each', 'Siân Ó Súilleabháin', 19],
    ['an emoji', '😀', 2],
    ['a family of four as one emoji', '👨‍👩‍👧‍👦', 2],
    ['a nurse with a skin tone as one emoji', '👩🏽‍⚕️', 2],
    ['a flag as one emoji', '🇬🇧', 2],
    ['the flag of Wales as one emoji', '🏴󠁧󠁢󠁷󠁬󠁳󠁿', 2],
    ['quotes and dashes, one each', '“A – B”', 7],
    ['an ampersand, one', 'A&E', 3],
  ])('counts %s', (_, text, weight) => {
    expect(length(text)).toBe(weight);
  });

  it('counts a composed and a decomposed accent alike', () => {
    expect(length('Sia\u0302n')).toBe(4);
    expect(length('Si\u00e2n')).toBe(4);
  });

  it('takes 280 and refuses 281', () => {
    expect(textLength('x', 'a'.repeat(280))).toEqual({ length: 280, max: 280, valid: true, permillage: 1000 });
    expect(textLength('x', 'a'.repeat(281)).valid).toBe(false);
    expect(textLength('x', '护'.repeat(140)).valid).toBe(true);
    expect(textLength('x', '护'.repeat(141)).valid).toBe(false);
  });

  it('refuses nothing at all', () => {
    expect(textLength('x', '')).toMatchObject({ length: 0, valid: false });
  });

  it('takes a very long link, and looks no closer at what no network takes', () => {
    const link = `https://www.nhs.uk/${'a'.repeat(2_000)}`;
    expect(textLength('x', link)).toMatchObject({ length: 23, valid: true });
    expect(hasLink('x', link)).toBe(true);
    const tooLong = `${link} ${'護'.repeat(600)}`;
    expect(textLength('x', tooLong)).toMatchObject({ length: 2_620, valid: false });
    expect(hasLink('x', tooLong)).toBe(false);
  });

  it.each(['a.'.repeat(12_500), `${'a-'.repeat(12_000)}.com`])('is told soon, whatever is in it', (text) => {
    const before = process.cpuUsage();
    for (let times = 0; times < 5; times++)
      expect([textLength('x', text).valid, hasLink('x', text)]).toEqual([false, false]);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1_000);
  });
});

describe('cutting a text by code points', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  const offset = fc.nat({ max: 80 });
  const marks = fc.array(fc.record({ start: offset, end: offset }), { maxLength: 8 });

  it('finds a mention behind emoji', () => {
    expect(codePointSlice('👩🏽‍⚕️ hello @grace', 12, 18)).toBe('@grace');
  });

  it('leaves the plain text between the marks', () => {
    expect(
      pieces('😀 #NHS and @ada', [
        { start: 11, end: 15 },
        { start: 2, end: 6 },
      ]).map((piece) => piece.text),
    ).toEqual(['😀 ', '#NHS', ' and ', '@ada']);
  });

  it('leaves out a mark that overlaps, is empty or lies outside', () => {
    const kept = { start: 0, end: 4 };
    const cut = pieces('#NHS week', [kept, { start: 2, end: 6 }, { start: 5, end: 5 }, { start: 6, end: 99 }]);
    expect(cut).toEqual([
      { text: '#NHS', mark: kept },
      { text: ' week', mark: null },
    ]);
  });

  it('never splits a code point', () => {
    fc.assert(
      fc.property(text, offset, offset, (words, start, end) => {
        expect(codePointSlice(words, start, end)).not.toMatch(LONE_SURROGATE);
      }),
    );
    fc.assert(
      fc.property(text, marks, (words, cuts) => {
        expect(pieces(words, cuts).filter((piece) => LONE_SURROGATE.test(piece.text))).toEqual([]);
      }),
    );
  });

  it('loses and adds nothing', () => {
    fc.assert(
      fc.property(text, marks, (words, cuts) => {
        expect(
          pieces(words, cuts)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(words);
      }),
    );
  });
});
