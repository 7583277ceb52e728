import { describe, expect, it } from '@jest/globals';
import { parse } from 'node-html-parser';
import { hostileTexts, shownFeed, shownPost } from '../../../test/support/feed.js';
import { embedHtml } from './embed.js';

const picture = {
  href: 'https://posts.example.org/nhs/pictures/a.webp',
  width: 800,
  height: 600,
  description: 'The ward at dawn',
};
const zone = 'Europe/London';

/** Every element that the fragment may hold, with every attribute that it may have. */
const ALLOWED: Record<string, string[]> = {
  section: ['class', 'lang', 'aria-label'],
  article: ['class'],
  header: ['class'],
  div: ['class'],
  a: ['class', 'href', 'dir', 'tabindex', 'aria-hidden'],
  p: ['class', 'dir'],
  br: [],
  time: ['datetime'],
  span: [],
  bdi: [],
  details: ['class'],
  summary: [],
  h2: ['class'],
  figure: ['class'],
  figcaption: ['class'],
  picture: [],
  source: ['type', 'srcset', 'sizes'],
  img: ['src', 'alt', 'width', 'height', 'loading'],
  svg: ['class', 'viewBox', 'width', 'height', 'aria-hidden', 'focusable'],
  path: ['fill', 'd'],
};

it.each(hostileTexts)('a fragment holds only its own elements and attributes: %j', (text) => {
  const segments = [{ text }, { text, href: `https://t.co/${text}` }];
  const post = shownPost({
    text,
    segments,
    curator: { name: text, stintId: '1' },
    sensitive: true,
    pictures: [
      { ...picture, description: text },
      { ...picture, description: text },
    ],
  });
  const root = parse(embedHtml(shownFeed({ name: text, avatar: picture.href, posts: [post] }), zone, { heading: 2 }));
  for (const element of root.querySelectorAll('*')) {
    const allowed = ALLOWED[element.rawTagName];
    expect([element.rawTagName, allowed]).toEqual([element.rawTagName, expect.anything()]);
    expect(allowed).toEqual(expect.arrayContaining(Object.keys(element.rawAttributes)));
    if (element.rawTagName === 'a') expect(element.getAttribute('href')).toMatch(/^https:\/\/(x\.com|t\.co)\//);
  }
  expect(root.childNodes).toHaveLength(1);
  expect(root.querySelectorAll('article')).toHaveLength(1);
});

it('begins with a heading of the level that was asked for, and with none otherwise', () => {
  const headings = (heading: number | null) =>
    parse(embedHtml(shownFeed(), zone, { heading }))
      .querySelectorAll('h1, h2, h3, h4, h5, h6')
      .map(({ rawTagName, text }) => [rawTagName, text]);
  for (const level of [2, 3, 4, 5, 6]) expect(headings(level)).toEqual([[`h${level}`, 'Latest posts from @NHS']]);
  expect(headings(null)).toEqual([]);
});

describe('a post in a fragment', () => {
  const root = parse(
    embedHtml(shownFeed({ avatar: picture.href, posts: [shownPost({ pictures: [picture], edited: true })] }), zone),
  );

  it('shows what X asks for: linked picture, name and handle, text, time linked to the post, and the logo', () => {
    expect(root.querySelector('.latest-posts__name')?.getAttribute('href')).toBe('https://x.com/NHS');
    expect(root.querySelector('.latest-posts__handle')?.text).toBe('@NHS');
    expect(root.querySelector('.latest-posts__avatar img')?.getAttribute('src')).toBe(picture.href);
    expect(root.querySelector('.latest-posts__text')?.text).toBe('Good morning from the ward');
    expect(root.querySelector('a time')?.text).toBe('Monday 7 December 2026 at 9am');
    expect(root.querySelector('.latest-posts__foot a')?.getAttribute('href')).toBe(
      'https://x.com/NHS/status/1867000000000000001',
    );
    expect(root.querySelector('svg.latest-posts__mark')).not.toBeNull();
    expect(root.text).toContain('(edited)');
  });

  it('says who wrote it, and nothing of the kind for the house', () => {
    expect(root.querySelector('.latest-posts__credit')?.text).toBe('Posted by Grace');
    const house = parse(embedHtml(shownFeed({ posts: [shownPost({ curator: null })] }), zone));
    expect(house.querySelector('.latest-posts__credit')).toBeNull();
  });

  it('shows a picture with its description and its size, and says when it has none', () => {
    const image = root.querySelector('figure img');
    expect([image?.getAttribute('alt'), image?.getAttribute('width')]).toEqual(['The ward at dawn', '800']);
    const bare = shownPost({ pictures: [{ ...picture, description: null }] });
    expect(parse(embedHtml(shownFeed({ posts: [bare] }), zone)).querySelector('figcaption')?.text).toMatch(
      /no description/,
    );
  });
});

it('says that it cannot show the posts, and not that there are none, before the first pull', () => {
  expect(embedHtml(shownFeed({ pulledAt: null, posts: [] }), zone)).toContain('We cannot show the posts');
});

it.each([
  ['expired', [], /cannot show the posts/],
  ['stale', [shownPost()], /may be out of date: our last look at X was on Monday 7 December 2026 at 9:05am/],
  ['fresh', [], /no posts yet/],
] as const)('says so and links to X when the feed is %s', (state, posts, sentence) => {
  const root = parse(embedHtml(shownFeed({ state, posts: [...posts] }), zone));
  expect(root.querySelector('.latest-posts__note')?.text).toMatch(sentence);
  expect(root.querySelector('.latest-posts__note a')?.getAttribute('href')).toBe('https://x.com/NHS');
});
