import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRedis } from '../support/redis.js';
import { type Service, startService } from '../support/service.js';
import { WEEK_BEGINS, walkTheWeek } from '../support/week.js';

const STAGES = [
  'begin',
  'apply',
  'decide',
  'plan',
  'confirm',
  'access letter',
  'Friday 18:00',
  'weekend',
  'Monday 08:00',
  'post',
  'feed',
];

describe.each(['PostgreSQL', 'Redis'])('the whole week, the queue on %s', (queue) => {
  let service: Service;
  let redis: Awaited<ReturnType<typeof startRedis>> | null = null;

  beforeAll(async () => {
    redis = queue === 'Redis' ? await startRedis() : null;
    service = await startService({ clockStart: WEEK_BEGINS, redisUrl: redis?.url ?? null });
  });
  afterAll(async () => {
    await service?.stop();
    await redis?.stop();
  });

  it('goes from an application to the embedded feed', async () => {
    const stages: string[] = [];
    await walkTheWeek(service, (stage) => stages.push(stage));
    expect(stages).toEqual(STAGES);
  }, 60_000);
});
