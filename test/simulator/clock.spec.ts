import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type ServiceClock, serviceClock } from '../../src/simulator/clock.service.js';
import { freshDatabase } from '../support/database.js';
import { eventually } from '../support/poll.js';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let clock: ServiceClock;
beforeAll(async () => {
  database = await freshDatabase({ clockStart: new Date('2026-11-20T17:59:00Z') });
  clock = await serviceClock(database.url);
});
afterAll(async () => {
  await clock.stop();
  await database.drop();
});

describe('the simulator’s clock', () => {
  it('shows the time of the service, and follows when that is moved', async () => {
    expect(Math.abs(clock.now().getTime() - Date.parse('2026-11-20T17:59:00Z'))).toBeLessThan(30_000);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(
      `UPDATE clock_anchor SET anchored_at = clock_timestamp(), service_start = '2026-11-23T08:00:00Z'`,
    );
    await client.end();
    await eventually(async () => clock.now().toISOString().startsWith('2026-11-23T08:00'));
  });
});

describe('without a database', () => {
  it('is the real time', async () => {
    const { now, stop } = await serviceClock(undefined);
    expect(Math.abs(now().getTime() - Date.now())).toBeLessThan(1000);
    await stop();
  });
});
