/**
 * Ten thousand posts while everything goes wrong: worker processes killed between a call and its commit, calls applied
 * without an answer or with 503, connections reset, several workers at the same rows, timelines that lag up to 90 s of
 * service time. Counts what is at the network twice, what is lost, and what is left to a person once the timelines have
 * caught up; then plays the person. The simulator takes duplicates and counts no rate limits here: it helps nobody.
 * Run `npx nest build`, then `node dist/bench/exactly-once.js [posts]`; SEED=n repeats the choice of deaths.
 */
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../src/platform/embedded/postgres.service.js';
import { exactlyOnce, type Tally, type Trouble } from '../test/support/exactly-once.js';
import { generator } from '../test/support/random.js';
import { startRedis } from '../test/support/redis.js';
import { startService } from '../test/support/service.js';

const AIM = { doubles: 0, lost: 0, unknown: 0.01 };
const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(posts: number): Promise<void> {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  const folder = mkdtempSync(join(tmpdir(), 'baton-once-'));
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: () => {} });
  process.env.TEST_POSTGRES_URL = postgres.connectionString('postgres');
  const redis = await startRedis();
  const clockStart = new Date('2026-11-30T09:00:00Z');
  const service = await startService({ clockStart, redisUrl: redis.url, env: { RUN: 'web' } });
  const trouble: Trouble = {
    posts,
    accounts: Math.max(1, Math.round(posts / 100)),
    atOnce: 500,
    workers: 2,
    killedAfter: [150, 650],
    faults: {
      'applied-503': 0.04,
      'applied-reset': 0.04,
      'applied-silence': 0.01,
      malformed: 0.01,
      '503': 0.001,
      reset: 0.001,
      silence: 0.0005,
      '429': 0.01,
    },
    lagMs: 90_000,
    leases: 'waited for',
    random: generator(seed),
  };
  const awake = setInterval(() => undefined, 1000);
  try {
    say(`${posts} posts, seed ${seed}; rate limits and the refusal of duplicates are off in the simulator`);
    say(
      `of the create calls go wrong: ${JSON.stringify(trouble.faults)}; timelines lag up to ${trouble.lagMs / 1000} s`,
    );
    print(posts, await exactlyOnce(service, trouble, say));
  } finally {
    await service.stop();
    await redis.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
    clearInterval(awake);
  }
}

function print(posts: number, { states, doubles, lost, overlooked, published, killed, seconds }: Tally): void {
  const unknown = states.unknown ?? 0;
  say(`${killed} workers killed; once the timelines had caught up: ${JSON.stringify(states)}`);
  say(`unknown ${unknown} (${((100 * unknown) / posts).toFixed(2)} %, aim at most ${100 * AIM.unknown} %)`);
  say(`  of them at the network and overlooked: ${overlooked.length} ${overlooked.slice(0, 5).join('; ')}`);
  say(`after a person had looked: ${published} of ${posts} at the network`);
  say(`doubles ${doubles.length} (aim ${AIM.doubles}) ${doubles.slice(0, 5).join('; ')}`);
  say(`lost ${lost.length} (aim ${AIM.lost}) ${lost.slice(0, 5).join('; ')}`);
  say(`${seconds.toFixed(0)} s`);
  if (doubles.length > AIM.doubles || lost.length > AIM.lost || unknown > posts * AIM.unknown) process.exitCode = 1;
}

await main(Number(process.argv[2] ?? 10_000));
