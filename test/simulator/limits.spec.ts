import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TwitterApi } from 'twitter-api-v2';
import type { MeterReading } from '../../src/simulator/meter.js';
import { failure, PretendNetwork } from './network.js';

let network: PretendNetwork;
let nhs: { id: string; x: TwitterApi };
beforeAll(async () => {
  network = await PretendNetwork.start();
});
afterAll(() => network.stop());
beforeEach(async () => {
  network.moveClock('2026-11-23T23:30:00Z');
  await network.post('reset', {});
  nhs = await network.account('NHS');
});

describe('rate limits', () => {
  it('are counted down in the headers, for each account alone', async () => {
    const first = await nhs.x.v2.get('users/me', undefined, { fullResponse: true });
    const second = await nhs.x.v2.get('users/me', undefined, { fullResponse: true });
    expect([first.rateLimit?.remaining, second.rateLimit?.remaining]).toEqual([74, 73]);
    expect(second.rateLimit?.limit).toBe(75);
    expect((second.rateLimit?.reset ?? 0) - Date.now() / 1000).toBeLessThanOrEqual(901);
    const olu = await network.account('olu');
    const theirs = await olu.x.v2.get('users/me', undefined, { fullResponse: true });
    expect(theirs.rateLimit?.remaining).toBe(74);
  });

  it('show the day’s for the whole app on a new post', async () => {
    const answer = await nhs.x.v2.post('tweets', { text: 'Hello' }, { fullResponse: true });
    expect(answer.rateLimit?.day).toMatchObject({ limit: 10_000, remaining: 9_999 });
  });

  it('refuse what is too much, and can be switched off for one endpoint', async () => {
    for (let call = 0; call < 75; call++) await nhs.x.v2.me();
    expect(await failure(nhs.x.v2.me())).toMatchObject({ code: 429, data: { title: 'Too Many Requests' } });
    await network.post('limits', { endpoint: 'me', on: false });
    expect((await nhs.x.v2.me()).data.username).toBe('NHS');
    await network.post('limits', { endpoint: 'me', on: true });
    expect(await failure(nhs.x.v2.me())).toMatchObject({ code: 429 });
  });
});

describe('the meter', () => {
  const meter = () => network.get<MeterReading>('meter.json');
  const lines = async () =>
    Object.fromEntries((await meter()).lines.map(({ what, count, microdollars }) => [what, [count, microdollars]]));

  it('adds up what X would have charged', async () => {
    const { data } = await nhs.x.v2.tweet('Hello');
    await nhs.x.v2.tweet('See https://www.nhs.uk');
    await nhs.x.v2.me();
    await nhs.x.v2.deleteTweet(data.id);
    const { id } = await network.post('users', { handle: 'olu' });
    await nhs.x.v2.sendDmToParticipant(id, { text: 'Hello' });
    const asked = await network.post('posts', { handle: 'olu', text: 'Hello @NHS' });
    await nhs.x.v2.reply('Hello to you', asked.id);
    expect(await lines()).toEqual({
      post: [1, 15_000],
      'post with a link': [1, 200_000],
      'user read': [1, 10_000],
      deletion: [1, 10_000],
      'direct message': [1, 15_000],
      'summoned reply': [1, 10_000],
    });
    expect((await meter()).dollars).toBe('0.260');
  });

  it('charges the same item once a day, less for one’s own, and nothing for an empty page', async () => {
    await nhs.x.v2.userTimeline(nhs.id);
    expect(await lines()).toEqual({});
    await network.post('posts', { handle: 'NHS', text: 'One' });
    const { id } = await network.post('posts', { handle: 'NHS', text: 'Two' });
    await nhs.x.v2.userTimeline(nhs.id);
    await nhs.x.v2.userTimeline(nhs.id);
    expect(await lines()).toEqual({ 'owned read': [2, 2_000] });
    await nhs.x.v2.singleTweet(id);
    expect(await lines()).toEqual({ 'owned read': [2, 2_000], 'post read': [1, 5_000] });
    network.moveClock('2026-11-24T00:00:00Z');
    await nhs.x.v2.userTimeline(nhs.id, { expansions: ['author_id'] });
    expect(await lines()).toEqual({ 'owned read': [4, 4_000], 'post read': [1, 5_000], 'user read': [1, 10_000] });
  });
});
