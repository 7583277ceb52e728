import { dollars } from '../credentials/budget.js';
import { priceOf } from '../networks/prices.js';
import { hasLink } from '../networks/text.js';
import {
  birthDates,
  emailAddresses,
  type Found,
  nhsNumbers,
  patientDetails,
  phoneNumbers,
  postcodes,
  searchable,
} from './identifying.js';

import { emojiForWords, runTogether, styledLetters } from './readable.js';

/** What a warning is about. */
export type WarningKind =
  | 'nhs-number'
  | 'phone'
  | 'postcode'
  | 'birth-date'
  | 'email'
  | 'patient'
  | 'begins-with-handle'
  | 'emoji-for-words'
  | 'styled-letters'
  | 'captions'
  | 'hashtag'
  | 'link-price';

/**
 * Something that its author should know before a post is sent. A `wall` needs a reason, a `warning` a second press, a
 * `hint` nothing.
 */
export interface Warning {
  /** Which part of a thread, from 1. */
  part: number;
  kind: WarningKind;
  weight: 'wall' | 'warning' | 'hint';
  /** The words that it is about; empty where it is about all of them. */
  found: string;
  /** What it means for those who read the post. */
  sentence: string;
}

/** What is looked at. */
export interface Warnable {
  text: string;
  descriptions: string[];
  /** Of its poll. */
  options: string[];
  hasVideo: boolean;
}

/** Everything worth a warning in a post or thread; `year` is the present one. Each thing is said once. */
export function warningsOf(parts: Warnable[], year: number): Warning[] {
  return parts.flatMap((part, index) => {
    const said = new Set<string>();
    return partWarnings(part, year)
      .filter(({ kind, found }) => !said.has(`${kind} ${found}`) && said.add(`${kind} ${found}`))
      .map((warning) => ({ ...warning, part: index + 1 }));
  });
}

/** Names a warning, so that a page can say which were read. */
export function warningKey({ part, kind, found }: Warning): string {
  return `${part} ${kind} ${found}`;
}

type Bare = Omit<Warning, 'part'>;

function partWarnings(part: Warnable, year: number): Bare[] {
  const texts = [part.text, ...part.descriptions, ...part.options].map(searchable);
  return [...texts.flatMap((text) => identifying(text, year)), ...style(part), ...costs(part.text)];
}

function identifying(text: string, year: number): Bare[] {
  const numbers = nhsNumbers(text);
  const apart = (found: Found) => !numbers.some(({ at, end }) => found.at < end && at < found.end);
  const each = (kind: WarningKind, found: Found[], sentence: (words: string) => string): Bare[] =>
    found.map(({ text: words }) => ({
      kind,
      weight: kind === 'nhs-number' ? 'wall' : 'warning',
      found: words,
      sentence: sentence(words),
    }));
  return [
    ...each(
      'nhs-number',
      numbers,
      () => 'This is an NHS number: it has the right check digit. It tells who a patient is.',
    ),
    ...each(
      'phone',
      phoneNumbers(text).filter(apart),
      () =>
        'This looks like a phone number. Once it is out, anybody can ring it. Leave it out unless it is an organisation’s.',
    ),
    ...each(
      'postcode',
      postcodes(text),
      () => 'This looks like a postcode. With little else it can lead to somebody’s door.',
    ),
    ...each('birth-date', birthDates(text, year).filter(apart), () => 'This looks like a date of birth.'),
    ...each('email', emailAddresses(text), () => 'This is an email address. Once it is out, anybody can write to it.'),
    ...each(
      'patient',
      patientDetails(text).filter(apart),
      () => 'This may tell who a patient is, alone or with what else is known. Leave out names, ages, beds and dates.',
    ),
  ];
}

function style({ text, options, hasVideo }: Warnable): Bare[] {
  const handle = /^\s*\.?(?=@)(@\w{1,15})/u.exec(text)?.[1];
  const styled = [text, ...options].map(styledLetters).find((found) => found !== null);
  return [
    ...(handle && !text.trimStart().startsWith('.') ? [beginsWith(handle)] : []),
    ...[text, ...options].flatMap(emojiForWords).map((found) => ({
      kind: 'emoji-for-words' as const,
      weight: 'warning' as const,
      found,
      sentence: 'Screen readers say the long name of each emoji. Write the words, and put one or two emoji at the end.',
    })),
    ...(styled ? [styledLetter(styled)] : []),
    ...(hasVideo ? [CAPTIONS] : []),
    ...runTogether(text).map((tag) => ({
      kind: 'hashtag' as const,
      weight: 'hint' as const,
      found: `#${tag}`,
      sentence:
        'If this is several words, begin each with a capital, as in #PatientSafety: screen readers then say them apart.',
    })),
  ];
}

function beginsWith(handle: string): Bare {
  return {
    kind: 'begins-with-handle',
    weight: 'warning',
    found: handle,
    sentence: `X shows a post that begins with a name as a reply: few people see it. Put a word before ${handle}. To answer a post, remember that X takes our answers only where its author mentioned or quoted this account.`,
  };
}

function styledLetter(found: string): Bare {
  return {
    kind: 'styled-letters',
    weight: 'warning',
    found,
    sentence:
      'These letters are signs made for formulas. Screen readers skip them or spell them out, and search does not find them. Use plain letters.',
  };
}

const CAPTIONS: Bare = {
  kind: 'captions',
  weight: 'warning',
  found: '',
  sentence:
    'People who cannot hear the video need captions. Baton cannot add them: check that they are in the picture itself.',
};

function costs(text: string): Bare[] {
  if (!hasLink('x', text)) return [];
  const [plain, linked] = [priceOf('x', 'post'), priceOf('x', 'post-with-link')];
  const sentence = `X charges ${dollars(linked)} for a post with a link and ${dollars(plain)} for one without.`;
  return [{ kind: 'link-price', weight: 'hint', found: '', sentence }];
}
