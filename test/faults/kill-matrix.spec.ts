import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Death, type Effects, runBoundary } from '../support/matrix.js';
import { generator } from '../support/random.js';
import { startRedis } from '../support/redis.js';
import { type Service, startService } from '../support/service.js';

/** `PROVE=matrix` kills at every point, and MOMENTS times (default 60) at random moments; otherwise a few of each. */
const whole = process.env.PROVE === 'matrix';
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const random = generator(seed);

/** Everything that a worker may write to or call in such a handover: anything else is news, and fails. */
const TABLES = (
  'alerts audit_chains audit_entries audit_particulars blocks boundaries feed_posts feeds grants mention_pulls mentions messages network_budgets ' +
  'network_charges network_costs network_limits network_tokens one_time_tokens profile_changes rate_limits reveals slots steps stints turn_counts turn_days'
).split(' ');
const CALLS = [
  'POST /2/(tweets|oauth2/token)',
  'POST /1.1/account/update_profile(_image)?.json',
  'GET /2/users/(me|:id/(tweets|mentions))',
];
const KNOWN = new RegExp(`^(before|after) (letter|call (${CALLS.join('|')})|commit( (${TABLES.join('|')}))+) #\\d+$`);
/** Points at which a handover or its messages are half done; the rest is housekeeping. */
const OURS =
  /letter|call POST \/2\/tweets|update_profile|profile_changes|boundaries|steps|stints|grants|reveals|messages/;

describe.each([['PostgreSQL'], ...(whole ? [['Redis']] : [])])(
  'a boundary whose worker is killed, queue in %s',
  (backend) => {
    let service: Service;
    let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
    let runs = 0;
    let undisturbed: Effects;
    const sums = { runs: 0, killed: 0, unknown: 0, copies: 0 };

    beforeAll(async () => {
      redis = backend === 'Redis' ? await startRedis() : undefined;
      const [clockStart, redisUrl] = [new Date('2026-12-07T09:00:00Z'), redis?.url ?? null];
      service = await startService({ clockStart, redisUrl, env: { RUN: 'web' } });
      undisturbed = await runBoundary(service, `M${runs++}`, null);
    }, 120_000);
    afterAll(async () => {
      process.stdout.write(
        `kill matrix (${backend}, seed ${seed}): ${sums.runs} runs, ${sums.killed} killed, ${sums.unknown} unknown before a person, ${sums.copies} letters with a second copy\n`,
      );
      await service?.stop();
      await redis?.stop();
    });

    async function run(death: Death, workers = 1): Promise<void> {
      const effects = await runBoundary(service, `M${runs++}`, death, workers);
      const what = `${JSON.stringify(death)}, ${workers} workers, seed ${seed}`;
      const extra = Object.values(effects.letters).reduce((sum, count) => sum + count - 1, 0);
      expect([what, effects.points.filter((point) => !KNOWN.test(point))]).toEqual([what, []]);
      expect([what, Object.values(effects.posts)]).toEqual([what, [1, 1]]);
      expect([what, Object.keys(effects.letters).length, effects.undone, effects.open.length]).toEqual([what, 2, 0, 1]);
      expect([what, extra <= effects.copies]).toEqual([what, true]);
      expect([what, effects.open[0]]).toEqual([what, expect.stringMatching(/^Ada/)]);
      expect([what, effects.unknown <= 2]).toEqual([what, true]);
      expect([what, effects.profile]).toEqual([what, expect.stringContaining('Ada')]);
      // Three parts for the house, where the next curator has not taken their place, and three for her; one more for each death.
      expect([what, effects.profileCalls <= 7]).toEqual([what, true]);
      sums.runs += 1;
      sums.killed += effects.killed ? 1 : 0;
      sums.unknown += effects.unknown;
      sums.copies += extra;
    }

    it('without a kill does each thing once, at points that are all known', () => {
      expect(undisturbed.points.filter((point) => !KNOWN.test(point))).toEqual([]);
      expect(Object.values(undisturbed.posts)).toEqual([1, 1]);
      expect(Object.values(undisturbed.letters)).toEqual([1, 1]);
      expect(undisturbed).toMatchObject({ unknown: 0, copies: 0, undone: 0 });
      const calls = undisturbed.points.filter((point) => point.startsWith('before call POST /2/tweets'));
      expect(calls).toHaveLength(2);
    });

    it('finishes with everything done once, wherever it was killed', async () => {
      const points = [...new Set(undisturbed.points.filter((point) => OURS.test(point)))];
      expect(points.length).toBeGreaterThan(20);
      for (const at of whole ? points : sample(points, 2)) await run({ at });
    }, 10_800_000);

    it('finishes with everything done once, whenever it was killed', async () => {
      for (let n = whole ? Number(process.env.MOMENTS ?? 60) : 1; n > 0; n -= 1)
        await run({ afterMs: random() * 2_500 });
    }, 10_800_000);

    it('is finished by others, with two and with four of them', async () => {
      for (const workers of whole ? [2, 2, 2, 4, 4, 4] : [2]) await run({ afterMs: random() * 2_500 }, workers);
    }, 10_800_000);

    it('is finished by another while its worker is frozen past its lease, and the woken one does nothing twice', async () => {
      for (let n = whole ? 6 : 1; n > 0; n -= 1) await run({ frozenAfterMs: random() * 2_000 }, 2);
    }, 10_800_000);
  },
);

function sample<T>(all: T[], count: number): T[] {
  return Array.from({ length: count }, () => all[Math.floor(random() * all.length)] as T);
}
