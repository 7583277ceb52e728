import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { settings } from '../../config/settings.js';
import { networkPost, shownFeed, shownPost } from '../../test/support/feed.js';
import type { Entities, NetworkPost } from '../networks/network.js';
import { segmentsOf } from '../networks/segments.js';
import { nextLapse, shownAt } from './lapse.js';
import { lastingId, permalink, stateHeard, stateOf } from './shown.js';

const none: Entities = { links: [], mentions: [], hashtags: [], cashtags: [] };

/** Offsets of a stretch of text, in code points as X counts them. */
function span(text: string, part: string): { start: number; end: number } {
  const start = [...text.slice(0, text.indexOf(part))].length;
  return { start, end: start + [...part].length };
}

function saying(text: string, entities: Partial<Entities> = {}): NetworkPost {
  return networkPost({ text, entities: { ...none, ...entities } });
}

const link = (text: string, url: string, mediaKey: string | null = null) => ({
  ...span(text, url),
  url,
  display: 'nhs.uk/flu…',
  expanded: 'https://www.nhs.uk/flu-vaccine',
  mediaKey,
});

describe('the pieces of a post', () => {
  it('are one plain piece when nothing is marked', () => {
    expect(segmentsOf(saying('Good morning'))).toEqual([{ text: 'Good morning' }]);
  });

  it('are placed by code points, so that emoji and other scripts before a mark do not move it', () => {
    const text = '👩🏽‍⚕️👋 𝒟 Thanks @GraceH 😀 see https://t.co/abc for #flu 💉';
    const mentions = [{ ...span(text, '@GraceH'), handle: 'GraceH', id: '2' }];
    const hashtags = [{ ...span(text, '#flu'), tag: 'flu' }];
    expect(segmentsOf(saying(text, { links: [link(text, 'https://t.co/abc')], mentions, hashtags }))).toEqual([
      { text: '👩🏽‍⚕️👋 𝒟 Thanks ' },
      { text: '@GraceH', href: 'https://x.com/GraceH' },
      { text: ' 😀 see ' },
      { text: 'nhs.uk/flu…', href: 'https://t.co/abc' },
      { text: ' for ' },
      { text: '#flu', href: 'https://x.com/hashtag/flu' },
      { text: ' 💉' },
    ]);
  });

  it('link a hashtag and a cashtag in any script to X', () => {
    const text = '#Gesundheit #健康 $NHS';
    const hashtags = ['Gesundheit', '健康'].map((tag) => ({ ...span(text, `#${tag}`), tag }));
    const cashtags = [{ ...span(text, '$NHS'), tag: 'NHS' }];
    expect(segmentsOf(saying(text, { hashtags, cashtags })).flatMap(({ href }) => href ?? [])).toEqual([
      'https://x.com/hashtag/Gesundheit',
      'https://x.com/hashtag/%E5%81%A5%E5%BA%B7',
      'https://x.com/search?q=%24NHS',
    ]);
  });

  it('leave out the link that X puts at the end for the post’s own picture', () => {
    const text = 'Our new ward https://t.co/pic';
    expect(segmentsOf(saying(text, { links: [link(text, 'https://t.co/pic', '3_1')] }))).toEqual([
      { text: 'Our new ward' },
    ]);
    const only = 'https://t.co/pic';
    expect(segmentsOf(saying(only, { links: [link(only, only, '3_1')] }))).toEqual([]);
  });

  it('keep the first of two marks that overlap, and none outside the text', () => {
    const text = '@Grace#flu';
    const mentions = [{ start: 0, end: 6, handle: 'Grace', id: null }];
    const hashtags = [
      { start: 5, end: 10, tag: 'flu' },
      { start: 8, end: 40, tag: 'flu' },
    ];
    expect(segmentsOf(saying(text, { mentions, hashtags }))).toEqual([
      { text: '@Grace', href: 'https://x.com/Grace' },
      { text: '#flu' },
    ]);
  });

  it('never link to anything but the web', () => {
    const text = 'See https://t.co/abc';
    const bad = { ...link(text, 'https://t.co/abc'), url: 'javascript:alert(1)' };
    expect(segmentsOf(saying(text, { links: [bad] }))).toEqual([{ text }]);
  });

  it('put together are the text again, whatever the marks', () => {
    const mark = fc.record({ start: fc.integer({ min: -2, max: 30 }), end: fc.integer({ min: -2, max: 30 }) });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 25 }), fc.array(mark, { maxLength: 6 }), (text, marks) => {
        const hashtags = marks.map((each) => ({ ...each, tag: '\ud83d' }));
        const put = segmentsOf(saying(text, { hashtags })).map((segment) => segment.text);
        expect(put.join('').trimEnd()).toBe(text.trimEnd());
      }),
    );
  });
});

