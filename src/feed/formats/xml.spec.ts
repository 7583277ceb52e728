import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { parseAtomFeed, parseRssFeed } from 'feedsmith';
import { hostileTexts, shownFeed, shownPost } from '../../../test/support/feed.js';
import { atom, rss } from './xml.js';

const picture = {
  href: 'https://posts.example.org/nhs/pictures/a.webp',
  width: 800,
  height: 600,
  description: 'A "ward" & <more>',
};
const jpeg = 'https://posts.example.org/nhs/pictures/a.jpg';

describe.each([
  ['Atom', atom],
  ['RSS', rss],
])('%s', (_name, write) => {
  it('is well-formed with posts, without any, and before the first pull', () => {
    const full = shownFeed({ posts: [shownPost(), shownPost({ id: '2', pictures: [picture], curator: null })] });
    for (const feed of [full, shownFeed({ posts: [] }), shownFeed({ posts: [], pulledAt: null })])
      expect(XMLValidator.validate(write(feed))).toBe(true);
  });

  it.each(hostileTexts)('lets nothing escape: %j', (text) => {
    const curator = { name: text, stintId: '1' };
    const segments = [{ text }, { text, href: 'https://t.co/"><x' }];
    const described = { ...picture, description: text };
    const written = write(
      shownFeed({ name: text, posts: [shownPost({ text, segments, curator, pictures: [described] })] }),
    );
    expect(XMLValidator.validate(written)).toBe(true);
    expect([...written].filter(refusedByXml)).toEqual([]);
    expect(written.isWellFormed()).toBe(true);
    expect(elements(written)).toEqual(elements(write(shownFeed({ posts: [shownPost({ pictures: [picture] })] }))));
  });

  it('is well-formed whatever anybody writes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }), (units) => {
        const text = String.fromCharCode(...units);
        const written = write(shownFeed({ name: text, posts: [shownPost({ text })] }));
        expect(XMLValidator.validate(written)).toBe(true);
        expect(elements(written)).toEqual(elements(write(shownFeed())));
      }),
    );
  });
});

it('an Atom feed reads as what it says', () => {
  const feed = parseAtomFeed(atom(shownFeed({ posts: [shownPost({ pictures: [picture] })] })));
  expect(feed).toMatchObject({
    id: 'https://posts.example.org/nhs/feed.atom',
    title: { value: 'The NHS demonstration – latest posts' },
    updated: '2026-12-07T09:00:00.123Z',
    entries: [
      {
        id: 'https://x.com/i/web/status/1867000000000000001',
        title: { value: 'Good morning from the ward' },
        published: '2026-12-07T09:00:00.123Z',
        updated: '2026-12-07T09:00:00.123Z',
        authors: [{ name: 'Grace' }],
        links: [{ rel: 'alternate', href: 'https://x.com/NHS/status/1867000000000000001' }],
      },
    ],
  });
  expect(feed.links?.map((link) => link.rel)).toEqual(['self', 'alternate']);
  expect(feed.entries?.[0]?.content?.value).toBe(
    `<p dir="auto">Good morning from the ward</p><p><img src="${jpeg}" alt="A &quot;ward&quot; &amp; &lt;more&gt;" width="800" height="600"></p>`,
  );
});

it('an RSS feed reads as what it says', () => {
  const feed = parseRssFeed(rss(shownFeed({ posts: [shownPost({ curator: null })] })));
  expect(feed).toMatchObject({
    title: 'The NHS demonstration – latest posts',
    link: 'https://posts.example.org/nhs',
    language: 'en-gb',
    items: [
      {
        guid: { value: 'https://x.com/i/web/status/1867000000000000001', isPermaLink: true },
        link: 'https://x.com/NHS/status/1867000000000000001',
        pubDate: 'Mon, 07 Dec 2026 09:00:00 GMT',
        dc: { creators: ['The NHS demonstration'] },
        description: '<p dir="auto">Good morning from the ward</p>',
      },
    ],
  });
});

