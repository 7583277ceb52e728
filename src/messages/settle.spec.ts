import { describe, expect, it } from '@jest/globals';
import type { Link, NetworkPost } from '../networks/network.js';
import { nextLook, postId, settles } from './settle.js';

const startedAt = new Date('2026-11-30T09:00:00Z');
const seconds = (n: number) => new Date(startedAt.getTime() + n * 1000);
const row = (text: string, pictures = 0, replyTo: string | null | undefined = null) => ({
  text,
  pictures,
  options: null as string[] | null,
  startedAt,
  replyTo,
});

function shown(text: string, given: Partial<NetworkPost> = {}, links: Partial<Link>[] = []): NetworkPost {
  return {
    id: '1',
    text,
    createdAt: seconds(1),
    media: [],
    replyTo: null,
    references: [],
    entities: { links, mentions: [], hashtags: [], cashtags: [] },
    ...given,
  } as unknown as NetworkPost;
}
const picture = { key: '3_1', type: 'photo' } as NetworkPost['media'][number];

describe('finding an unanswered post on the timeline', () => {
  it('finds it by its words', () => {
    expect(settles(row('Good morning from ward 12'), [shown('Good morning from ward 12')])).toBe('1');
  });

  it('finds a poll by what it asks, and takes neither another poll nor a plain post for it', () => {
    const poll = (...labels: string[]) =>
      ({ poll: { options: labels.map((label) => ({ label, votes: 3 })) } }) as never;
    const asked = { ...row('Tea?'), options: ['Yes', 'No'] };
    expect(settles(asked, [shown('Tea?', poll('Yes', 'No'))])).toBe('1');
    for (const other of [poll('Yes', 'Never'), poll('Yes'), {}])
      expect(settles(asked, [shown('Tea?', other)])).toBeNull();
    expect(settles(row('Tea?'), [shown('Tea?', poll('Yes', 'No'))])).toBeNull();
  });

  it('finds it although the network composed the accents and trimmed', () => {
    expect(settles(row(' Sia\u0302n is here\n'), [shown('Si\u00e2n is here')])).toBe('1');
  });

  it('finds it although the network shortened its links', () => {
    const link = { start: 5, end: 25, expanded: 'http://nhs.uk/', mediaKey: null };
    expect(
      settles(row('Read nhs.uk today'), [shown('Read https://t.co/abcdefg today', {}, [{ ...link, end: 25 }])]),
    ).toBe('1');
  });

  it('finds it although the network appended a link for its picture', () => {
    const post = shown('Our garden https://t.co/1234567', { media: [picture] }, [
      { start: 11, end: 31, expanded: 'https://x.com/nhs/status/1/photo/1', mediaKey: '3_1' },
    ]);
    expect(settles(row('Our garden', 1), [post])).toBe('1');
  });

  it.each([
    ['other words', [shown('Good evening')]],
    ['another number of pictures', [shown('Good morning', { media: [picture] })]],
    ['the same words from before it was begun', [shown('Good morning', { createdAt: seconds(-61) })]],
    ['an answer that says the same', [shown('Good morning', { replyTo: '8' })]],
    ['somebody else’s post passed on', [shown('Good morning', { references: [{ kind: 'repost', id: '9' }] })]],
  ])('does not take %s for it', (_, posts) => {
    expect(settles(row('Good morning'), posts)).toBeNull();
  });

  it('finds a part of a thread by what it answers, too', () => {
    const posts = [shown('And so on', { id: '3', replyTo: '8' }), shown('And so on', { id: '2', replyTo: '7' })];
    expect(settles({ text: 'And so on', pictures: 0, options: null, startedAt, replyTo: '7' }, posts)).toBe('2');
    expect(settles({ text: 'And so on', pictures: 0, options: null, startedAt, replyTo: '9' }, posts)).toBeNull();
  });

  it('finds an answer although the network put before it whom it speaks to', () => {
    const answer = row('Thank you, Ada', 0, '8');
    expect(settles(answer, [shown('@Ada_L @NHSuk Thank you, Ada', { replyTo: '8' })])).toBe('1');
    expect(settles(row('@Ada_L Thank you', 0, '8'), [shown('@Ada_L Thank you', { replyTo: '8' })])).toBe('1');
    expect(settles(answer, [shown('@Ada_L Thank you, Ada', { replyTo: '9' })])).toBeNull();
    expect(settles(row('Thank you, Ada'), [shown('@Ada_L Thank you, Ada')])).toBeNull();
  });

  it('finds a part of which nobody knows what it answers', () => {
    const part = { text: 'And so on', pictures: 0, options: null, startedAt, replyTo: undefined };
    expect(settles(part, [shown('And so on', { replyTo: '8' })])).toBe('1');
  });

  it('takes the oldest of several that fit', () => {
    const posts = [
      shown('Hello', { id: '3', createdAt: seconds(9) }),
      shown('Hello', { id: '2', createdAt: seconds(2) }),
    ];
    expect(settles(row('Hello'), posts)).toBe('2');
  });
});

describe('when the timeline is asked', () => {
  it('20 seconds after the call, a minute later, three minutes later, then a person is', () => {
    const asked = [0, 20, 80, 260].map((n) => nextLook(startedAt, seconds(n)));
    expect(asked).toEqual([seconds(20), seconds(80), seconds(260), null]);
  });
});

describe('reading the address of a post', () => {
  const id = String((BigInt(seconds(5).getTime()) - 1_288_834_974_657n) << 22n);

  it.each([
    id,
    `https://x.com/nhs/status/${id}`,
    ` https://x.com/nhs/status/${id}?s=20 `,
    `https://x.com/nhs/status/${id}/photo/1`,
  ])('takes %s', (address) => {
    expect(postId(address, startedAt, seconds(60))).toBe(id);
  });

  it.each(['', 'yes', 'https://x.com/nhs', '12', `${id}99999`])('does not take %j', (address) => {
    expect(postId(address, startedAt, seconds(60))).toBeNull();
  });

  it('does not take a post from before the call', () => {
    expect(postId(id, seconds(70), seconds(80))).toBeNull();
  });
});
