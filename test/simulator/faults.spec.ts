import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TwitterApi } from 'twitter-api-v2';
import type { LoggedCall } from '../../src/simulator/world.service.js';
import { failure, PretendNetwork } from './network.js';

let network: PretendNetwork;
let nhs: { id: string; x: TwitterApi; token: string };
beforeAll(async () => {
  network = await PretendNetwork.start();
});
afterAll(() => network.stop());
beforeEach(async () => {
  await network.post('reset', {});
  nhs = await network.account('NHS');
});

const PATIENCE_MS = 150;
const fault = (kind: string, more: object = {}) => network.post('faults', { endpoint: 'create', kind, ...more });
const posts = async () => (await network.get<{ text: string }[]>('posts.json')).map(({ text }) => text);

/** How a post ended: the answer's status, or nothing. */
async function outcome(text = 'Good morning') {
  const answer = await fetch(`${network.url}/2/tweets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${nhs.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error: Error) => (error.name === 'TimeoutError' ? 'silence' : 'broken'));
  return typeof answer === 'string' ? answer : { status: answer.status, text: await answer.text() };
}

describe('a fault that is an answer', () => {
  it.each([
    ['429', 429, 'Too Many Requests'],
    ['429-old', 429, '"code":88'],
    ['401', 401, 'Unauthorized'],
    ['402', 402, 'credits depleted'],
    ['403-duplicate', 403, 'duplicate content'],
    ['403-reply', 403, 'mentioned or otherwise engaged'],
    ['453', 403, '"code":453'],
    ['500', 500, 'Internal Server Error'],
    ['503', 503, 'Service Unavailable'],
  ])('%s is given instead of a post', async (kind, status, words) => {
    await fault(kind);
    expect(await outcome()).toEqual({ status, text: expect.stringContaining(words) });
    expect(await posts()).toEqual([]);
    expect(await outcome()).toMatchObject({ status: 201 });
  });

  it('says when a limit is full again', async () => {
    await fault('429', { amount: 2 });
    const failed = (await failure(nhs.x.v2.tweet('Hello'))) as { rateLimit?: { remaining: number; reset: number } };
    expect(failed.rateLimit?.remaining).toBe(0);
    expect(Math.abs((failed.rateLimit?.reset ?? 0) - Date.now() / 1000 - 2)).toBeLessThan(2);
  });
});

describe('a fault that leaves it open whether it worked', () => {
  it.each([
    ['silence', 'silence', []],
    ['reset', 'broken', []],
    ['applied-silence', 'silence', ['Good morning']],
    ['applied-reset', 'broken', ['Good morning']],
    ['applied-503', { status: 503, text: expect.any(String) }, ['Good morning']],
  ])('%s', async (kind, ended, kept) => {
    await fault(kind);
    expect(await outcome()).toEqual(ended);
    expect(await posts()).toEqual(kept);
  });

  it('malformed', async () => {
    await fault('malformed');
    const ended = await outcome();
    expect(() => JSON.parse((ended as { text: string }).text)).toThrow();
    expect(await posts()).toEqual(['Good morning']);
  });
});

describe('other faults', () => {
  it('slow keeps one waiting', async () => {
    await fault('slow', { amount: 2 * PATIENCE_MS });
    expect(await outcome()).toBe('silence');
  });

  it('an empty page hides a timeline', async () => {
    await nhs.x.v2.tweet('Hello');
    await network.post('faults', { endpoint: 'timeline', kind: 'empty-page' });
    expect((await nhs.x.v2.userTimeline(nhs.id)).tweets).toEqual([]);
    expect((await nhs.x.v2.userTimeline(nhs.id)).tweets).toHaveLength(1);
  });

  it('a dead family ends the tokens for good', async () => {
    const tokens = await network.connect();
    await network.post('faults', { endpoint: 'token', kind: 'dead-family' });
    expect(await failure(network.refresh(tokens.refresh_token))).toMatchObject({ code: 400 });
    expect(await failure(network.as(tokens.access_token).v2.me())).toMatchObject({ code: 401 });
  });
});

describe('when a fault strikes', () => {
  it('is at the nth call, as often as was said', async () => {
    await fault('503', { nth: 2, count: 2 });
    const ended = [];
    for (const text of ['a', 'b', 'c', 'd']) ended.push(((await outcome(text)) as { status: number }).status);
    expect(ended).toEqual([201, 503, 503, 201]);
  });

  it('is every call until it is ended, and only at its endpoint', async () => {
    await fault('402', { every: true });
    for (const text of ['a', 'b', 'c']) expect(await outcome(text)).toMatchObject({ status: 402 });
    expect((await nhs.x.v2.me()).data.username).toBe('NHS');
    await fetch(`${network.url}/simulator/faults`, { method: 'DELETE' });
    expect(await outcome()).toMatchObject({ status: 201 });
    expect(await network.get('faults')).toEqual([]);
  });

  it('can be any call', async () => {
    await network.post('faults', { endpoint: 'any', kind: '500' });
    expect(await failure(nhs.x.v2.me())).toMatchObject({ code: 500 });
  });

  it('is refused for a fault that does not exist', async () => {
    await expect(fault('flood')).rejects.toThrow(/^400: .*kind/);
  });
});

describe('the log of calls', () => {
  it('says what happened, newest first', async () => {
    await fault('applied-503');
    await outcome();
    await nhs.x.v2.me();
    const [me, create] = await network.get<LoggedCall[]>('calls.json');
    expect(me).toMatchObject({ endpoint: 'me', status: 200, fault: null, applied: false, handle: 'NHS' });
    expect(create).toMatchObject({ endpoint: 'create', status: 503, fault: 'applied-503', applied: true });
  });
});
