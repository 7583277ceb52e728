import { describe, expect, it } from '@jest/globals';
import { foundFrom, pageFrom, tokensFrom } from './translate.js';
import { type PostsAnswer, postsAnswer, tokenAnswer } from './wire.js';

const ID = '1860000000000000001';
const read = (answer: unknown): PostsAnswer => postsAnswer.parse(answer);
const one = (post: object, includes: object = {}) => {
  const [first] = pageFrom(read({ data: [{ id: ID, text: 'Hello', ...post }], includes })).posts;
  if (!first) throw new Error('no post');
  return first;
};

describe('a post of X', () => {
  it('is read in the older and in the newer words alike', () => {
    const older = one({
      note_tweet: { text: 'The whole of it', entities: { hashtags: [] } },
      referenced_tweets: [{ type: 'retweeted', id: '1' }],
      edit_history_tweet_ids: ['1', ID],
      public_metrics: { retweet_count: 3, reply_count: 1, like_count: 2, quote_count: 0, bookmark_count: 0 },
    });
    const newer = one({
      note_post: { text: 'The whole of it', entities: { hashtags: [] } },
      referenced_posts: [{ type: 'reposted', id: '1' }],
      edit_history_post_ids: ['1', ID],
      public_metrics: { repost_count: 3, reply_count: 1, like_count: 2, quote_count: 0, bookmark_count: 0 },
    });
    expect(newer).toEqual(older);
    expect(older).toMatchObject({
      text: 'The whole of it',
      references: [{ kind: 'repost', id: '1' }],
      edited: true,
      metrics: { reposts: 3, likes: 2, quotes: 0, impressions: null },
    });
  });

  it('takes a long text with its own entities, not those of the short form', () => {
    const post = one({
      text: 'Short #a',
      entities: { hashtags: [{ start: 6, end: 8, tag: 'a' }] },
      note_tweet: { text: 'Short no more #b', entities: { hashtags: [{ start: 14, end: 16, tag: 'b' }] } },
    });
    expect(post.text).toBe('Short no more #b');
    expect(post.entities.hashtags).toEqual([{ start: 14, end: 16, tag: 'b' }]);
  });

  it('has its pictures in order, with their descriptions', () => {
    const post = one(
      { attachments: { media_keys: ['3_2', '3_1', '3_lost'] } },
      {
        media: [
          { media_key: '3_1', type: 'photo', url: 'https://pbs.twimg.com/1.jpg', width: 4, height: 3 },
          {
            media_key: '3_2',
            type: 'animated_gif',
            preview_image_url: 'https://pbs.twimg.com/2.jpg',
            alt_text: 'A bear',
          },
        ],
      },
    );
    expect(post.media.map(({ key, type, alt }) => [key, type, alt])).toEqual([
      ['3_2', 'gif', 'A bear'],
      ['3_1', 'photo', null],
    ]);
  });

  it('has its poll in order', () => {
    const post = one(
      { attachments: { poll_ids: ['9'] } },
      {
        polls: [
          {
            id: '9',
            options: [
              { position: 2, label: 'Tea', votes: 5 },
              { position: 1, label: 'Coffee', votes: 1 },
            ],
            voting_status: 'open',
            end_datetime: '2026-11-23T09:00:00.000Z',
          },
        ],
      },
    );
    expect(post.poll).toEqual({
      id: '9',
      options: [
        { label: 'Coffee', votes: 1 },
        { label: 'Tea', votes: 5 },
      ],
      open: true,
      endsAt: new Date('2026-11-23T09:00:00Z'),
    });
  });

  it('knows whose post it passes on or quotes, without asking for the author', () => {
    const repost = one({ text: 'RT @wards: Good morning', referenced_tweets: [{ type: 'retweeted', id: '7' }] });
    expect(repost.references).toEqual([{ kind: 'repost', id: '7', handle: 'wards' }]);
    const link = { start: 6, end: 29, url: 'https://t.co/aaaaaaaaaa' };
    const quotes = (expanded_url: string) =>
      one({ entities: { urls: [{ ...link, expanded_url }] }, referenced_tweets: [{ type: 'quoted', id: '7' }] });
    expect(quotes('https://twitter.com/wards/status/7').references[0]?.handle).toBe('wards');
    expect(quotes('https://x.com/wards/status/7?s=20').references[0]?.handle).toBe('wards');
    expect(quotes('https://x.com/wards/status/78').references[0]?.handle).toBeUndefined();
    expect(quotes('https://evil.example/x.com/wards/status/7').references[0]?.handle).toBeUndefined();
  });

  it('knows what it answers', () => {
    const post = one({ referenced_tweets: [{ type: 'replied_to', id: '7' }], in_reply_to_user_id: '42' });
    expect(post).toMatchObject({
      replyTo: '7',
      replyToUserId: '42',
      references: [{ kind: 'reply', id: '7' }],
    });
  });

  it('takes its instant from its id where X gives none', () => {
    expect(one({ id: '1212092628029698048' }).createdAt.toISOString()).toMatch(/^2019-12-31T19:26:16/);
  });

  it('survives fields in shapes that nobody announced', () => {
    const post = one({
      entities: 'none',
      public_metrics: 7,
      withheld: [],
      referenced_tweets: { id: 1 },
      attachments: null,
      possibly_sensitive: 'no',
      created_at: 'yesterday',
    });
    expect(post).toMatchObject({ text: 'Hello', references: [], media: [], metrics: null, withheld: null });
  });

  it('says where it is withheld', () => {
    const post = one({ withheld: { copyright: false, country_codes: ['DE'] } });
    expect(post.withheld).toEqual({ countries: ['DE'], copyright: false });
  });
});

describe('a page of X', () => {
  it('is empty without being an error', () => {
    expect(pageFrom(read({ meta: { result_count: 0 } }))).toEqual({ posts: [], nextPage: null });
  });

  it('knows the next', () => {
    expect(pageFrom(read({ data: [], meta: { result_count: 0, next_token: 'b26v' } })).nextPage).toBe('b26v');
  });

  it('is refused whole when an id is a number: it has lost its last digits', () => {
    expect(postsAnswer.safeParse({ data: [JSON.parse(`{ "id": ${ID}, "text": "Hello" }`)] }).success).toBe(false);
  });
});

describe('a look-up', () => {
  it('accounts for every id', () => {
    const answer = read({
      data: [{ id: '1', text: 'Here' }],
      errors: [
        { resource_id: '2', type: 'https://api.x.com/2/problems/resource-not-found' },
        { value: '3', type: 'https://api.twitter.com/2/problems/not-authorized-for-resource' },
        { resource_id: '4', type: 'https://api.x.com/2/problems/resource-unavailable' },
      ],
    });
    const { posts, missing } = foundFrom(answer, ['1', '2', '3', '4', '5']);
    expect(posts.map((post) => post.id)).toEqual(['1']);
    expect(missing).toEqual([
      { id: '2', why: 'gone' },
      { id: '3', why: 'protected' },
      { id: '4', why: 'unavailable' },
      { id: '5', why: 'unavailable' },
    ]);
  });
});

describe('tokens of X', () => {
  it('have no refresh token rather than an empty one', () => {
    const tokens = tokensFrom(tokenAnswer.parse({ access_token: 'a', refresh_token: '', expires_in: 7200 }));
    expect(tokens).toEqual({ accessToken: 'a', refreshToken: null, expiresInSeconds: 7200, scopes: [] });
  });
});
