import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Account } from '../../src/credentials/account.entity.js';
import { NetworkCosts } from '../../src/credentials/network-costs.service.js';
import { Pulls } from '../../src/feed/pulls.service.js';
import { makeAccount } from '../support/community.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';

jest.setTimeout(60_000);

const DAY_MS = 24 * 60 * 60_000;

let service: Service;
let network: Pretend;
let nhs: Account;

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-08T10:00:00Z') });
  network = new Pretend(service);
  nhs = await makeAccount(service);
});

afterAll(() => service?.stop());
afterEach(() => network.heal());

/** Looks at the network now, whatever else is looking. */
async function pull(account: Account = nhs): Promise<void> {
  await eventually(() => service.app.get(Pulls).pull(account.id), { within: 30_000 });
}

async function moveOn(ms: number): Promise<void> {
  await service.moveClock(new Date((await service.db.now()).getTime() + ms));
}

describe('what the feed costs', () => {
  it('is counted as the network’s own meter counts it: an item once a day', async () => {
    for (const text of ['One', 'Two', 'Three']) await network.post({ handle: 'NHS', text });
    await pull();
    await pull();
    await moveOn(DAY_MS);
    await pull();
    await network.fail('timeline', '500');
    await service.app.get(Pulls).pull(nhs.id);
    const costs = await service.app.get(NetworkCosts).since(nhs.id, new Date('2026-12-08T00:00:00Z'));
    expect(
      costs.map(({ day, purpose, kind, items, microDollars }) => [day, purpose, kind, items, microDollars]),
    ).toEqual([
      ['2026-12-09', 'feed', 'owned-read', 3, 3_000],
      ['2026-12-09', 'feed', 'user-read', 1, 10_000],
      ['2026-12-08', 'feed', 'owned-read', 3, 3_000],
      ['2026-12-08', 'feed', 'user-read', 1, 10_000],
    ]);
    expect(costs.reduce((sum, { microDollars }) => sum + microDollars, 0)).toBe((await network.meter()).microdollars);
  });
});
