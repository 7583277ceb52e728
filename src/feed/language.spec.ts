import { expect, it } from '@jest/globals';
import { languageOf } from './language.js';

it.each([
  ['he', 'he'],
  ['iw', 'he'],
  ['in', 'id'],
  ['zh-Hant', 'zh-Hant'],
  ['en', null],
  ['und', null],
  ['qme', null],
  ['"><script>', null],
  [null, null],
])('a text that X calls %j is in %j', (lang, tag) => {
  expect(languageOf(lang)).toBe(tag);
});
