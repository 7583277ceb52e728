import { describe, expect, it } from '@jest/globals';
import { settings } from '../../config/settings.js';
import { shownPost } from '../../test/support/feed.js';
import { queryOf, selectedOf, selectionOf, Unreadable } from './selection.js';

const TURN = '7b9d3c6e-0d7e-4a4a-8f3c-1f1f1f1f1f1f';

describe('a query', () => {
  it.each([
    ['tag=%23Wards&limit=5', 'limit=5&tag=wards'],
    ['limit=5&tag=wARDS', 'limit=5&tag=wards'],
    ['since=2026-12-07T09:00:00%2B01:00', 'since=2026-12-07T08%3A00%3A00.000Z'],
    [`curator=${TURN.toUpperCase()}`, `curator=${TURN}`],
    ['&', ''],
  ])('that says the same is one: %s', (query, said) => {
    expect(queryOf(selectionOf(query, 'feed.json'))).toBe(said);
    expect(queryOf(selectionOf(said, 'feed.json'))).toBe(said);
  });

  it.each([
    ...[
      'limit',
      'limit=',
      'limit=0',
      'limit=101',
      'limit=-1',
      'limit=1e1',
      'limit=1.5',
      'limit=05',
      'limit=%205',
      'limit=1&limit=1',
    ],
    ...[
      'since=',
      'since=2026',
      'since=2026-13-01T00:00:00Z',
      'since=2026-12-07',
      'since=01867000000000000001',
      `since=${'9'.repeat(21)}`,
    ],
    ...['curator=1', 'tag=', 'tag=a-b', `tag=${'a'.repeat(101)}`, 'heading=2', 'Limit=1', '__proto__=1', 'x=%E0%A4%A'],
  ])('that cannot be read is refused: %s', (query) => {
    expect(() => selectionOf(query, 'feed.json')).toThrow(Unreadable);
  });

  it('may ask a fragment alone for a heading', () => {
    expect(selectionOf('heading=3', 'embed.html').heading).toBe(3);
    for (const level of [1, 7]) expect(() => selectionOf(`heading=${level}`, 'embed.html')).toThrow(Unreadable);
  });
});

describe('the newest posts', () => {
  const post = (n: number) => shownPost({ id: String(10_000 + n), postedAt: new Date(Date.UTC(2026, 11, n)) });
  const posts = [...Array(settings.feedPosts).keys()].map((n) => post(settings.feedPosts - n));
  const select = (query: string, from = posts) =>
    selectedOf(from, selectionOf(query, 'embed.html'))?.map(({ id }) => Number(id) - 10_000) ?? null;

  it.each([
    ['limit=2', [20, 19]],
    ['since=10018', [20, 19]],
    ['since=2026-12-19T00:00:00Z', [20]],
    ['since=2026-12-19T00:00:00Z&limit=10', [20]],
    ['since=10020', []],
  ])('are enough for %s', (query, ids) => {
    expect(select(query)).toEqual(ids);
  });

  it('are all of a feed that is not full', () => {
    for (const query of ['heading=2', 'limit=4', 'since=10000&limit=4'])
      expect(select(query, posts.slice(-3))).toEqual([3, 2, 1]);
  });

  it.each(['limit=21', 'since=10000&limit=21', `curator=${TURN}`, 'tag=wards'])('may not be all of %s', (query) => {
    expect(select(query)).toBeNull();
  });
});
