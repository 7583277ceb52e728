import { describe, expect, it } from '@jest/globals';
import { type Composed, DESCRIPTION_MAX, problemsOf } from './compose.js';

const ID = '0b2e4f6a-0000-4000-8000-000000000001';
const media = (...given: [description: string, type?: string][]): Partial<Composed> => ({
  media: given.map(([description, type = 'image/jpeg']) => ({ id: ID, type, description })),
});

function problems(change: Partial<Composed>): [string, string][] {
  return problemsOf({ text: 'Good morning', media: [], poll: null, ...change });
}

describe('a post may be sent', () => {
  it.each([
    ['a text', {}],
    ['a described picture alone', { text: '', ...media(['The ward at dawn']) }],
    ['280 plain characters', { text: 'a'.repeat(280) }],
    ['140 emoji', { text: '😀'.repeat(140) }],
    ['a link however long', { text: `${'a'.repeat(256)} https://www.nhs.uk/${'b'.repeat(300)}` }],
    ['a description as long as may be', media(['😀'.repeat(DESCRIPTION_MAX)])],
    ['four described pictures', media(['One'], ['Two'], ['Three'], ['Four'])],
    ['a described GIF', media(['A bear waves', 'image/gif'])],
    ['a poll of four options', { poll: { options: ['Tea', 'Coffee', '😀'.repeat(12), 'a'.repeat(25)], minutes: 5 } }],
    ['a described video', media(['A nurse signs', 'video/mp4'])],
  ])('with %s', (_what, change) => {
    expect(problems(change)).toEqual([]);
  });
});

const TEA = { options: ['Tea', 'Coffee'], minutes: 1440 };
const MIXED = 'X takes up to four pictures, or one GIF, or one video with a post. Take the others off';

describe('a post may not be sent', () => {
  it.each([
    ['without anything', { text: ' \n\t ' }, 'text', 'Write something to post, or add a picture'],
    ['one character too long', { text: 'a'.repeat(281) }, 'text', 'Your post is 1 character too long'],
    ['with one emoji too many', { text: '😀'.repeat(141) }, 'text', 'Your post is 2 characters too long'],
    ['with a long text of another script', { text: '健'.repeat(141) }, 'text', 'Your post is 2 characters too long'],
    [
      'with a picture that nobody described',
      media([' \n']),
      `describe-${ID}`,
      'Describe the picture for people who cannot see it',
    ],
    [
      'with a description that is too long',
      media(['a'.repeat(DESCRIPTION_MAX + 1)]),
      `describe-${ID}`,
      'The description must be 1000 characters or fewer',
    ],
    [
      'with one picture of several that nobody described',
      media(['The ward'], ['']),
      `describe-${ID}`,
      'Describe the second picture for people who cannot see it',
    ],
    ['with five pictures', media(['1'], ['2'], ['3'], ['4'], ['5']), 'picture', MIXED],
    ['with a picture and a GIF', media(['1'], ['2', 'image/gif']), 'picture', MIXED],
    ['with two videos', media(['1', 'video/mp4'], ['2', 'video/mp4']), 'picture', MIXED],
    [
      'with an option that is too long',
      { poll: { options: ['Tea', '😀'.repeat(13)], minutes: 60 } },
      'poll-2',
      'Option 2 is 1 character too long',
    ],
    [
      'with a long link as an option, which is not let off',
      { poll: { options: [`https://nhs.uk/${'a'.repeat(15)}`, 'Tea'], minutes: 60 } },
      'poll-1',
      'Option 1 is 5 characters too long',
    ],
    [
      'with two options that say the same',
      { poll: { options: ['Tea', 'Tea'], minutes: 60 } },
      'poll-2',
      'Option 2 says the same as another',
    ],
    ['with one option', { poll: { options: ['Tea'], minutes: 60 } }, 'poll-2', 'Give the poll at least two options'],
    ['with a poll that asks nothing', { text: ' ', poll: TEA }, 'text', 'Write what the poll asks'],
    [
      'with a poll and a picture',
      { poll: TEA, ...media(['The ward']) },
      'poll-1',
      'X takes a poll or pictures with a post, not both. Empty the options or take the pictures off',
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
    const given = { text: 'a'.repeat(300), ...media(['']) };
    expect(problems(given).map(([field]) => field)).toEqual(['text', `describe-${ID}`]);
  });
});
