import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { XNetwork } from './x.network.js';

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const ACCESS = { token: 'an-access-token' };
const POST = { text: 'Good morning', mediaIds: [] };
const CREATED = JSON.stringify({ data: { id: '1860000000000000001', text: 'Good morning' } });

let server: Server;
let behave: Behaviour;
let calls: { method?: string; path?: string; headers: IncomingMessage['headers'] }[];
let url: string;
let x: XNetwork;

beforeEach(async () => {
  calls = [];
  server = createServer((request, response) => {
    calls.push({ method: request.method, path: request.url, headers: request.headers });
    behave(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  x = network(url);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('the line to X', () => {
  it('carries exactly what X would get, to the simulator', async () => {
    behave = (_, response) => json(response, 201, CREATED);
    expect(await x.createPost(ACCESS, POST)).toEqual({ kind: 'done', value: { id: '1860000000000000001' } });
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      method: 'POST',
      path: '/2/tweets',
      headers: { host: 'api.x.com', authorization: 'Bearer an-access-token' },
    });
    expect(calls[0]?.headers).not.toHaveProperty('accept-encoding');
  });

  const troubles: [string, Behaviour][] = [
    ['is silent', () => {}],
    ['hangs up before a word', (request) => request.socket.destroy()],
    ['resets the connection', (request) => request.socket.resetAndDestroy()],
    ['stops in the middle of its answer', (_, response) => halfOf(response, (socket) => socket?.pause())],
    ['hangs up in the middle of its answer', (_, response) => halfOf(response, (socket) => socket?.destroy())],
    ['answers a letter at a time for ever', trickle],
    ['fails with 500', (_, response) => json(response, 500, '{}')],
    ['fails with a gateway page', (_, response) => html(response, 502)],
    ['answers with somebody else’s page', (_, response) => html(response, 200)],
    ['sends us elsewhere', (_, response) => response.writeHead(302, { location: 'https://example.org' }).end()],
    ['answers without an id', (_, response) => json(response, 201, '{"data":{}}')],
    ['answers with nothing', (_, response) => response.writeHead(204).end()],
  ];

  it.each(troubles)('leaves a post unknown after one call when X %s', async (_, behaviour) => {
    behave = behaviour;
    expect(await x.createPost(ACCESS, POST)).toMatchObject({ kind: 'unknown' });
    expect(await calledAfterAWhile()).toBe(1);
  });

  it.each(troubles)('lets a read be made later when X %s', async (_, behaviour) => {
    behave = behaviour;
    expect(await x.posts(ACCESS, '1', { limit: 5 })).toMatchObject({ kind: 'later', why: 'unavailable' });
    expect(await calledAfterAWhile()).toBe(1);
  });

  it('knows that nothing was sent when nobody listens', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await x.createPost(ACCESS, POST)).toMatchObject({ kind: 'later', why: 'unreachable', at: null });
    expect(await x.refresh('a-refresh-token')).toMatchObject({ kind: 'later', why: 'unreachable' });
    expect(await x.me(ACCESS)).toMatchObject({ kind: 'later', why: 'unreachable' });
  });

  it('knows that nothing was sent when time ran out before there was a connection', async () => {
    const lost = network('http://simulator.invalid:4000', 1);
    expect(await lost.createPost(ACCESS, POST)).toMatchObject({ kind: 'later', why: 'unreachable' });
  });

  it('takes a refusal for a refusal though its words broke off', async () => {
    behave = (_, response) => json(response, 403, '{"detail":"You are not al');
    expect(await x.createPost(ACCESS, POST)).toMatchObject({ kind: 'refused', why: 'forbidden' });
  });

  it('waits as long as X says', async () => {
    behave = (_, response) => {
      response.setHeader('x-rate-limit-limit', '100').setHeader('x-rate-limit-remaining', '0');
      response.setHeader('x-rate-limit-reset', '1767225600');
      json(response, 429, '{"title":"Too Many Requests","status":429}');
    };
    expect(await x.createPost(ACCESS, POST)).toMatchObject({ kind: 'later', at: new Date('2026-01-01T00:00:00Z') });
  });

  it('never takes a timeline that it may not see for an empty one', async () => {
    const errors = [{ type: 'https://api.twitter.com/2/problems/not-authorized-for-resource', detail: 'Protected.' }];
    behave = (_, response) => json(response, 200, JSON.stringify({ errors }));
    expect(await x.posts(ACCESS, '1', { limit: 5 })).toEqual({
      kind: 'refused',
      why: 'forbidden',
      detail: 'Protected.',
    });
    behave = (_, response) => json(response, 200, '{}');
    expect(await x.posts(ACCESS, '1', { limit: 5 })).toMatchObject({ kind: 'later', why: 'unavailable' });
  });

  it('pays for no authors on a timeline', async () => {
    behave = (_, response) => json(response, 200, '{"meta":{"result_count":0}}');
    await x.posts(ACCESS, '1', { limit: 100, exclude: ['reposts'] });
    const asked = new URL(calls[0]?.path ?? '', 'https://api.x.com').searchParams;
    expect(asked.get('expansions')).toBe('attachments.media_keys,attachments.poll_ids');
    expect(asked.get('exclude')).toBe('retweets');
  });

  it('takes the deletion of what is not there for done, and half a promise for none', async () => {
    behave = (_, response) => json(response, 404, '{"title":"Not Found","status":404}');
    expect(await x.deletePost(ACCESS, '7')).toEqual({ kind: 'done', value: null });
    behave = (_, response) => json(response, 200, '{"data":{"deleted":false}}');
    expect(await x.deletePost(ACCESS, '7')).toMatchObject({ kind: 'later', why: 'unavailable' });
  });

  it('does not ask for a handle that cannot be one', async () => {
    expect(await x.profile(ACCESS, '../me?x=')).toMatchObject({ kind: 'refused', why: 'invalid' });
    expect(calls).toEqual([]);
  });

  it('gives up on a picture that X cannot read, and waits for one that X works on', async () => {
    const states = ['pending', 'succeeded'];
    behave = (request, response) => {
      const state = request.url?.includes('STATUS') ? states.shift() : 'in_progress';
      const info = { state, check_after_secs: 0 };
      json(response, 200, JSON.stringify({ data: { id: '7', expires_after_secs: 60, processing_info: info } }));
    };
    const gif = { bytes: Buffer.alloc(10), type: 'image/gif' as const };
    const uploaded = await x.uploadMedia(ACCESS, gif);
    expect(uploaded).toMatchObject({ kind: 'done', value: { mediaId: '7', expiresAt: expect.any(Date) } });
    states.push('failed');
    expect(await x.uploadMedia(ACCESS, gif)).toMatchObject({ kind: 'refused', why: 'media-refused' });
  });
});

function network(simulatorUrl: string, timeoutMs = 400): XNetwork {
  const app = { clientId: 'an-app', clientSecret: 'its-secret', consumer: null };
  return new XNetwork({ ...app, simulatorUrl, publicSimulatorUrl: null, timeoutMs });
}

/** How many calls there were in all, once a second one would have come. */
async function calledAfterAWhile(): Promise<number> {
  await wait(30);
  return calls.length;
}

function json(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

function html(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Sorry</html>');
}

function halfOf(response: ServerResponse, then: (socket: ServerResponse['socket']) => void): void {
  response.writeHead(201, { 'content-type': 'application/json', 'content-length': CREATED.length });
  response.write(CREATED.slice(0, 20), () => then(response.socket));
}

function trickle(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(201, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
}
