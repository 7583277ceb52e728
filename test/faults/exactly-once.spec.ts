import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exactlyOnce } from '../support/exactly-once.js';
import { generator } from '../support/random.js';
import { type Service, startService } from '../support/service.js';

const POSTS = 100;
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** The small run of `bench/exactly-once`: without silences, which take as long as a call may take. */
describe('posts while workers are killed, answers are lost and timelines lag', () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ clockStart: new Date('2026-11-30T09:00:00Z'), env: { RUN: 'web' } });
  });
  afterAll(() => service?.stop());

  it('are each at the network once, refused, or before a person', async () => {
    const tally = await exactlyOnce(
      service,
      {
        posts: POSTS,
        accounts: 4,
        atOnce: POSTS,
        workers: 2,
        killedAfter: [20, 40],
        faults: { 'applied-503': 0.08, 'applied-reset': 0.08, malformed: 0.03 },
        lagMs: 90_000,
        leases: 'ended',
        random: generator(seed),
      },
      () => undefined,
    );
    process.stdout.write(
      `exactly once (seed ${seed}): ${POSTS} posts, ${tally.killed} workers killed, ${JSON.stringify(tally.states)}\n`,
    );
    expect([`seed ${seed}`, tally.doubles, tally.lost]).toEqual([`seed ${seed}`, [], []]);
    expect(tally.overlooked).toEqual([]);
    expect(tally.published).toBe(POSTS);
    expect(tally.killed).toBeGreaterThan(0);
  }, 180_000);
});
