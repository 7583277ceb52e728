import { describe, expect, it } from '@jest/globals';
import { brokenRules } from '../../../test/support/display-rules.js';
import { hostileTexts, shownFeed, shownPost } from '../../../test/support/feed.js';
import type { ShownFeed } from '../shown.js';
import { embedHtml, postsHtml } from './embed.js';
import { oEmbed } from './oembed.js';

const zone = 'Europe/London';
const avatar = 'https://posts.example.org/nhs/pictures/a.webp';
const link = { text: 'nhs.uk/kind', href: 'https://t.co/abc' };
const mention = { text: '@wards', href: 'https://x.com/wards' };
const tag = { text: '#kindness', href: 'https://x.com/hashtag/kindness' };
const full = shownPost({
  segments: [{ text: 'Thanks ' }, mention, { text: '\nfor ' }, tag, { text: ' ' }, link],
  edited: true,
});

const FORMATS: [string, (feed: ShownFeed) => string][] = [
  ['embed.html and embed.js', (feed) => embedHtml(feed, zone)],
  ['the archive and a post’s own page', (feed) => postsHtml(feed, zone)],
  ['oEmbed', (feed) => String(oEmbed(feed, zone, 'Baton', { maxWidth: null, maxHeight: null }).html)],
];

describe.each(FORMATS)('X’s rules for showing posts, in %s', (_, write) => {
  const rules = (feed: ShownFeed, html = write(feed)) =>
    brokenRules(html, feed.handle, feed.posts, Boolean(feed.avatar));

  it('are kept', () => {
    expect(rules(shownFeed({ avatar, posts: [full] }))).toEqual([]);
    expect(rules(shownFeed({ posts: [shownPost()] }))).toEqual([]);
  });

  it.each(hostileTexts.filter((text) => text.trim() && text === cleaned(text)))(
    'are kept whatever it says: %j',
    (text) => {
      expect(rules(shownFeed({ avatar, posts: [shownPost({ text })] }))).toEqual([]);
    },
  );

  it.each([
    [
      'the picture of the account is linked',
      (html: string) => html.replace(/<a class="latest-posts__avatar".*?<\/a>/, ''),
    ],
    ['the name is linked', (html: string) => html.replace('latest-posts__name', 'x')],
    ['the handle is linked', (html: string) => html.replace('>@NHS<', '>NHS<')],
    ['the text is unaltered', (html: string) => html.replace('Thanks', 'Thank you')],
    ['links show what X shows', (html: string) => html.replace('>nhs.uk/kind<', '>https://t.co/abc<')],
    ['the time is linked', (html: string) => html.replace(/<time.*?<\/time>/, '')],
    ['View on X', (html: string) => html.replace('View on X', 'More')],
    ['the logo of X', (html: string) => html.replace(/<svg.*?<\/svg>/, '')],
    ['an edit is marked', (html: string) => html.replace('(edited)', '')],
    ['nobody else’s page', (html: string) => html.replace('</article>', '<iframe></iframe></article>')],
  ])('are seen to be broken: %s', (rule, broken) => {
    const feed = shownFeed({ avatar, posts: [full] });
    expect(rules(feed, broken(write(feed))).join()).toContain(rule);
  });
});

/** Characters that no HTML or XML may have are left out of it. */
function cleaned(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  return text.toWellFormed() === text ? text.replace(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]/g, '') : '';
}
