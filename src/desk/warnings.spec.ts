import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isNhsNumber } from './identifying.js';
import { type Warnable, type WarningKind, warningKey, warningsOf } from './warnings.js';

const YEAR = 2026;

function part(text: string, more: Partial<Warnable> = {}): Warnable {
  return { text, descriptions: [], options: [], hasVideo: false, ...more };
}

function found(text: string): [WarningKind, string][] {
  return warningsOf([part(text)], YEAR).map(({ kind, found: words }) => [kind, words]);
}

const kinds = (text: string) => [...new Set(found(text).map(([kind]) => kind))];

/** Nine digits and the tenth that makes them an NHS number. */
const numbers = fc
  .integer({ min: 100_000_000, max: 999_999_999 })
  .map((nine) => [...Array(10).keys()].map((last) => `${nine}${last}`).find(isNhsNumber) ?? '')
  .filter((number) => number !== '');
const gap = fc.constantFrom('', ' ', '-', '.', '\u00a0', '–', ' - ', '\u200b', '\u00ad', '\u2060');
/** Zero: plain, full-width, mathematical, and in Arabic, Persian, Bengali, Devanagari and Adlam. */
const style = fc.constantFrom(0x30, 0xff10, 0x1d7ce, 0x1d7f6, 0x660, 0x6f0, 0x9e6, 0x966, 0x1e950);

describe('an NHS number', () => {
  it('is found however it is spaced, styled and surrounded, and is a wall', () => {
    fc.assert(
      fc.property(numbers, fc.array(gap, { minLength: 9, maxLength: 9 }), style, (number, gaps, zero) => {
        const styled = [...number].map((digit) => String.fromCodePoint(zero + Number(digit)));
        const spaced = styled.map((digit, index) => digit + (gaps[index] ?? '')).join('');
        for (const text of [spaced, `He is ${spaced}.`, `Ward 12 ${spaced}, thanks`, `(${spaced})`])
          expect(warningsOf([part(text)], YEAR)).toContainEqual(
            expect.objectContaining({ kind: 'nhs-number', weight: 'wall' }),
          );
      }),
    );
  });

  it('is not seen in ten digits with another check digit, nor in more or fewer digits', () => {
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 9 }), (number, more) => {
        const other = number.slice(0, 9) + ((Number(number[9]) + more) % 10);
        for (const text of [other, `${number}0`, `0${number}`, number.slice(1)])
          expect(kinds(text)).not.toContain('nhs-number');
      }),
    );
  });

  it.each([
    ['943 476 5919', true],
    ['4010232137', true],
    ['9434765918', false],
    ['1111111111', false],
    ['943476591', false],
    ['id 1727012345678901234', false],
    ['+44 20 7946 0958', false],
    ['4111 1111 1111 1111', false],
  ])('%s: %s', (text, is) => {
    expect(kinds(text).includes('nhs-number')).toBe(is);
  });
});

describe('what may tell who somebody is', () => {
  it.each<[WarningKind, string, string]>([
    ['phone', 'Ring me on 07700 900123', '07700 900123'],
    ['phone', 'or +44 (0)7700 900-123!', '+44 (0)7700 900-123'],
    ['phone', 'desk (01632) 960 001', '(01632) 960 001'],
    ['phone', '020 7946 0958', '020 7946 0958'],
    ['postcode', 'I live at SW1A 1AA', 'SW1A 1AA'],
    ['postcode', 'come to ls1 4ap please', 'ls1 4ap'],
    ['birth-date', 'DOB 3/4/56', 'DOB 3/4/56'],
    ['birth-date', 'born on 12th March 1956 in Leeds', 'born on 12th March 1956'],
    ['birth-date', 'seen 03/04/1956', '03/04/1956'],
    ['birth-date', 'seen 1956-04-03', '1956-04-03'],
    ['email', 'Write to grace.h@example.org.', 'grace.h@example.org'],
    ['patient', 'My patient called Mary says hello', 'patient called Mary'],
    ['patient', 'our patient, Mary, says hello', 'our patient, Mary'],
    ['patient', 'The lady in bed 12', 'bed 12'],
    ['patient', 'an 84-year-old on my ward', '84-year-old'],
    ['patient', 'a man aged 91 smiled', 'aged 91'],
    ['patient', 'Mrs Jones was discharged today', 'Mrs Jones'],
    ['patient', 'Hospital number 1234567', 'Hospital number 1234567'],
    ['patient', 'QQ 12 34 56 C is not one, AB 12 34 56 C is', 'AB 12 34 56 C'],
  ])('%s: %s', (kind, text, words) => {
    expect(found(text)).toContainEqual([kind, words]);
  });

  it.each([
    ['Call 111, 999 or 0300 123 1234, or Samaritans on 116 123'],
    ['Childline: 0800 1111. Ours: 0808 801 0331'],
    ['From 07:30 to 20:00 on 12/03/2027, 2,500 of us'],
    ['On 1st, 2nd and 3rd of May; A1 3rd; the B12 test'],
    ['Today is 24/11/2026 and it rains'],
    ['I am 41 years old and I run'],
    ['Mr Bates vs the Post Office'],
    ['Our patient experience team; the patient was well'],
    ['The NHS turned 75 with 1.3 million staff'],
    ['A&E saw 25,000 people, 4 in 10 at night'],
  ])('nothing in: %s', (text) => {
    expect(kinds(text)).toEqual([]);
  });

  it('is looked for in the descriptions of pictures, too', () => {
    const given = part('Look', { descriptions: ['A board that says 943 476 5919'] });
    expect(warningsOf([given], YEAR)).toContainEqual(expect.objectContaining({ kind: 'nhs-number', weight: 'wall' }));
  });
});

