import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate } from '../../src/data-source.js';
import { People } from '../../src/people/people.service.js';
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.service.js';
import { eventually } from '../support/poll.js';
import { startRedis } from '../support/redis.js';
import { type Service, startService } from '../support/service.js';

const silent = () => undefined;

async function addAda(service: Service): Promise<void> {
  const ada = { email: 'ada@example.org', name: 'Ada Marsh', shownName: 'Ada', handle: null };
  await service.db.write((tx) => service.app.get(People).known(tx, ada));
}

async function askForLink(service: Service): Promise<number> {
  const visitor = service.visitor();
  await visitor.get('/sign-in');
  return (await visitor.submit({ email: 'ada@example.org' })).status;
}

describe('PostgreSQL restarted under load', () => {
  let folder: string;
  let service: Service;
  let server: Awaited<ReturnType<typeof startEmbeddedPostgres>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-restart-'));
    await chmod(folder, 0o755);
    server = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: silent, durable: false });
    await migrate(server.connectionString(), { start: null, speed: 1 });
    service = await startService({ databaseUrl: server.connectionString() });
    await addAda(service);
  });
  afterAll(async () => {
    await service?.stop();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('fails cleanly meanwhile and recovers by itself', async () => {
    const statuses = new Set<number>();
    let loading = true;
    const load = (async () => {
      while (loading)
        statuses.add((await fetch(`${service.url}/privacy`, { headers: { accept: 'text/html' } })).status);
    })();
    try {
      await server.stop();
      await eventually(() => statuses.has(503), { within: 10_000 });
      expect((await fetch(`${service.url}/health/ready`)).status).toBe(503);
      expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
      server = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: silent, durable: false });
      await eventually(async () => (await fetch(`${service.url}/health/ready`)).status === 200, { within: 15_000 });
    } finally {
      loading = false;
      await load;
    }
    expect([...statuses].sort()).toEqual([200, 503]);
  });

  it('goes on sending letters afterwards', async () => {
    expect(await askForLink(service)).toBe(200);
    const letter = await service.letter('ada@example.org', /Sign in/);
    expect(letter.links.length).toBeGreaterThan(0);
  });
});

describe('Redis gone', () => {
  let service: Service;
  let redis: Awaited<ReturnType<typeof startRedis>>;

  beforeAll(async () => {
    redis = await startRedis();
    service = await startService({ redisUrl: redis.url });
    await addAda(service);
  });
  afterAll(async () => {
    await service?.stop();
    await redis?.stop();
  });

  it('changes nothing for pages, and the sweeper does what could not be rung', async () => {
    await redis.kill();
    expect((await fetch(`${service.url}/privacy`, { headers: { accept: 'text/html' } })).status).toBe(200);
    expect(await askForLink(service)).toBe(200);
    await service.letter('ada@example.org', /Sign in/);
    expect(await (await fetch(`${service.url}/health/ready`)).json()).toMatchObject({ status: 'ok', queue: false });
  });

  it('rings again when it is back', async () => {
    await redis.start();
    await eventually(
      async () => ((await (await fetch(`${service.url}/health/ready`)).json()) as { queue: boolean }).queue,
      {
        within: 10_000,
      },
    );
  });
});
