import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settings } from '../../config/settings.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { migrate } from '../../src/data-source.js';
import { Hiding } from '../../src/feed/hiding.service.js';
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.service.js';
import { makeAccount, personId } from '../support/community.js';
import { Liar } from '../support/liar.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { type Child, startBuilt } from '../support/process.js';
import { freePort, startRedis, type TestRedis } from '../support/redis.js';
import { type Service, startService } from '../support/service.js';

/** `PROVE=services` switches off every combination; otherwise all at once, and one by the seed. */
const whole = process.env.PROVE === 'services';
const seed = Number(process.env.SEED ?? process.pid);
const PARTS = ['Redis', 'PostgreSQL', 'worker', 'X'] as const;
type Part = (typeof PARTS)[number];
const ALL = Array.from({ length: 2 ** PARTS.length }, (_, bits) => PARTS.filter((_part, index) => bits & (1 << index)));
const FORMATS = ['feed.json', 'posts.json', 'feed.atom', 'embed.html'];
const WITHIN = { within: 60_000 };

let folder: string;
let postgres: Awaited<ReturnType<typeof startEmbeddedPostgres>>;
let redis: TestRedis;
let service: Service;
let worker: Child;
let nhs: Account;
const liar = new Liar();

const startPostgres = () =>
  startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: () => undefined, durable: false });

async function startWorker(): Promise<Child> {
  const child = startBuilt('test/support/worker', { args: [JSON.stringify(service.runtime)] });
  await child.waitForLine(/^ready$/, 60_000);
  return child;
}

