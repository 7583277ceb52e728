import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TwitterApi } from 'twitter-api-v2';
import { failure, PretendNetwork } from './network.js';

let network: PretendNetwork;
let nhs: { id: string; x: TwitterApi; token: string };
let posts: string[];

beforeAll(async () => {
  network = await PretendNetwork.start();
  network.moveClock('2026-11-23T09:00:00Z');
  nhs = await network.account('NHS');
  await network.post('users', { handle: 'olu' });
  posts = [];
  for (let day = 1; day <= 12; day++) {
    const at = `2026-11-${String(day).padStart(2, '0')}T12:00:00Z`;
    posts.unshift((await network.post('posts', { handle: 'NHS', text: `Day ${day}`, at })).id);
  }
});
afterAll(() => network.stop());

const page = (query: object): Promise<{ data?: { id: string }[]; meta: Record<string, unknown> }> =>
  nhs.x.v2.get('users/:id/tweets', query as never, { params: { id: nhs.id } });
const ids = (found: { data?: { id: string }[] }) => found.data?.map(({ id }) => id);

describe('a timeline', () => {
  it('comes in pages, newest first', async () => {
    const first = await page({ max_results: 5 });
    expect(ids(first)).toEqual(posts.slice(0, 5));
    expect(first.meta).toEqual({
      newest_id: posts[0],
      oldest_id: posts[4],
      result_count: 5,
      next_token: expect.any(String),
    });
    const second = await page({ max_results: 5, pagination_token: first.meta.next_token });
    expect(ids(second)).toEqual(posts.slice(5, 10));
    const third = await page({ max_results: 5, pagination_token: second.meta.next_token });
    expect(ids(third)).toEqual(posts.slice(10));
    expect(third.meta).not.toHaveProperty('next_token');
  });

  it('is walked by the library’s own paginator', async () => {
    const walked = await nhs.x.v2.userTimeline(nhs.id, { max_results: 5 });
    await walked.fetchLast(100);
    expect(walked.tweets.map(({ id }) => id)).toEqual(posts);
  });

  it('may show a post only after a while of its own, and then for good', async () => {
    await network.post('lag', { upTo: 90_000 });
    const { id } = await network.post('posts', { handle: 'NHS', text: 'Soon' });
    const shownAfter = async (seconds: number) => {
      network.moveClock(new Date(Date.parse('2026-11-23T09:00:00Z') + seconds * 1000).toISOString());
      return ids(await page({ max_results: 5 }))?.includes(id);
    };
    expect([await shownAfter(0), await shownAfter(90)]).toEqual([false, true]);
    await network.post('lag', { upTo: 0 });
    expect(await shownAfter(0)).toBe(true);
    await fetch(`${network.url}/simulator/posts/${id}`, { method: 'DELETE' });
  });

  it('begins after a post and ends before another, or at instants', async () => {
    expect(ids(await page({ since_id: posts[3] }))).toEqual(posts.slice(0, 3));
    expect(ids(await page({ until_id: posts[8] }))).toEqual(posts.slice(9));
    expect(ids(await page({ start_time: '2026-11-03T12:00:00Z', end_time: '2026-11-05T12:00:00Z' }))).toEqual(
      posts.slice(7, 10),
    );
  });

  it('is empty without data when nothing is new', async () => {
    expect(await page({ since_id: posts[0] })).toEqual({ meta: { result_count: 0 } });
  });

  it('leaves out replies and reposts when told, and earlier versions always', async () => {
    const since = posts[0];
    const stranger = await network.post('posts', { handle: 'olu', text: 'Hello @NHS' });
    const reply = await network.post('posts', { handle: 'NHS', text: 'Hello', replyTo: stranger.id });
    const repost = await network.post('posts', { handle: 'NHS', repostOf: stranger.id });
    const draft = await network.post('posts', { handle: 'NHS', text: 'Frist' });
    const edited = await network.post('posts', { handle: 'NHS', text: 'First', edits: draft.id });
    expect(ids(await page({ since_id: since }))).toEqual([edited.id, repost.id, reply.id]);
    expect(ids(await page({ since_id: since, exclude: 'replies,retweets' }))).toEqual([edited.id]);
    const mentions = await nhs.x.v2.userMentionTimeline(nhs.id);
    expect(mentions.tweets.map(({ id }) => id)).toEqual([stranger.id]);
    for (const { id } of [stranger, reply, edited])
      await fetch(`${network.url}/simulator/posts/${id}`, { method: 'DELETE' });
    expect(ids(await page({}))).toEqual(posts.slice(0, 10));
  });

  it('is refused for a page size or a page that does not exist', async () => {
    expect(await failure(page({ max_results: 4 }))).toMatchObject({
      code: 400,
      data: { title: 'Invalid Request', errors: [{ parameters: { max_results: ['4'] } }] },
    });
    expect(await failure(page({ pagination_token: 'nonsense' }))).toMatchObject({ code: 400 });
  });

  it('of a protected account is not shown to others', async () => {
    const { id } = await network.post('users', { handle: 'kim', protected: true });
    const answer = await nhs.x.v2.get('users/:id/tweets', {}, { params: { id } });
    expect(answer).toMatchObject({ errors: [{ resource_id: id, title: 'Authorization Error' }] });
    expect(answer).not.toHaveProperty('data');
  });

  it('is read with an app’s own token', async () => {
    const app = await network.asApp().post<{ access_token: string }>('https://api.x.com/oauth2/token', {
      client_id: 'baton',
      client_secret: 'baton-secret',
      grant_type: 'client_credentials',
    });
    const x = network.as(app.access_token);
    expect((await x.v2.userTimeline(nhs.id)).tweets).toHaveLength(10);
    expect(await failure(x.v2.tweet('Hello'))).toMatchObject({ code: 403 });
  });
});

describe('the words of an answer', () => {
  it('are those that were asked with', async () => {
    const { id } = await network.post('posts', { handle: 'NHS', text: 'x'.repeat(300), quoteOf: posts[0] });
    const ask = (query: Record<string, string>) =>
      nhs.x.v2.get<{ data: Record<string, unknown>[] }>('tweets', { ids: id, ...query });
    // X adds the link to what is quoted.
    const said = expect.stringMatching(/^x{300} https:\/\/t\.co\/\w+$/);
    const older = await ask({
      'tweet.fields': 'note_tweet,referenced_tweets,public_metrics',
      expansions: 'referenced_tweets.id',
    });
    expect(older.data[0]).toMatchObject({
      edit_history_tweet_ids: [id],
      note_tweet: { text: said },
      referenced_tweets: [{ type: 'quoted', id: posts[0] }],
      public_metrics: { retweet_count: 0 },
    });
    expect(older).toHaveProperty('includes.tweets');
    const newer = await ask({
      'post.fields': 'note_post,referenced_posts,public_metrics',
      expansions: 'referenced_posts.id',
    });
    expect(newer.data[0]).toMatchObject({
      edit_history_post_ids: [id],
      note_post: { text: said },
      referenced_posts: [{ type: 'quoted', id: posts[0] }],
      public_metrics: { repost_count: 0 },
    });
    expect(newer).toHaveProperty('includes.posts');
    expect(JSON.stringify(newer)).not.toMatch(/tweet/);
  });
});
