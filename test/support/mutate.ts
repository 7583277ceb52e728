import fc from 'fast-check';
import { hostileTexts } from './feed.js';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** One thing that goes wrong with an answer: at the n-th of its values, by the n-th of what there is to put there. */
export interface Mutation {
  how: 'put' | 'drop' | 'copy' | 'swap' | 'repeat' | 'turn' | 'nudge' | 'name' | 'cut' | 'splice';
  at: number;
  with: number;
}

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({
    how: fc.constantFrom(
      'put',
      'put',
      'put',
      'drop',
      'copy',
      'swap',
      'repeat',
      'turn',
      'nudge',
      'name',
      'cut',
      'splice',
    ),
    at: fc.nat({ max: 5_000 }),
    with: fc.nat({ max: 5_000 }),
  }),
  { minLength: 1, maxLength: 4 },
);

const deep = (levels: number, inner: Json = 0): Json => (levels === 0 ? inner : deep(levels - 1, [inner]));

const MARKUP = [
  ...hostileTexts,
  '</p><x-escaped onclick="alert(1)">',
  '<svg/onload=alert(1)>',
  '</textarea></title></style></script><x-escaped>',
  '<!--><x-escaped>-->',
  '<![CDATA[<x-escaped>]]>',
  '&#60;x-escaped&#62;',
  '&lt;x-escaped&gt; &amp;lt;x-escaped&amp;gt;',
  '\u003cx-escaped\u003e',
  '＜x-escaped＞',
  '<math><mtext></p><x-escaped>',
  '<a href=javascript:alert(1)>',
  `"'><x-escaped a='"`,
  '\u2028<x-escaped>\u2029',
];

const TEXTS = [
  ...MARKUP,
  'javascript:alert(1)',
  ' JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'https://evil.example/" onmouseover="alert(1)',
  "https://evil.example/' x='",
  'https://evil.example/<x-escaped>',
  'http://[::1',
  'http://',
  '//evil.example/x',
  'https://user:pass@evil.example\\@x.com',
  'file:///etc/passwd',
  'http://169.254.169.254/latest/meta-data/',
  '/simulator/media/../../etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '\ud800',
  '\udc00\ud800',
  '\u0000',
  '\u0000\u0001\u0008\u000b\u001f\u007f\u0085\ufeff\ufffe\uffff',
  '\u202e\u2066\u200f',
  'e\u0301'.repeat(500),
  '👩🏽‍⚕️'.repeat(300),
  'Z̷̡̛͉'.repeat(200),
  'x'.repeat(20_000),
  ' '.repeat(5_000),
  '\n'.repeat(5_000),
  '0',
  '-1',
  '5',
  '007',
  '1e9',
  '١٢٣',
  '9'.repeat(19),
  '9'.repeat(20),
  '9'.repeat(400),
  '2026-02-30T25:61:61Z',
  '+275760-09-13T00:00:00.001Z',
  '1970-01-01T00:00:00Z',
  '0000-00-00',
  'Mon Dec 14 08:00:00 +0000 2026',
  'tomorrow',
  'retweeted',
  'animated_gif',
  'https://api.x.com/2/problems/resource-not-found',
];

const VALUES: Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1,
  0.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  1e308,
  -1e308,
  5e-324,
  [],
  {},
  [null],
  [[]],
  [{}],
  ['a', 1, null],
  { length: 5 },
  { toString: 'x', valueOf: 1, toJSON: 'y' },
  { id: '1', text: 'A post within' },
  deep(200),
  deep(600),
  Array.from({ length: 2_000 }, (_, index) => index),
  Array.from({ length: 500 }, () => ({ start: 0, end: 1, tag: 'x', username: 'x', url: 'https://t.co/x' })),
  Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, index])),
  ...TEXTS,
];

const NAMES = ['__proto__', 'constructor', 'data', 'note_tweet', 'errors', 'text', 'ID', '', 'x-escaped', '\ud800'];

/** Applies them in turn to a copy. */
export function mutated(answer: unknown, changes: Mutation[]): unknown {
  const root = { answer: structuredClone(answer) as Json };
  for (const change of changes) mutate(root, change);
  return root.answer;
}

interface Place {
  holder: Record<string, Json>;
  key: string;
}

function mutate(root: { answer: Json }, { how, at, with: other }: Mutation): void {
  const places = placesIn(root);
  if (places.length === 0) return;
  const place = pick(places, at);
  const { holder, key } = place;
  const value = holder[key] as Json;
  const put = (given: Json) => set(place, given);
  const second = pick(places, other);
  const there = structuredClone(second.holder[second.key] as Json);
  if (how === 'put') put(structuredClone(pick(VALUES, other)));
  else if (how === 'drop') drop(place);
  else if (how === 'copy') put(there);
  else if (how === 'swap') {
    set(second, structuredClone(value));
    put(there);
  } else if (how === 'name') {
    delete holder[key];
    set({ holder, key: pick(NAMES, other) }, value);
  } else if (Array.isArray(value)) put(changedList(value, how, other));
  else if (typeof value === 'number') put(how === 'nudge' ? value + (other % 41) - 20 : -value);
  else if (typeof value === 'string') put(changedText(value, how, other));
}

function drop({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

function changedList(list: Json[], how: Mutation['how'], other: number): Json[] {
  if (how === 'turn') return [...list].reverse();
  if (how === 'repeat') return [...list, ...structuredClone([...list].slice(0, 1 + (other % 3)))];
  // A list may have been given a constructor of another shape.
  return [...list].slice(0, other % (list.length + 1));
}

function changedText(text: string, how: Mutation['how'], other: number): string {
  const at = other % (text.length + 1);
  if (how === 'turn') return [...text].reverse().join('');
  if (how === 'repeat') return text.repeat(1 + (other % 5));
  if (how === 'cut') return text.slice(0, at);
  if (how === 'nudge') return text.slice(0, at) + String.fromCharCode(other * 13) + text.slice(at + 1);
  return text.slice(0, at) + pick(TEXTS, other) + text.slice(at);
}

/** As own properties, whatever they are called. */
function set({ holder, key }: Place, value: Json): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function placesIn(holder: object, found: Place[] = [], depth = 0): Place[] {
  for (const key of Object.keys(holder)) {
    found.push({ holder: holder as Place['holder'], key });
    const value = (holder as Place['holder'])[key];
    // Not into the thousands of values that an earlier change has put there.
    if (typeof value === 'object' && value !== null && depth < 12 && found.length < 5_000)
      placesIn(value, found, depth + 1);
  }
  return found;
}

function pick<T>(all: readonly T[], which: number): T {
  return all[which % all.length] as T;
}