const off: Record<Part, () => Promise<unknown>> = {
  Redis: () => redis.kill(),
  PostgreSQL: () => postgres.stop(),
  worker: () => worker.kill(),
  X: async () => {
    liar.lies = [{ path: /^\/2\//, lie: { status: 200, type: 'application/json', body: '{"data":', breaks: 3 } }];
  },
};
const on: Record<Part, () => Promise<unknown>> = {
  Redis: () => redis.start(),
  PostgreSQL: async () => {
    postgres = await startPostgres();
  },
  worker: async () => {
    worker = await startWorker();
  },
  X: async () => {
    liar.lies = [];
  },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baton-chaos-'));
  await chmod(folder, 0o755);
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  await migrate(postgres.connectionString(), { start: null, speed: 1 });
  service = await startService({
    databaseUrl: postgres.connectionString(),
    redisUrl: redis.url,
    env: { RUN: 'web' },
    between: (target) => liar.before(target),
  });
  nhs = await makeAccount(service);
  await post('Before it all');
  worker = await startWorker();
  await eventually(async () => (await texts(service.url)).includes('Before it all'), WITHIN);
}, 120_000);

afterAll(async () => {
  await worker?.kill();
  await service?.stop();
  await liar.stop();
  await Promise.all([redis?.kill(), postgres?.stop()]);
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** From a telephone, straight at the pretend X, which stands whatever the service thinks of it. */
const post = (text: string) => new Pretend(service).post({ handle: 'NHS', text, at: new Date().toISOString() });

interface Shown {
  state: string;
  pulled_at: string;
  posts: { text: string }[];
}

const shown = async (url: string) => (await (await fetch(`${url}/nhs/posts.json`)).json()) as Shown;
const text = async (url: string) => (await fetch(url)).text();
const texts = async (url: string) => (await shown(url)).posts.map(({ text }) => text);

/** Asks without a pause until told to stop; what went wrong, and how much was asked. */
function load(url: string) {
  const seen = { asked: 0, failed: [] as string[], dishonest: [] as string[] };
  let over = false;
  const ask = async (format: string) => {
    while (!over) {
      seen.asked += 1;
      const answer = await fetch(`${url}/nhs/${format}`).catch((error: Error) => error);
      if (answer instanceof Error || answer.status !== 200) {
        seen.failed.push(`${format}: ${answer instanceof Error ? answer.cause : answer.status}`);
        continue;
      }
      const age = Number(answer.headers.get('x-feed-age'));
      const body = await answer.text();
      if (format !== 'posts.json') continue;
      const { pulled_at, state } = JSON.parse(body) as Shown;
      const real = (Date.now() - Date.parse(pulled_at)) / 1000;
      if (Math.abs(real - age) > 3) seen.dishonest.push(`said ${age} s, is ${real} s`);
      if (state === 'fresh' && real * 1000 > 3 * settings.feedEvery) seen.dishonest.push(`fresh after ${real} s`);
    }
  };
  const asking = Promise.all(FORMATS.map(ask));
  return async () => {
    over = true;
    await asking;
    return seen;
  };
}

let asked = 0;

async function without(parts: readonly Part[]): Promise<void> {
  const stop = load(service.url);
  const name = `After ${parts.join(', ') || 'nothing'} ${Math.random()}`;
  try {
    for (const part of parts) await off[part]();
    const begun = Date.now();
    const long = whole && parts.includes('PostgreSQL') ? settings.feedUnheard + 1500 : 800;
    await eventually(async () => Date.now() - begun > long);
    if (long > settings.feedUnheard) expect((await shown(service.url)).state).toBe('stale');
  } finally {
    for (const part of parts) await on[part]();
  }
  await post(name);
  await eventually(async () => {
    await service.db.query('UPDATE feeds SET next_pull_at = clock_timestamp() WHERE next_pull_at > clock_timestamp()');
    return (await texts(service.url)).includes(name);
  }, WITHIN);
  await eventually(async () => (await shown(service.url)).state === 'fresh', WITHIN);
  const seen = await stop();
  asked += seen.asked;
  expect([parts, seed, seen.failed.slice(0, 3), seen.dishonest.slice(0, 3)]).toEqual([parts, seed, [], []]);
  expect(seen.asked).toBeGreaterThan(20);
}

describe('the feed', () => {
  const some = whole ? ALL : [[...PARTS], ALL[seed % (ALL.length - 1)] ?? []];

  it.each(some.map((parts) => [parts.join(', ') || 'nothing', parts] as const))(
    'answers every request without %s, says how old it is, and recovers by itself',
    async (_name, parts) => without(parts),
    180_000,
  );

  afterAll(() => {
    process.stdout.write(`feed chaos (seed ${seed}): ${some.length} combinations, ${asked} requests\n`);
  });
});

describe('a process that starts without PostgreSQL and Redis', () => {
  it('shows what it knows from disk, marked stale, without what was hidden, and then takes up its work', async () => {
    const hidden = await post('Soon hidden');
    await eventually(async () => {
      await service.db.query(
        'UPDATE feeds SET next_pull_at = clock_timestamp() WHERE next_pull_at > clock_timestamp()',
      );
      return (await texts(service.url)).includes('Soon hidden');
    }, WITHIN);
    await service.app.get(Hiding).hide(nhs.id, hidden, 'It shows a name', await personId(service, 'Olu'));
    await eventually(async () => !(await texts(service.url)).includes('Soon hidden'));
    const before = await texts(service.url);
    await Promise.all([off.PostgreSQL(), off.Redis()]);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const { databaseUrl, simulatorUrl, smtpUrl, dataFolder } = service.runtime;
    const keys = { SECRET_KEY: 'x'.repeat(32), ENCRYPTION_KEY: `test:${Buffer.alloc(32, 7).toString('base64')}` };
    const env = { RUN: 'web', PORT: String(port), DATABASE_URL: databaseUrl, REDIS_URL: redis.url, LOG_LEVEL: 'error' };
    const child = startBuilt('src/main', {
      args: ['--empty'],
      env: { ...env, ...keys, SIMULATOR_URL: simulatorUrl ?? '', SMTP_URL: smtpUrl, BATON_DATA: dataFolder },
    });
    try {
      await eventually(async () => (await fetch(`${url}/nhs/feed.json`).catch(() => null))?.status === 200, WITHIN);
      expect(await shown(url)).toMatchObject({ state: 'stale' });
      expect(await texts(url)).toEqual(before);
      expect(before).not.toContain('Soon hidden');
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
      expect((await fetch(`${url}/health/ready`)).status).toBe(503);
      expect((await fetch(`${url}/nobody/feed.json`)).status).toBe(404);
      for (const file of ['embed.js', 'embed.css'])
        expect([file, await text(`${url}/${file}`)]).toEqual([file, await text(`${service.url}/${file}`)]);
      const few = await (await fetch(`${url}/nhs/embed.html?limit=2&heading=3`)).text();
      expect([few.match(/<article/g)?.length, few.includes('<h3')]).toEqual([Math.min(2, before.length), true]);
      expect((await fetch(`${url}/nhs/feed.json?limit=0`)).status).toBe(400);
      expect((await fetch(`${url}/nhs/feed.json?tag=kindness`)).status).toBe(503);
      const stop = load(url);
      await Promise.all([on.PostgreSQL(), on.Redis()]);
      await eventually(async () => (await fetch(`${url}/health/ready`)).status === 200, WITHIN);
      await eventually(async () => (await shown(url)).state === 'fresh', WITHIN);
      expect((await fetch(`${url}/nhs`, { headers: { accept: 'text/html' } })).status).toBe(200);
      const { failed, asked: count } = await stop();
      expect([failed.slice(0, 3), count > 20]).toEqual([[], true]);
      expect(await child.stop()).toBe(0);
    } finally {
      await child.kill();
    }
  }, 180_000);
});
