import { expect, it } from '@jest/globals';
import { parseJsonFeed } from 'feedsmith';
import { parse } from 'node-html-parser';
import { hostileTexts, shownFeed, shownPost } from '../../../test/support/feed.js';
import { jsonFeed, postsJson } from './json.js';

const picture = { href: 'https://posts.example.org/nhs/pictures/a.webp', width: 8, height: 6, description: null };

it('a JSON Feed reads as version 1.1 with its posts, their authors and pictures', () => {
  const written = jsonFeed(shownFeed({ avatar: picture.href, posts: [shownPost({ pictures: [picture] })] }));
  expect(JSON.parse(written).version).toBe('https://jsonfeed.org/version/1.1');
  expect(parseJsonFeed(written)).toMatchObject({
    title: 'The NHS demonstration – latest posts',
    home_page_url: 'https://posts.example.org/nhs',
    feed_url: 'https://posts.example.org/nhs/feed.json',
    icon: 'https://posts.example.org/nhs/pictures/a.jpg',
    language: 'en-GB',
    authors: [{ name: 'The NHS demonstration', url: 'https://x.com/NHS' }],
    items: [
      {
        id: 'https://x.com/i/web/status/1867000000000000001',
        url: 'https://x.com/NHS/status/1867000000000000001',
        content_text: 'Good morning from the ward',
        date_published: '2026-12-07T09:00:00.123Z',
        authors: [{ name: 'Grace' }],
        image: 'https://posts.example.org/nhs/pictures/a.jpg',
      },
    ],
  });
});

it('a JSON Feed keeps the rules of its specification: names, types, addresses and dates', () => {
  const known = {
    feed: 'version title home_page_url feed_url description icon language authors items'.split(' '),
    item: 'id url content_html content_text image date_published date_modified authors language'.split(' '),
  };
  const posts = [shownPost({ pictures: [picture] }), shownPost({ id: '2', curator: null })];
  for (const feed of [
    shownFeed({ avatar: picture.href, posts }),
    shownFeed({ posts: [], pulledAt: null, query: 'limit=1' }),
  ]) {
    const written = JSON.parse(jsonFeed(feed));
    expect(Object.keys(written).filter((name) => !name.startsWith('_') && !known.feed.includes(name))).toEqual([]);
    expect(new URL(written._baton.about).protocol).toBe('https:');
    expect(new Set(written.items.map((item: { id: string }) => item.id)).size).toBe(feed.posts.length);
    for (const item of written.items) {
      expect(Object.keys(item).filter((name) => !name.startsWith('_') && !known.item.includes(name))).toEqual([]);
      expect([typeof item.id, typeof item.content_html]).toEqual(['string', 'string']);
      expect(item.date_published).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
      for (const address of [item.url, item.image ?? item.url]) expect(new URL(address).protocol).toBe('https:');
    }
  }
});

it('a post keeps its id and date when it is edited, and says when it was and in what language it is', () => {
  const first = { id: '1866999999999999999', postedAt: new Date('2026-12-07T08:40:00Z') };
  const written = jsonFeed(shownFeed({ posts: [shownPost({ first, edited: true, lang: 'he' }), shownPost()] }));
  const [edited, other] = JSON.parse(written).items;
  expect(edited).toMatchObject({
    id: 'https://x.com/i/web/status/1866999999999999999',
    date_published: '2026-12-07T08:40:00.000Z',
    date_modified: '2026-12-07T09:00:00.123Z',
    language: 'he',
  });
  expect([other.language, other.date_modified]).toEqual(['en-GB', undefined]);
});

it('ids are strings, digit for digit', () => {
  const feed = shownFeed({ posts: [shownPost({ id: '18446744073709551615' })] });
  expect(JSON.parse(jsonFeed(feed)).items[0]._baton.post_id).toBe('18446744073709551615');
  expect(JSON.parse(postsJson(feed)).posts[0].id).toBe('18446744073709551615');
});

it('says whether a post is the house’s or a curator’s', () => {
  const feed = shownFeed({ posts: [shownPost(), shownPost({ curator: null })] });
  const stint = feed.posts[0]?.curator?.stintId;
  expect(JSON.parse(postsJson(feed)).posts.map((post: { credit: unknown }) => post.credit)).toEqual([
    { kind: 'curator', name: 'Grace', stint },
    { kind: 'house', name: 'The NHS demonstration', stint: null },
  ]);
});

it('has no picture in front of a post that may upset, and says which those are', () => {
  const feed = shownFeed({ posts: [shownPost({ pictures: [picture], sensitive: true }), shownPost()] });
  expect(JSON.parse(jsonFeed(feed)).items[0].image).toBeUndefined();
  const marks = JSON.parse(postsJson(feed)).posts.map(
    (post: { possibly_sensitive: boolean }) => post.possibly_sensitive,
  );
  expect(marks).toEqual([true, false]);
});

it('says how old it is and in what state', () => {
  const feed = shownFeed({ state: 'expired', posts: [] });
  expect(JSON.parse(postsJson(feed))).toMatchObject({ state: 'expired', pulled_at: '2026-12-07T09:05:00.000Z' });
  expect(JSON.parse(jsonFeed(feed))._baton).toMatchObject({ state: 'expired', pulled_at: '2026-12-07T09:05:00.000Z' });
});

it.each(hostileTexts)('holds only its own elements in content_html: %j', (text) => {
  const segments = [{ text }, { text, href: 'https://t.co/"><x' }];
  const [item] = JSON.parse(jsonFeed(shownFeed({ posts: [shownPost({ text, segments, pictures: [picture] })] }))).items;
  const tags = parse(item.content_html)
    .querySelectorAll('*')
    .map((element) => element.tagName);
  expect(tags.filter((tag) => tag !== 'BR')).toEqual(['P', 'A', 'P', 'IMG']);
});
