import { describe, expect, it } from '@jest/globals';
import { networkPost } from '../../test/support/feed.js';
import { instantOf, type NetworkPost } from '../networks/network.js';
import type { KeptPost } from './feed-rows.service.js';
import { type HeadRow, type OriginalRow, shownFrom } from './showing.js';

const HEAD = '1867000000000000001';
const ORIGINAL = '1866000000000000001';
const place = { handle: 'NHS', picture: (file: string) => `https://posts.example.org/${file}` };
const at = '2026-12-07T09:00:00Z';

const kept = (post: Partial<NetworkPost>): KeptPost => ({ ...networkPost(post), copies: {} });
const row = (post: Partial<NetworkPost> = {}, more: Partial<HeadRow> = {}): HeadRow => ({
  ...{ post: kept(post), posted_at: at, seen_at: at, stint_id: null, shown_name: null, originals: null, answers: null },
  ...more,
});
const answer = (n: number, replyTo: string, more: { hidden?: boolean } = {}) => {
  const id = `186700000000000001${n}`;
  return { ...row({ id, text: `Part ${n}`, replyTo, editHistoryIds: [id] }), hidden: false, ...more };
};
const original = (post: Partial<NetworkPost>, more: Partial<OriginalRow> = {}): OriginalRow => ({
  ...{ id: ORIGINAL, post: kept({ id: ORIGINAL, text: 'The original', ...post }), missing: null, seen_at: at },
  ...more,
});
const quoting = { references: [{ kind: 'quote' as const, id: ORIGINAL, handle: 'wards' }] };
const words = (segments: { text: string }[]) => segments.map(({ text }) => text).join('');

describe('a thread', () => {
  it('is one post with its parts, in order', () => {
    const answers = [answer(2, HEAD), answer(3, '1867000000000000012')];
    const { text, thread } = shownFrom(row({ text: 'Part 1' }, { answers }), place);
    expect([text, ...thread.map((part) => part.text)]).toEqual(['Part 1', 'Part 2', 'Part 3']);
    expect(thread[0]).toMatchObject({ permalink: 'https://x.com/NHS/status/1867000000000000012', thread: [] });
  });

  it('has no part that answers somebody else', () => {
    const answers = [answer(2, '1867999999999999999'), answer(3, '1867000000000000012')];
    expect(shownFrom(row({}, { answers }), place).thread).toEqual([]);
  });

  it('goes on after a part that is hidden, without it', () => {
    const answers = [answer(2, HEAD, { hidden: true }), answer(3, '1867000000000000012')];
    expect(shownFrom(row({}, { answers }), place).thread.map((part) => part.text)).toEqual(['Part 3']);
  });

  it('goes on from the first version of a head that was edited', () => {
    const edited = { id: '1867000000000000009', editHistoryIds: [HEAD, '1867000000000000009'], edited: true };
    expect(shownFrom(row(edited, { answers: [answer(2, HEAD)] }), place).thread).toHaveLength(1);
  });
});

describe('a quoted post', () => {
  it('is shown under the name of whose it is, without the link to it', () => {
    const text = 'Look at this https://t.co/aaaaaaaaaa';
    const link = { start: 13, end: 36, url: 'https://t.co/aaaaaaaaaa', display: 'x.com/wards/…', mediaKey: null };
    const entities = {
      links: [{ ...link, expanded: `https://x.com/wards/status/${ORIGINAL}` }],
      ...{ mentions: [], hashtags: [], cashtags: [] },
    };
    const post = shownFrom(row({ ...quoting, text, entities }, { originals: [original({})] }), place);
    expect(words(post.segments)).toBe('Look at this');
    expect(post.quote).toMatchObject({
      handle: 'wards',
      permalink: `https://x.com/wards/status/${ORIGINAL}`,
      segments: [{ text: 'The original' }],
      linkOnly: false,
    });
  });

  it.each([
    ['is withheld', original({ withheld: { countries: ['DE'], copyright: false } })],
    ['is protected', original({}, { post: null, missing: 'protected' })],
    ['could not be had', original({}, { post: null, missing: 'unavailable' })],
    ['was not read yet', null],
  ])('is only a link when it %s', (_, found) => {
    const { quote } = shownFrom(row(quoting, { originals: found && [found] }), place);
    expect(quote).toMatchObject({ linkOnly: true, segments: [{ text: 'See the original on X' }] });
  });

  it('is not there when it is gone', () => {
    const gone = original({}, { post: null, missing: 'gone' });
    expect(shownFrom(row(quoting, { originals: [gone] }), place).quote).toBeNull();
  });
});

