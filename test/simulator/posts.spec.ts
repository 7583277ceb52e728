import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TwitterApi } from 'twitter-api-v2';
import { failure, PretendNetwork } from './network.js';

let network: PretendNetwork;
let nhs: { id: string; x: TwitterApi };
beforeAll(async () => {
  network = await PretendNetwork.start();
});
afterAll(() => network.stop());
beforeEach(async () => {
  network.moveClock('2026-11-23T09:00:00Z');
  await network.post('reset', {});
  nhs = await network.account('NHS', { name: 'NHS' });
});

const fromPhone = (body: object) => network.post('posts', { handle: 'NHS', ...body });

describe('a new post', () => {
  it('has an id that carries the instant of the service', async () => {
    const { data } = await nhs.x.v2.tweet('Good morning');
    expect(data).toEqual({ id: expect.any(String), text: 'Good morning', edit_history_tweet_ids: [data.id] });
    expect(new Date(Number((BigInt(data.id) >> 22n) + 1288834974657n)).toISOString()).toBe('2026-11-23T09:00:00.000Z');
  });

  it('is refused a second time within a day', async () => {
    await nhs.x.v2.tweet('Good morning');
    expect(await failure(nhs.x.v2.tweet('Good morning'))).toMatchObject({
      code: 403,
      data: { detail: 'You are not allowed to create a Tweet with duplicate content.', status: 403 },
    });
    network.moveClock('2026-11-24T09:00:01Z');
    expect((await nhs.x.v2.tweet('Good morning')).data.id).toBeTruthy();
  });

  it('is counted in X’s own weights', async () => {
    expect((await nhs.x.v2.tweet(`${'a'.repeat(256)} https://www.nhs.uk/${'b'.repeat(200)}`)).data.id).toBeTruthy();
    expect(await failure(nhs.x.v2.tweet('界'.repeat(141)))).toMatchObject({ code: 403 });
    expect(await failure(nhs.x.v2.tweet(''))).toMatchObject({ code: 400 });
  });

  it('may answer only those who mentioned or quoted the account, and itself', async () => {
    await network.post('users', { handle: 'olu' });
    const stranger = await fromPhone({ handle: 'olu', text: 'Lovely weather' });
    const asked = await fromPhone({ handle: 'olu', text: 'Thanks @nhs!' });
    const own = await nhs.x.v2.tweet('A thread');
    const quoting = await fromPhone({ handle: 'olu', text: 'Look', quoteOf: own.data.id });
    expect(await failure(nhs.x.v2.reply('Hello', stranger.id))).toMatchObject({
      code: 403,
      data: { detail: expect.stringContaining('Reply to this conversation is not allowed because you have not been') },
    });
    for (const target of [asked.id, own.data.id, quoting.id]) {
      expect((await nhs.x.v2.reply(`An answer to ${target}`, target)).data.id).toBeTruthy();
    }
    expect(await failure(nhs.x.v2.reply('Hello', '1860000000000000000'))).toMatchObject({ code: 403 });
    expect(await failure(nhs.x.v2.quote('Hello', own.data.id))).toMatchObject({ code: 403 });
  });
});

describe('a deletion', () => {
  it('takes the post away, and its reposts, and says so again', async () => {
    const { data } = await nhs.x.v2.tweet('A typing error');
    await fromPhone({ repostOf: data.id });
    expect(await nhs.x.v2.deleteTweet(data.id)).toEqual({ data: { deleted: true } });
    expect(await nhs.x.v2.deleteTweet(data.id)).toEqual({ data: { deleted: true } });
    expect(await network.get('posts.json')).toEqual([]);
  });

  it('is only for one’s own posts', async () => {
    await network.post('users', { handle: 'olu' });
    const { id } = await fromPhone({ handle: 'olu', text: 'Mine' });
    expect(await failure(nhs.x.v2.deleteTweet(id))).toMatchObject({ code: 403 });
  });
});

