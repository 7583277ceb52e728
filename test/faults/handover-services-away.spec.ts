import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { migrate } from '../../src/data-source.js';
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.service.js';
import { afterwards, backToBack, settle } from '../support/back-to-back.js';
import { type Gate, gateIn } from '../support/gate.js';
import { decide } from '../support/matrix.js';
import { eventually } from '../support/poll.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { type Service, startService } from '../support/service.js';

/** `PROVE=services` takes every stage, and half a minute for "away"; otherwise some, by the seed. */
const whole = process.env.PROVE === 'services';
const seed = Number(process.env.SEED ?? process.pid);
const clockStart = new Date('2026-12-07T09:00:00Z');

const steps = ['close', 'check', 'rotate', 'restore', 'thank', 'grant', 'profile', 'announce', 'welcome'];
const messages = ['post', 'thanks', 'welcome'].flatMap((what) => [`${what} sending`, `${what} sent`]);
/** At each, a transaction that brings this about is not committed yet. */
const STAGES = [...steps.map((step) => `${step} done`), ...messages];

function some(salt: number, count = 1): string[] {
  return whole ? STAGES : Array.from({ length: count }, (_, n) => STAGES[(seed + salt + 4 * n) % STAGES.length] ?? '');
}

let runs = 0;
const done = { runs: 0, copies: 0 };

/** A whole handover during which `fault` happens at a stage. @param mend what is done when all is settled */
async function disturbed(service: Service, gate: Gate, stage: string, fault: () => Promise<unknown>) {
  const handover = await backToBack(service, `R${++runs}`);
  await gate.shut(stage);
  await service.moveClock(handover.at);
  await gate.reached();
  await fault();
  await gate.open();
  await settle(service, handover);
  // A post that was interrupted around its call may wait as unknown before a person, who looks and decides.
  if ((await decide(service, handover.account)) > 0) await settle(service, handover);
  const left = await afterwards(service, handover);
  const expected = { posts: [1, 1, 1], states: ['sent', 'sent', 'sent'], undone: 0, open: [handover.incoming] };
  expect({ stage, seed, ...left }).toEqual({ stage, seed, ...left, ...expected });
  expect(Math.min(left.thanks, left.welcomes)).toBeGreaterThan(0);
  const copies = left.thanks + left.welcomes - 2;
  expect(copies).toBeLessThanOrEqual(left.copies);
  done.runs += 1;
  done.copies += copies;
}

function report(what: string) {
  process.stdout.write(`${what}: ${done.runs} handovers, ${done.copies} second copies of letters\n`);
  Object.assign(done, { runs: 0, copies: 0 });
}

describe('a handover at each stage of which Redis', () => {
  let service: Service;
  let redis: TestRedis;
  let gate: Gate;

  beforeAll(async () => {
    redis = await startRedis();
    service = await startService({ redisUrl: redis.url, clockStart });
    gate = await gateIn(service);
  });
  afterAll(async () => {
    report('Redis');
    await service?.stop();
    await redis?.stop();
  });

  it.each(some(0))(
    'forgets everything (%s) is done once',
    async (stage) => {
      const forget = async () => {
        const client = new Redis(redis.url);
        await client.flushall();
        client.disconnect();
      };
      await disturbed(service, gate, stage, forget);
    },
    120_000,
  );

  it.each(some(5))(
    'is killed and started again (%s) is done once',
    async (stage) => {
      await disturbed(service, gate, stage, () => redis.kill().then(() => redis.start()));
    },
    120_000,
  );

  it.each(some(10))(
    'is away until the end (%s) is done once',
    async (stage) => {
      const gone = performance.now();
      await disturbed(service, gate, stage, () => redis.kill());
      if (whole) await eventually(() => performance.now() - gone > 30_000, { within: 40_000 });
      await redis.start();
    },
    120_000,
  );
});

describe('a handover at each stage of which PostgreSQL', () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof startEmbeddedPostgres>>;
  let service: Service;
  let gate: Gate;
  // Durable: without, a crash would take the last commits with it.
  const begin = () => startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: () => undefined });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-crash-'));
    await chmod(folder, 0o755);
    server = await begin();
    await migrate(server.connectionString(), { start: clockStart, speed: 1 });
    service = await startService({ databaseUrl: server.connectionString(), clockStart });
    gate = await gateIn(service);
  });
  afterAll(async () => {
    report('PostgreSQL');
    await service?.stop();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** As after a power cut; what was being sent is left to whoever comes after its lease, which is not waited for. */
  async function crash() {
    const [row] = await service.db.query<{ until: Date }>(
      `SELECT clock_timestamp() + interval '30.1 seconds' AS until`,
    );
    process.kill(server.pid, 'SIGQUIT');
    server = await begin();
    const letGo = 'UPDATE messages SET lease_until = $2 WHERE lease_until <= $1';
    await eventually(() => service.db.write((tx) => tx.query(letGo, [row?.until, tx.real])), { within: 30_000 });
  }

  it.each(some(2, 2))(
    'ends at once and starts again (%s) is done once',
    async (stage) => {
      await disturbed(service, gate, stage, crash);
    },
    120_000,
  );
});