describe('a repost', () => {
  const passing = {
    text: 'RT @wards: The ori…',
    references: [{ kind: 'repost' as const, id: ORIGINAL, handle: 'wards' }],
  };

  it('shows the whole original, and not the cut text of the repost', () => {
    const post = shownFrom(row(passing, { originals: [original({})] }), place);
    expect([post.repost, words(post.segments), words(post.quote?.segments ?? [])]).toEqual([
      true,
      'Reposted @wards',
      'The original',
    ]);
  });

  it('of what is gone is only a link', () => {
    const gone = original({}, { post: null, missing: 'gone' });
    expect(shownFrom(row(passing, { originals: [gone] }), place)).toMatchObject({ linkOnly: true, quote: null });
  });
});

describe('a post', () => {
  it('that the network withholds is only a link', () => {
    const post = shownFrom(row({ text: 'Withheld', withheld: { countries: [], copyright: true } }), place);
    expect(post.linkOnly).toBe(true);
    expect(JSON.stringify(post)).not.toContain('Withheld');
  });

  it('says whether the network marks it, or what it quotes, as possibly upsetting', () => {
    const marked = { possiblySensitive: true };
    const own = shownFrom(row({ ...quoting, ...marked }, { originals: [original({})] }), place);
    const quoted = shownFrom(row(quoting, { originals: [original(marked)] }), place);
    expect([own.sensitive, own.quote?.sensitive]).toEqual([true, false]);
    expect([quoted.sensitive, quoted.quote?.sensitive]).toEqual([false, true]);
  });

  it('with a film has its still', () => {
    const media = {
      key: '7_1',
      type: 'video' as const,
      url: null,
      previewUrl: null,
      alt: 'A bear',
      width: 4,
      height: 3,
    };
    const copies = { '7_1': { file: 'f', width: 4, height: 3 } };
    const { pictures } = shownFrom(row({}, { post: { ...kept({ media: [media] }), copies } }), place);
    expect(pictures).toEqual([
      { href: 'https://posts.example.org/f', width: 4, height: 3, description: 'A bear', still: 'video' },
    ]);
  });
});

describe('a post whose picture', () => {
  const text = 'At dawn https://t.co/aaaaaaaaaa';
  const link = { start: 8, end: 31, url: 'https://t.co/aaaaaaaaaa', display: 'pic.x.com/aaaaaaaaaa', expanded: '' };
  const entities = { links: [{ ...link, mediaKey: '3_1' }], mentions: [], hashtags: [], cashtags: [] };
  const photo = { key: '3_1', type: 'photo' as const, url: 'https://pbs.twimg.com/media/a.jpg', previewUrl: null };
  const media = [{ ...photo, alt: null, width: 4, height: 3 }];

  it('could be had does not link to it as well', () => {
    const post = { ...kept({ text, entities, media }), copies: { '3_1': { file: 'a', width: 4, height: 3 } } };
    const shown = shownFrom(row({}, { post }), place);
    expect([words(shown.segments), shown.pictures.length]).toEqual(['At dawn', 1]);
  });

  it('cannot be had keeps the link to it, own or quoted', () => {
    const shown = shownFrom(
      row({ ...quoting, text, entities, media }, { originals: [original({ text, entities, media })] }),
      place,
    );
    const wanted = [{ text: 'At dawn ' }, { text: 'pic.x.com/aaaaaaaaaa', href: 'https://t.co/aaaaaaaaaa' }];
    expect([shown.segments, shown.quote?.segments]).toEqual([wanted, wanted]);
  });
});

it('a post that was edited is known by its first version, of which its number tells the instant', () => {
  const id = '1867000000000000009';
  const shown = shownFrom(row({ id, editHistoryIds: [HEAD, id], edited: true, lang: 'iw' }), place);
  expect(shown).toMatchObject({ id, first: { id: HEAD, postedAt: instantOf(HEAD) }, lang: 'he' });
});
