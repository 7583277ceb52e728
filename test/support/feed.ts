import type { ShownFeed, ShownPost } from '../../src/feed/shown.js';
import type { NetworkPost } from '../../src/networks/network.js';

/** A post as the network gives it, with what a test says of it. */
export function networkPost(change: Partial<NetworkPost> = {}): NetworkPost {
  return {
    id: '1867000000000000001',
    authorId: '1',
    text: 'Good morning from the ward',
    entities: { links: [], mentions: [], hashtags: [], cashtags: [] },
    media: [],
    createdAt: new Date('2026-12-07T09:00:00Z'),
    editHistoryIds: ['1867000000000000001'],
    edited: false,
    replyTo: null,
    replyToUserId: null,
    conversationId: null,
    references: [],
    metrics: null,
    poll: null,
    withheld: null,
    lang: 'en',
    possiblySensitive: false,
    ...change,
  };
}

/** A post as websites get it: Grace's, of her Monday. */
export function shownPost(change: Partial<ShownPost> = {}): ShownPost {
  const { id = '1867000000000000001', postedAt = new Date('2026-12-07T09:00:00.123Z') } = change;
  const text = change.text ?? 'Good morning from the ward';
  return {
    id,
    permalink: 'https://x.com/NHS/status/1867000000000000001',
    postedAt,
    first: { id, postedAt },
    lang: null,
    text,
    segments: [{ text }],
    pictures: [],
    sensitive: false,
    poll: null,
    quote: null,
    repost: false,
    thread: [],
    edited: false,
    checkedAt: new Date('2026-12-07T09:05:00Z'),
    linkOnly: false,
    curator: { name: 'Grace', stintId: '7b9d3c6e-0d7e-4a4a-8f3c-1f1f1f1f1f1f' },
    ...change,
  };
}

/** A feed that was pulled a minute ago. */
export function shownFeed(change: Partial<ShownFeed> = {}): ShownFeed {
  return {
    slug: 'nhs',
    handle: 'NHS',
    name: 'The NHS demonstration',
    origin: 'https://posts.example.org',
    avatar: null,
    pulledAt: new Date('2026-12-07T09:05:00Z'),
    state: 'fresh',
    posts: [shownPost()],
    ...change,
  };
}

/** Texts that break out of badly written formats. */
export const hostileTexts = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  ']]>&<![CDATA[',
  '&lt;b&gt; & &amp; &#0; &nbsp;',
  '</p></article></section><iframe src="https://evil.example">',
  'NUL \u0000 bell \u0007 escape \u001b delete \u007f \ufffe \uffff',
  'half \ud83d pairs \ude00 and 😀 whole',
  '\u202eright to left\u202c שלום مرحبا',
  '{{ 7 * 7 }} <%= 7 %>',
  'line\r\nbreaks\nand\ttabs\u2028 \u2029',
  '--><!-- ?> <?xml version="1.0"?>',
  '',
];
