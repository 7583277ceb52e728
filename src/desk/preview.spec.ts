import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { displayed, previewOf } from './preview.js';

describe('a preview', () => {
  it('shows links shortened, mentions and tags as links, and the rest as it is', () => {
    const text = 'Ask @nhsengland 👋🏽 at https://www.nhs.uk/conditions/asthma/ #NHScurator $NHS a@b.uk';
    expect(previewOf(text)).toEqual([
      { kind: 'text', text: 'Ask ' },
      { kind: 'mention', text: '@nhsengland' },
      { kind: 'text', text: ' 👋🏽 at ' },
      { kind: 'link', text: 'nhs.uk/conditions/ast…' },
      { kind: 'text', text: ' ' },
      { kind: 'tag', text: '#NHScurator' },
      { kind: 'text', text: ' ' },
      { kind: 'tag', text: '$NHS' },
      { kind: 'text', text: ' a@b.uk' },
    ]);
  });

  it('leaves a text whole that X would never show', () => {
    const text = `@ada ${'a.'.repeat(12_000)}`;
    expect(previewOf(text)).toEqual([{ kind: 'text', text }]);
  });

  it('loses no letter of a text without links', () => {
    const words = fc.constantFrom('a ', '@ada ', '#NHS ', '😀', '\n', '健康 ', '<b>', '$X ', '👩‍👧');
    fc.assert(
      fc.property(fc.array(words), (list) => {
        const text = list.join('');
        expect(
          previewOf(text)
            .map((each) => each.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  it.each([
    ['https://www.nhs.uk/', 'nhs.uk'],
    ['http://nhs.uk/a', 'nhs.uk/a'],
    ['nhs.uk', 'nhs.uk'],
    ['https://www.england.nhs.uk/long-read/a-plan', 'england.nhs.uk/long-read/a-pl…'],
    ['https://x.org?query=very-long-indeed', 'x.org?query=very-lon…'],
  ])('of the link %s is %s', (link, shown) => {
    expect(displayed(link)).toBe(shown);
  });
});
