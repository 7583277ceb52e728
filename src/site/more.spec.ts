import { describe, expect, it } from '@jest/globals';
import { moreGroups } from './more.js';

const texts = (...args: Parameters<typeof moreGroups>) =>
  moreGroups(...args).flatMap(({ links }) => links.map(({ text }) => text));

describe('the pages that the menu does not name', () => {
  it('are those that somebody may open', () => {
    expect(texts('nhs', ['reviewer'], true)).toEqual([
      ...['Insight', 'Put the posts on a website', 'Tasks', 'Checklists', 'Blackouts', 'Agreement'],
      ...['People', 'Connection', 'Alerts', 'Audit log'],
    ]);
    expect(texts('nhs', ['organiser'], true)).toEqual(
      expect.arrayContaining(['Mentions', 'Blocks', 'Notes between curators', 'Desk']),
    );
    expect(texts('nhs', ['keeper'], true)).toEqual(expect.arrayContaining(['Blocks', 'Desk', 'Credentials']));
  });

  it('has nothing about posts without a connection', () => {
    const found = texts('nhs', ['organiser'], false);
    for (const text of ['Mentions', 'Insight', 'Put the posts on a website']) expect(found).not.toContain(text);
  });

  it('belongs to the account', () => {
    expect(moreGroups('ward', ['reviewer'], true)[2]?.links[0]?.path).toBe('/team/ward/people');
  });
});
