import { extractFromJson, extractFromXml } from '@extractus/feed-extractor';
import { expect, it } from '@jest/globals';
import { parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith';
import RssParser from 'rss-parser';
import { hostileTexts, shownFeed, shownPost } from '../../../test/support/feed.js';
import { lastingId, type ShownFeed, type ShownPost } from '../shown.js';
import { jsonFeed } from './json.js';
import { atom, rss } from './xml.js';

/** An entry as a reader understood it; what it has no word for is left out. */
interface Read {
  id?: string | undefined;
  link: string | undefined;
  at: string | undefined;
  author?: string | undefined;
  html?: string | undefined;
}

const picture = {
  href: 'https://posts.example.org/nhs/pictures/a.webp',
  width: 8,
  height: 6,
  description: 'A "ward" & <more>',
};
const posts = [
  shownPost({
    id: '1867000000000000002',
    permalink: 'https://x.com/NHS/status/1867000000000000002',
    text: 'Two 💙 & <b>',
    pictures: [picture],
  }),
  shownPost({ curator: null }),
];
const feed = shownFeed({ posts });

const READERS: [string, (feed: ShownFeed) => string, (text: string) => Promise<Read[]> | Read[]][] = [
  [
    'feedsmith reads Atom',
    atom,
    (text) =>
      (parseAtomFeed(text).entries ?? []).map((entry) => ({
        id: entry.id,
        link: entry.links?.[0]?.href,
        at: entry.published,
        author: entry.authors?.[0]?.name,
        html: entry.content?.value,
      })),
  ],
  ['rss-parser reads Atom', atom, withRssParser],
  ['feed-extractor reads Atom', atom, withExtractor],
  [
    'feedsmith reads RSS',
    rss,
    (text) =>
      (parseRssFeed(text).items ?? []).map((item) => ({
        id: item.guid?.value,
        link: item.link,
        at: item.pubDate,
        author: item.dc?.creators?.[0],
        html: item.description,
      })),
  ],
  ['rss-parser reads RSS', rss, withRssParser],
  ['feed-extractor reads RSS', rss, withExtractor],
  [
    'feedsmith reads JSON Feed',
    jsonFeed,
    (text) =>
      (parseJsonFeed(text).items ?? []).map((item) => ({
        id: item.id,
        link: item.url,
        at: item.date_published,
        author: item.authors?.[0]?.name,
        html: item.content_html,
      })),
  ],
  ['feed-extractor reads JSON Feed', jsonFeed, withExtractor],
];

/** In RSS a reader may take the guid for the address: it opens too. */
function opens(post: ShownPost | undefined): string[] {
  return post ? [post.permalink, lastingId(post)] : [];
}

async function withRssParser(text: string): Promise<Read[]> {
  const { items } = await new RssParser<object, { id?: string; author?: string }>({
    customFields: { item: ['id', 'author'] },
  }).parseString(text);
  return items.map((item) => ({
    id: item.guid ?? item.id,
    link: item.link,
    at: item.isoDate,
    author: item.creator ?? item.author,
    html: item.content,
  }));
}

function withExtractor(text: string): Read[] {
  const options = { descriptionMaxLen: 0 };
  const { entries } = text.startsWith('{') ? extractFromJson(text, options) : extractFromXml(text, options);
  return (entries ?? []).map((entry) => ({ id: entry.id, link: entry.link, at: String(entry.published) }));
}

it.each(READERS)('%s', async (_, write, read) => {
  const found = await read(write(feed));
  expect(found).toHaveLength(posts.length);
  found.forEach((entry, index) => {
    const post = posts[index];
    const seconds = (instant: string | undefined) => Math.floor(Date.parse(instant ?? '') / 1000);
    expect(opens(post)).toContain(entry.link);
    expect(seconds(entry.at)).toBe(seconds(post?.postedAt.toISOString()));
    if ('id' in entry) expect(entry.id).toContain(post?.id);
    if ('author' in entry) expect(entry.author).toBe(post?.curator?.name ?? feed.name);
    if ('html' in entry)
      expect(entry.html).toMatch(
        index === 0 ? /^<p dir="auto">Two 💙 &amp; &lt;b&gt;<\/p><p><img / : /^<p dir="auto">Good morning/,
      );
  });
});

it.each(READERS)('%s, whatever it says', async (_, write, read) => {
  for (const text of hostileTexts) {
    const hostile = shownFeed({ name: text, posts: [shownPost({ text, curator: { name: text, stintId: '1' } })] });
    const [entry, ...others] = await read(write(hostile));
    expect([text, others]).toEqual([text, []]);
    expect(opens(posts[1])).toContain(entry?.link);
  }
});