describe('a look-up', () => {
  it('gives what is there, and says of the rest why not', async () => {
    const { data } = await nhs.x.v2.tweet('Here');
    const hidden = await fromPhone({ text: 'Not for you', protected: true });
    await network.post('users', { handle: 'olu', protected: true });
    const closed = await fromPhone({ handle: 'olu', text: 'For my friends' });
    const gone = '1860000000000000001';
    const answer = await nhs.x.v2.tweets([data.id, hidden.id, closed.id, gone]);
    expect(answer.data.map(({ id }) => id)).toEqual([data.id]);
    expect(answer.errors?.map(({ resource_id, type }) => [resource_id, type.split('/').pop()])).toEqual([
      [hidden.id, 'not-authorized-for-resource'],
      [closed.id, 'not-authorized-for-resource'],
      [gone, 'resource-not-found'],
    ]);
  });

  it('of one lost post has no data at all', async () => {
    const answer = await nhs.x.v2.singleTweet('1860000000000000001');
    expect(answer).not.toHaveProperty('data');
    expect(answer.errors?.[0]).toMatchObject({ title: 'Not Found Error', parameter: 'id', resource_type: 'tweet' });
  });

  it('shows only the fields that were asked for', async () => {
    const { data } = await nhs.x.v2.tweet('Hello @nhs & all, see https://www.nhs.uk/live-well 👩🏽‍⚕️ #NHS');
    expect(Object.keys((await nhs.x.v2.singleTweet(data.id)).data).sort()).toEqual([
      'edit_history_tweet_ids',
      'id',
      'text',
    ]);
    const full = await nhs.x.v2.singleTweet(data.id, {
      'tweet.fields': ['created_at', 'author_id', 'entities', 'public_metrics', 'conversation_id'],
      expansions: ['author_id'],
      'user.fields': ['description'],
    });
    expect(full.data).toMatchObject({
      created_at: '2026-11-23T09:00:00.000Z',
      author_id: nhs.id,
      conversation_id: data.id,
      public_metrics: { retweet_count: 0, like_count: 0 },
    });
    expect(full.includes?.users).toEqual([{ id: nhs.id, name: 'NHS', username: 'NHS', description: '' }]);
    const { text, entities } = full.data;
    expect(text).toContain('&amp; all');
    const cut = ({ start, end }: { start: number; end: number }) => Array.from(text).slice(start, end).join('');
    expect(entities?.urls.map(cut)).toEqual([entities?.urls[0]?.url]);
    expect(entities?.urls[0]).toMatchObject({
      expanded_url: 'https://www.nhs.uk/live-well',
      display_url: 'nhs.uk/live-well',
    });
    expect(entities?.mentions.map(cut)).toEqual(['@nhs']);
    expect(entities?.mentions[0]).toMatchObject({ username: 'nhs', id: nhs.id });
    expect(entities?.hashtags.map(cut)).toEqual(['#NHS']);
  });

  it('gives a long post whole only in its note', async () => {
    const text = `${'A long story about our porters. '.repeat(20)}#NHS`;
    const { id } = await fromPhone({ text });
    const { data } = await nhs.x.v2.singleTweet(id, { 'tweet.fields': ['note_tweet', 'entities'] });
    expect(data.text).toMatch(/… https:\/\/t\.co\/\w{10}$/);
    const note = data.note_tweet as { text: string; entities: { hashtags: { start: number; end: number }[] } };
    expect(note.text).toBe(text);
    expect(text.slice(note.entities.hashtags[0]?.start, note.entities.hashtags[0]?.end)).toBe('#NHS');
  });

  it('knows edits, polls, quotes and what is withheld', async () => {
    const first = await fromPhone({ text: 'Wendesday' });
    const second = await fromPhone({ text: 'Wednesday', edits: first.id });
    const other = await fromPhone({
      text: 'Tea?',
      quoteOf: second.id,
      withheld: ['DE'],
      poll: { options: ['Yes', 'No'], minutes: 60 },
    });
    const fields = {
      'tweet.fields': ['referenced_tweets', 'withheld', 'attachments'],
      expansions: ['referenced_tweets.id', 'attachments.poll_ids'],
      'poll.fields': ['voting_status', 'end_datetime'],
    } as const;
    const { data, includes } = await nhs.x.v2.tweets([first.id, other.id], fields as never);
    expect(data[0]).toMatchObject({ text: 'Wendesday', edit_history_tweet_ids: [first.id, second.id] });
    expect(data[1]).toMatchObject({
      withheld: { country_codes: ['DE'] },
      referenced_tweets: [{ type: 'quoted', id: second.id }],
    });
    expect(includes?.polls).toEqual([
      {
        id: expect.any(String),
        options: [
          { position: 1, label: 'Yes', votes: 0 },
          { position: 2, label: 'No', votes: 0 },
        ],
        voting_status: 'open',
        end_datetime: '2026-11-23T10:00:00.000Z',
      },
    ]);
    expect(includes?.tweets?.map(({ id }) => id)).toEqual([second.id]);
  });
});

describe('a direct message', () => {
  it('is sent to somebody who takes them', async () => {
    const { id } = await network.post('users', { handle: 'grace' });
    expect(await nhs.x.v2.sendDmToParticipant(id, { text: 'You are on next' })).toEqual({
      data: { dm_event_id: expect.any(String), dm_conversation_id: [nhs.id, id].sort().join('-') },
    });
    const closed = await network.post('users', { handle: 'olu', acceptsMessages: false });
    expect(await failure(nhs.x.v2.sendDmToParticipant(closed.id, { text: 'Hello' }))).toMatchObject({ code: 403 });
    expect(await network.get('messages.json')).toMatchObject([{ toId: id, text: 'You are on next' }]);
  });
});
