import { describe, expect, it } from '@jest/globals';
import { type Composed, DESCRIPTION_MAX, problemsOf } from './compose.js';

function problems(change: Partial<Composed>): [string, string][] {
  return problemsOf({ text: 'Good morning', hasPicture: false, pictureDescription: '', ...change });
}

describe('a post may be sent', () => {
  it.each([
    ['a text', {}],
    ['a described picture alone', { text: '', hasPicture: true, pictureDescription: 'The ward at dawn' }],
    ['280 plain characters', { text: 'a'.repeat(280) }],
    ['140 emoji', { text: '😀'.repeat(140) }],
    ['a link however long', { text: `${'a'.repeat(256)} https://www.nhs.uk/${'b'.repeat(300)}` }],
    ['a description as long as may be', { hasPicture: true, pictureDescription: '😀'.repeat(DESCRIPTION_MAX) }],
    ['a description that was left without a picture', { pictureDescription: 'The ward' }],
  ])('with %s', (_what, change) => {
    expect(problems(change)).toEqual([]);
  });
});

describe('a post may not be sent', () => {
  it.each([
    ['without anything', { text: ' \n\t ' }, 'text', 'Write something to post, or add a picture'],
    ['one character too long', { text: 'a'.repeat(281) }, 'text', 'Your post is 1 character too long'],
    ['with one emoji too many', { text: '😀'.repeat(141) }, 'text', 'Your post is 2 characters too long'],
    ['with a long text of another script', { text: '健'.repeat(141) }, 'text', 'Your post is 2 characters too long'],
    [
      'with a picture that nobody described',
      { hasPicture: true, pictureDescription: ' \n' },
      'description',
      'Describe the picture for people who cannot see it',
    ],
    [
      'with a description that is too long',
      { hasPicture: true, pictureDescription: 'a'.repeat(DESCRIPTION_MAX + 1) },
      'description',
      'The description must be 1000 characters or fewer',
    ],
    [
      'with characters that X refuses',
      { text: 'one \ufffe two' },
      'text',
      'Your post holds an invisible character that X does not take. Type it anew',
    ],
  ])('%s', (_what, change, field, sentence) => {
    expect(problems(change)).toEqual([[field, sentence]]);
  });

  it('and every problem is said at once', () => {
    const given = { text: 'a'.repeat(300), hasPicture: true, pictureDescription: '' };
    expect(problems(given).map(([field]) => field)).toEqual(['text', 'description']);
  });
});
