import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XNetwork } from '../../src/networks/x/x.network.js';
import { startSimulator } from '../../src/simulator/simulator.js';
import type { Call, OtherPost, Trouble, World } from './world.js';

const TROUBLES: Record<Trouble, string> = {
  'rate-limit': '429',
  'rate-limit-in-old-words': '429-old',
  'signed-out': '401',
  'no-credits': '402',
  duplicate: '403-duplicate',
  'reply-not-allowed': '403-reply',
  'no-such-right': '453',
  failure: '503',
  'failure-after-acting': 'applied-503',
  silence: 'silence',
  'silence-after-acting': 'applied-silence',
  reset: 'reset',
  'reset-after-acting': 'applied-reset',
  'half-an-answer-after-acting': 'malformed',
};

const ENDPOINTS: Record<Call, string> = {
  me: 'me',
  profile: 'user',
  create: 'create',
  delete: 'delete',
  'look-up': 'lookup',
  posts: 'timeline',
  message: 'message',
  upload: 'media-append',
  'set-name': 'profile',
  'set-picture': 'picture',
  token: 'token',
  revoke: 'revoke',
  mentions: 'mentions',
  describe: 'media-metadata',
};

const CONSUMER = { key: 'baton', secret: 'baton-consumer' };

/** X, as far as the simulator speaks it: everything goes over HTTP, through the client that reaches X. */
export async function startSimulatedX(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-contract-'));
  const simulator = await startSimulator({ dataFolder: folder, rateLimits: false });
  const options = {
    clientId: 'baton',
    clientSecret: 'baton-secret',
    publicSimulatorUrl: null,
    timeoutMs: 500,
    consumer: CONSUMER,
  };
  const control = controlOf(simulator.url);
  const account = await control.make<{ id: string; handle: string }>('users', { handle: 'NHS' });
  // A handle that looks like a number is one that people have had.
  const stranger = await control.make<{ id: string; handle: string }>('users', { handle: '162880' });
  await control.make('users', { handle: 'shy', protected: true });
  const tokens = await control.make<{ access_token: string }>('tokens', { handle: 'NHS' });
  const keys = await control.make<{ accessToken: string; accessSecret: string }>('tokens', {
    handle: 'NHS',
    consumerSecret: CONSUMER.secret,
  });
  const signing = { token: keys.accessToken, secret: keys.accessSecret };
  const write = async (handle: string, post: OtherPost & { replyTo?: string }) =>
    (await control.make<{ id: string }>('posts', { handle, ...post })).id;
  return {
    network: new XNetwork({ ...options, simulatorUrl: simulator.url }),
    unreachable: new XNetwork({ ...options, simulatorUrl: `http://127.0.0.1:${await closedPort()}` }),
    account: { id: account.id, handle: account.handle, access: { token: tokens.access_token }, signing },
    stranger: { id: stranger.id, handle: stranger.handle },
    agree: (link) => agree(link, account.handle),
    trouble: async (call, trouble) => {
      await control.make('faults', { endpoint: ENDPOINTS[call], kind: TROUBLES[trouble] });
    },
    arrived: async (call) => {
      const calls = await control.read<{ endpoint: string }[]>('calls.json');
      return calls.filter(({ endpoint }) => endpoint === ENDPOINTS[call]).length;
    },
    accountDoes: (post) => write(account.handle, post),
    strangerSays: (text, replyTo) => write(stranger.handle, { text, ...(replyTo ? { replyTo } : {}) }),
    hiddenPost: () => write('shy', { text: 'Only for friends' }),
    stop: async () => {
      await simulator.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The simulator's own addresses, by which tests arrange things. */
function controlOf(url: string) {
  return {
    make: async <T>(what: string, body: object): Promise<T> => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${url}/simulator/${what}`, { method: 'POST', headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    read: async <T>(what: string): Promise<T> => (await (await fetch(`${url}/simulator/${what}`)).json()) as T,
  };
}

/** Sends the consent page's form as a browser would. */
async function agree(link: string, handle: string): Promise<URL> {
  const page = await fetch(link);
  if (!page.ok) throw new Error(`No consent page: ${page.status}`);
  const hidden = [...(await page.text()).matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  const body = new URLSearchParams({ handle, decision: 'allow' });
  for (const [, name = '', value = ''] of hidden) body.set(name, value.replaceAll('&amp;', '&'));
  const answer = await fetch(link, { method: 'POST', body, redirect: 'manual' });
  return new URL(answer.headers.get('location') ?? '');
}

/** A port where nobody listens: one that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