describe('what is hard to read', () => {
  it.each<[WarningKind, string, string]>([
    ['begins-with-handle', '@nhsengland good morning', '@nhsengland'],
    ['emoji-for-words', 'Thank you 👏👏👏👏', '👏👏👏👏'],
    ['emoji-for-words', 'I ❤️ my job', 'I ❤️ my'],
    ['emoji-for-words', 'going to the 🏥 now', 'the 🏥 now'],
    ['styled-letters', '𝗜𝗺𝗽𝗼𝗿𝘁𝗮𝗻𝘁: read', '𝗜𝗺𝗽𝗼𝗿𝘁𝗮𝗻𝘁'],
    ['styled-letters', 'ｗｉｄｅ words', 'ｗｉｄｅ'],
    ['hashtag', 'Proud #mentalhealthnurses', '#mentalhealthnurses'],
    ['link-price', 'Read https://www.nhs.uk/conditions', ''],
  ])('%s: %s', (kind, text, words) => {
    expect(found(text)).toContainEqual([kind, words]);
  });

  it.each([
    ['Good morning 👋 from the ward 🎉'],
    ['Family: 👩‍👧🏳️‍🌈🇬🇧'],
    ['CO₂ at 5 m², ½ of it at 37 ℃ ™ ª º, café'],
    ['#NHScurator #PatientSafety #nurses #NHS75'],
    ['.@nhsengland said so'],
    ['Thanks to @nhsengland'],
    ['مرحبا 健康 नमस्ते שלום'],
  ])('nothing in: %s', (text) => {
    expect(kinds(text)).toEqual([]);
  });

  it('a video is asked for its captions', () => {
    expect(warningsOf([part('Look', { hasVideo: true })], YEAR).map(({ kind }) => kind)).toEqual(['captions']);
  });
});

describe('the options of a poll', () => {
  it('are looked at like the text, NHS numbers included', () => {
    const asked = part('Which?', { options: ['943 476 5919', 'a@b.uk', '😀😀😀😀', '𝗯𝗼𝗹𝗱'] });
    const found = warningsOf([asked], YEAR).map(({ kind, weight }) => `${weight} ${kind}`);
    expect(found).toEqual(['wall nhs-number', 'warning email', 'warning emoji-for-words', 'warning styled-letters']);
  });
});

describe('the warnings of a thread', () => {
  it('say which part they mean, and each thing once', () => {
    const warnings = warningsOf([part('Hello'), part('a@b.uk, a@b.uk and a@c.uk')], YEAR);
    expect(warnings.map(warningKey)).toEqual(['2 email a@b.uk', '2 email a@c.uk']);
  });

  it('come for any text whatsoever, in time that does not run away', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        expect(Array.isArray(warningsOf([part(text)], YEAR))).toBe(true);
      }),
      { numRuns: 50 },
    );
    for (const bad of [
      '1 '.repeat(5_000),
      '+44('.repeat(3_000),
      'a@'.repeat(5_000),
      '❤️ '.repeat(3_000),
      'a.'.repeat(9_000),
    ])
      expect(Array.isArray(warningsOf([part(bad)], YEAR))).toBe(true);
  });

  it.each([
    ['a dialling code before nothing but spaces', `+44${' '.repeat(24_997)}`],
    ['what could be one endless host', 'a.'.repeat(12_500)],
    ['what could be one endless name', `${'a-'.repeat(12_000)}.com`],
  ])('come soon for the longest thread that the form takes, even for %s', (_, text) => {
    const before = process.cpuUsage();
    warningsOf(Array(10).fill(part(text)), YEAR);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1_000);
  });
});
