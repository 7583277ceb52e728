import { describe, expect, it } from '@jest/globals';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { hostileTexts, shownFeed, shownPost } from '../../../test/support/feed.js';
import { oEmbed, oEmbedXml, postNamed } from './oembed.js';

const OURS = 'https://posts.example.org';
const anywhere = { maxWidth: null, maxHeight: null };

describe('the address of a post', () => {
  it.each([
    ['https://x.com/NHS/status/1867000000000000001', 'handle NHS'],
    ['https://x.com/NHS/status/1867000000000000001?s=20', 'handle NHS'],
    ['https://www.x.com/NHS/status/1867000000000000001/photo/1', 'handle NHS'],
    ['https://mobile.twitter.com/NHS/status/1867000000000000001', 'handle NHS'],
    ['http://twitter.com/162880/status/1867000000000000001', 'handle 162880'],
    [`${OURS}/nhs/posts/1867000000000000001`, 'slug nhs'],
  ])('is known: %s', (address, named) => {
    const found = postNamed(address, OURS);
    expect([`${found?.by} ${found?.account}`, found?.id]).toEqual([named, '1867000000000000001']);
  });

  it.each([
    ...[
      '',
      'x',
      '/nhs/posts/1',
      'https://x.com/NHS',
      'https://x.com.evil.example/NHS/status/1',
      'ftp://x.com/NHS/status/1',
    ],
    ...['https://evil.example/nhs/posts/1', `${OURS}/nhs/posts/x`, `${OURS}.evil.example/nhs/posts/1`],
    ...[`${OURS}/nhs/posts/1/more`, 'https://xxcom/NHS/status/1', 'https://x.com/NHS/status/1x'],
  ])('is not one: %s', (address) => {
    expect(postNamed(address, OURS)).toBeNull();
  });
});

describe('an embedded post', () => {
  it('is rich, with everything that the specification requires', () => {
    expect(oEmbed(shownFeed(), 'Europe/London', 'Baton', anywhere)).toMatchObject({
      version: '1.0',
      type: 'rich',
      provider_name: 'Baton',
      provider_url: OURS,
      author_name: 'Grace',
      html: expect.stringMatching(/^<blockquote cite="https:\/\/x\.com\/NHS\/status\/1867000000000000001"/),
      width: 550,
      height: expect.any(Number),
    });
  });

  it('keeps to the room that there is', () => {
    const post = shownPost({ text: 'long '.repeat(200) });
    const room = { maxWidth: 200, maxHeight: 300 };
    expect(oEmbed(shownFeed({ posts: [post] }), 'Europe/London', 'Baton', room)).toMatchObject({
      width: 200,
      height: 300,
    });
  });

  it('takes no room for pictures that are folded away because they may upset', () => {
    const height = (sensitive: boolean) => {
      const pictures = [{ href: `${OURS}/nhs/pictures/a.webp`, width: 400, height: 300, description: null }];
      return Number(
        oEmbed(shownFeed({ posts: [shownPost({ pictures, sensitive })] }), 'Europe/London', 'Baton', anywhere).height,
      );
    };
    expect(height(false) - height(true)).toBe(300);
  });

  it.each(hostileTexts)('says the same in XML, where nothing escapes: %j', (text) => {
    const post = shownPost({ text, curator: { name: text, stintId: '1' } });
    const answer = oEmbed(shownFeed({ posts: [post] }), 'Europe/London', text, anywhere);
    expect(answer.html).not.toMatch(/<(script|iframe|img)/);
    const xml = oEmbedXml(answer);
    expect(XMLValidator.validate(xml)).toBe(true);
    expect(Object.keys(new XMLParser().parse(xml).oembed)).toEqual(Object.keys(answer));
  });
});
