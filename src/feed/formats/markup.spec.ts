import { describe, expect, it } from '@jest/globals';
import { parse } from 'node-html-parser';
import { hostileTexts, shownFeed, shownPost } from '../../../test/support/feed.js';
import type { ShownPost, ShownQuote } from '../shown.js';
import { embedHtml } from './embed.js';
import { postsJson } from './json.js';
import { contentOf, plainOf } from './markup.js';

const quote = (text: string, change: Partial<ShownQuote> = {}): ShownQuote => ({
  id: '7',
  permalink: 'https://x.com/wards/status/7',
  handle: 'wards',
  postedAt: new Date('2026-12-06T09:00:00Z'),
  lang: null,
  segments: [{ text }],
  pictures: [{ href: 'https://posts.example.org/p.webp', width: 4, height: 3, description: text }],
  sensitive: false,
  checkedAt: new Date('2026-12-07T09:00:00Z'),
  linkOnly: false,
  ...change,
});

const poll = (label: string) => ({
  options: [
    { label, votes: 1 },
    { label: 'Coffee', votes: 12 },
  ],
  endsAt: new Date('2026-12-08T09:00:00Z'),
  open: true,
});

const rich = (text: string): ShownPost =>
  shownPost({ text, quote: quote(text), poll: poll(text), thread: [shownPost({ id: '8', text, quote: quote(text) })] });

const written = (post: ShownPost) => [contentOf(post), embedHtml(shownFeed({ posts: [post] }), 'Europe/London')];

describe('a post with a quote, a poll and a thread', () => {
  it('shows them plainly', () => {
    const html = embedHtml(shownFeed({ posts: [rich('Tea')] }), 'Europe/London');
    const shown = parse(html);
    expect(shown.querySelectorAll('article')).toHaveLength(1);
    expect(shown.querySelectorAll('.latest-posts__poll li').map((item) => item.text)).toEqual([
      'Tea: 1 vote',
      'Coffee: 12 votes',
    ]);
    expect(shown.text).toContain('Votes so far; open until Tuesday 8 December 2026 at 9am');
    expect(shown.querySelector('blockquote')?.getAttribute('cite')).toBe('https://x.com/wards/status/7');
    expect(shown.querySelector('blockquote')?.text).toContain('@wards');
    expect(shown.querySelectorAll('.latest-posts__part')).toHaveLength(1);
    expect(shown.querySelectorAll('img').filter((image) => !image.getAttribute('width'))).toEqual([]);
    expect(plainOf(rich('Tea'))).toBe(
      'Tea\n\n• Tea: 1 vote\n• Coffee: 12 votes\n\n“Tea” (@wards)\n\nTea\n\n“Tea” (@wards)',
    );
  });

  it('says who wrote a part of the thread when it was somebody else', () => {
    const part = shownPost({ curator: { name: 'Ada', stintId: 'another' } });
    const html = (post: ShownPost) => embedHtml(shownFeed({ posts: [post] }), 'Europe/London');
    expect(html(shownPost({ thread: [part] }))).toContain('Posted by <bdi>Ada</bdi>');
    expect(html(shownPost({ thread: [shownPost()] })).match(/Posted by/g)).toHaveLength(1);
    expect(html(shownPost({ thread: [shownPost({ curator: null })] }))).toContain('Posted by the team');
  });

  it('leads to X for what moves', () => {
    const pictures = [
      { href: 'https://posts.example.org/p.webp', width: 4, height: 3, description: 'A bear', still: 'video' as const },
    ];
    for (const html of written(shownPost({ pictures })))
      expect(html).toContain('<a href="https://x.com/NHS/status/1867000000000000001">Watch the video on X</a>');
  });

  it('says of a quoted picture what it says of an own one, and leads to the original', () => {
    const pictures = [{ href: 'https://posts.example.org/p.webp', width: 4, height: 3, description: null }];
    const film = [{ ...pictures[0], still: 'video' as const }] as ShownQuote['pictures'];
    for (const html of written(shownPost({ quote: quote('Tea', { pictures }) })))
      expect(parse(html).querySelector('blockquote')?.text).toContain('This picture has no description.');
    for (const html of written(shownPost({ quote: quote('Tea', { pictures: film }) })))
      expect(html).toContain(
        'This video has no description. <a href="https://x.com/wards/status/7">Watch the video on X</a>',
      );
    const shown = parse(embedHtml(shownFeed({ posts: [rich('Tea')] }), 'Europe/London')).querySelector('blockquote');
    const links = shown?.querySelectorAll('a[href="https://x.com/wards/status/7"]').map(({ text }) => text.trim());
    expect(links).toEqual(['Sunday 6 December 2026 at 9am', 'View on X']);
  });

  it('keeps pictures that may upset for those who ask for them, each post’s its own', () => {
    const picture = { href: 'https://posts.example.org/p.webp', width: 4, height: 3, description: 'A wound' };
    const marked = { pictures: [picture], sensitive: true };
    const two = { ...marked, pictures: [picture, picture] };
    const post = shownPost({ ...two, quote: quote('Tea', marked), thread: [shownPost({ pictures: [picture] })] });
    const folded = parse(embedHtml(shownFeed({ posts: [post] }), 'Europe/London')).querySelectorAll('details');
    expect(folded.map((each) => [each.querySelector('summary')?.text, each.querySelectorAll('img').length])).toEqual([
      ['X marks this as possibly upsetting. Show the pictures', 2],
      ['X marks this as possibly upsetting. Show the picture', 1],
    ]);
    const read = contentOf(post);
    expect(parse(read).querySelectorAll('img')).toHaveLength(1);
    expect(read).toContain(`upsetting. <a href="${post.permalink}">See the pictures on X</a>`);
    expect(read).toContain('upsetting. <a href="https://x.com/wards/status/7">See the picture on X</a>');
    expect(written(shownPost({ sensitive: true })).join()).not.toContain('upsetting');
  });

  it('says in which language the words of each are, where it is not English', () => {
    const post = shownPost({ lang: 'he', quote: quote('Shwmae', { lang: 'cy' }) });
    for (const html of written(post)) {
      const words = parse(html).querySelectorAll('p[dir=auto]');
      expect(words.map((each) => each.getAttribute('lang'))).toEqual(['he', 'cy']);
    }
    expect(contentOf(shownPost())).not.toContain('lang');
  });

  it.each(hostileTexts)('lets no markup out of any of them: %j', (text) => {
    for (const html of written(rich(text))) {
      const found = parse(html).querySelectorAll('script, iframe, [onerror], [onmouseover]');
      expect(found.map(String)).toEqual([]);
    }
    const { posts } = JSON.parse(postsJson(shownFeed({ posts: [rich(text)] })));
    expect(posts[0].quote.segments[0].text).toEqual(text);
  });
});