it('a post’s address and lasting name hold the id digit for digit', () => {
  expect(permalink('NHS', '1867000000000000001')).toBe('https://x.com/NHS/status/1867000000000000001');
  expect(lastingId(shownPost())).toBe('https://x.com/i/web/status/1867000000000000001');
});

describe('a feed’s state', () => {
  const now = new Date('2026-12-08T09:00:00Z');
  const ago = (ms: number) => new Date(now.getTime() - ms);

  it('is fresh until pulls fail or stay away', () => {
    expect(stateOf(ago(settings.feedEvery), false, now)).toBe('fresh');
    expect(stateOf(ago(settings.feedEvery), true, now)).toBe('stale');
    expect(stateOf(ago(3 * settings.feedEvery + 1), false, now)).toBe('stale');
    expect(stateOf(null, false, now)).toBe('fresh');
    expect(stateOf(null, true, now)).toBe('stale');
  });

  it('has expired when nothing was confirmed for more than 24 hours', () => {
    expect(stateOf(ago(24 * 60 * 60_000), true, now)).toBe('stale');
    expect(stateOf(ago(24 * 60 * 60_000 + 1), true, now)).toBe('expired');
    expect(stateOf(ago(24 * 60 * 60_000 + 1), false, now)).toBe('expired');
  });
});

describe('the state of a feed in a process that hears nothing from PostgreSQL', () => {
  const heardAt = new Date('2026-12-08T09:00:00Z');
  const later = (ms: number) => new Date(heardAt.getTime() + ms);

  it('is stale from the limit on, and not before', () => {
    expect(stateHeard('fresh', heardAt, later(settings.feedUnheard - 1))).toBe('fresh');
    expect(stateHeard('fresh', heardAt, later(settings.feedUnheard))).toBe('stale');
  });

  it('never looks better than it is', () => {
    for (const state of ['stale', 'expired'] as const) {
      expect(stateHeard(state, heardAt, heardAt)).toBe(state);
      expect(stateHeard(state, heardAt, later(settings.feedUnheard))).toBe(state);
    }
  });
});

describe('a post that was not seen at the network for a day', () => {
  const seen = new Date('2026-12-07T09:00:00Z');
  const [before, lapse] = [new Date('2026-12-08T08:59:59.999Z'), new Date('2026-12-08T09:00:00Z')];
  const feed = shownFeed({
    posts: [
      shownPost({ id: '2', text: 'Seen since', checkedAt: before }),
      shownPost({ id: '1', text: 'Unseen', checkedAt: seen }),
    ],
  });

  it('is nothing but a link from then on', () => {
    expect(shownAt(feed, before)).toEqual(feed);
    expect(shownAt(feed, lapse).posts).toEqual([feed.posts[0], expect.objectContaining({ id: '1', linkOnly: true })]);
    expect(JSON.stringify(shownAt(feed, lapse).posts[1])).not.toContain('Unseen');
  });

  it('is known beforehand, so that it is shown again in time', () => {
    expect(nextLapse(feed, before)).toEqual(lapse);
    expect(nextLapse(feed, lapse)).toEqual(new Date(before.getTime() + 24 * 60 * 60_000));
    expect(nextLapse(shownFeed({ posts: [] }), lapse)).toBeNull();
  });
});