describe('a post that was edited', () => {
  const first = { id: '1866999999999999999', postedAt: new Date('2026-12-07T08:40:00Z') };
  const feed = shownFeed({ posts: [shownPost({ first, edited: true }), shownPost({ id: '2' })] });

  it('keeps its id and its date, and says when it changed', () => {
    expect(parseAtomFeed(atom(feed)).entries?.[0]).toMatchObject({
      id: 'https://x.com/i/web/status/1866999999999999999',
      published: '2026-12-07T08:40:00.000Z',
      updated: '2026-12-07T09:00:00.123Z',
      links: [{ href: 'https://x.com/NHS/status/1867000000000000001' }],
    });
    expect(parseRssFeed(rss(feed)).items?.[0]).toMatchObject({
      guid: { value: 'https://x.com/i/web/status/1866999999999999999' },
      pubDate: 'Mon, 07 Dec 2026 08:40:00 GMT',
    });
  });
});

it('a thread that goes on is a change of its post, and of the feed', () => {
  const thread = [shownPost({ id: '3', postedAt: new Date('2026-12-07T09:30:00Z') })];
  const read = parseAtomFeed(atom(shownFeed({ posts: [shownPost({ thread })] })));
  expect([read.updated, read.entries?.[0]?.updated]).toEqual(['2026-12-07T09:30:00.000Z', '2026-12-07T09:30:00.000Z']);
});

it('has the picture of the account, in a form that every reader knows', () => {
  const feed = shownFeed({ avatar: picture.href });
  expect(parseAtomFeed(atom(feed)).icon).toBe(jpeg);
  const image = { url: jpeg, title: 'The NHS demonstration – latest posts', link: 'https://posts.example.org/nhs' };
  expect(parseRssFeed(rss(feed)).image).toEqual(image);
});

it('dates are RFC 3339 in Atom and RFC 822 in RSS, and every address is absolute', () => {
  const feed = shownFeed({ posts: [shownPost({ pictures: [picture] })] });
  const instants = [...atom(feed).matchAll(/<(?:updated|published)>(.*?)</g)].map(([, instant]) => instant);
  expect(instants).toHaveLength(3);
  for (const instant of instants) expect(instant).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  expect(rss(feed)).toMatch(
    /<pubDate>(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT<\/pubDate>/,
  );
  for (const written of [atom(feed), rss(feed)]) {
    const addresses = [...written.matchAll(/(?:href|src)=(?:"|&quot;)(.*?)(?:"|&quot;)|<(?:link|guid[^>]*)>(.*?)</g)];
    expect(addresses.length).toBeGreaterThan(3);
    for (const [, quoted, inside] of addresses) expect(quoted ?? inside).toMatch(/^https:\/\//);
  }
});

it('a title is the first 80 characters on one line, by whole characters', () => {
  const title = titleOf('👩🏽‍⚕️ one\ntwo '.repeat(20));
  expect([...title].length).toBeLessThanOrEqual(80);
  expect(title).toMatch(/^👩🏽‍⚕️ one two .*…$/u);
  expect(title.isWellFormed()).toBe(true);
  expect(titleOf('')).toBe('Picture');
});

function titleOf(text: string): string {
  const feed = parseAtomFeed(atom(shownFeed({ posts: [shownPost({ text })] })));
  return feed.entries?.[0]?.title?.value ?? '';
}

function refusedByXml(character: string): boolean {
  return (character < ' ' && !'\t\n\r'.includes(character)) || character === '\ufffe' || character === '\uffff';
}

/** The names of all elements in order. */
function elements(xml: string): string[] {
  const names: string[] = [];
  const walk = (nodes: Record<string, unknown>[]) => {
    for (const node of nodes) {
      const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
      if (!name) continue;
      names.push(name);
      walk(node[name] as Record<string, unknown>[]);
    }
  };
  walk(new XMLParser({ preserveOrder: true, ignoreAttributes: false }).parse(xml));
  return names;
}
