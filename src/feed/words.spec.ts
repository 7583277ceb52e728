import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { says, wordsOf } from './words.js';

/** fast-check prints its seed when a property fails. */
const word = fc.stringMatching(/^[a-zà-öø-ÿа-яα-ω0-9]{1,8}$/u).filter((each) => wordsOf(each).length === 1);
const phrase = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));
const between = fc.constantFrom(' ', ', ', ' – ', '\n', ' 😀 ', '. #', '/');

describe('a phrase', () => {
  it.each([
    ['Visit the CAFÉ today', 'cafe', true],
    ['Visit the cafe\u0301s today', 'café', false],
    ['STRASSE', 'Straße', true],
    ['ΟΔΟΣ', 'οδός', true],
    ['#JuniorDoctors strike', 'juniordoctors', true],
    ['junior-doctors', 'Junior  doctors', true],
    ['scunthorpe', 'thorpe', false],
    ['classic', 'class', false],
    ['ward 12b', '12', false],
    ['se\u00adcret se\u200bcret', 'secret', true],
    ['ｆｕｌｌ width', 'FULL', true],
    ['अस्पताल', 'अस', false],
    ['anything', '!!', false],
    ['', 'x', false],
  ])('in “%s”: “%s” is %s', (text, given, found) => {
    expect(says(text, given)).toBe(found);
  });

  it('is found wherever whole words surround it, in any case, composed or not', () => {
    const change = fc.constantFrom(
      (text: string) => text,
      (text: string) => text.toUpperCase(),
      (text: string) => text.normalize('NFD'),
    );
    fc.assert(
      fc.property(phrase, phrase, phrase, between, change, (before, given, after, gap, changed) => {
        expect(says(changed([before, given, after].join(gap)), given)).toBe(true);
      }),
    );
  });

  it('is not found inside a longer word', () => {
    fc.assert(
      fc.property(word, fc.constantFrom('x', '7', 'ж'), (given, more) => {
        expect(says(given + more, given)).toBe(false);
        expect(says(more + given, given)).toBe(false);
      }),
    );
  });

  it('never breaks on whatever was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(says(text, text)).toBe(wordsOf(text).length > 0);
      }),
    );
  });
});
