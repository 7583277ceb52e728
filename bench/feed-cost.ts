/**
 * What a feed costs a day: the whole service against the simulator, its clock moved through one UTC day. Twenty posts are
 * there already and ten more are made in posting hours; the timeline is pulled every five minutes, twenty posts at a
 * time, without re-checks. Prints the day by the simulator's own meter, which charges as X does, beside our own count;
 * then the same for a day at the feed's own cadence.
 * Run `npx nest build`, then `node dist/bench/feed-cost.js`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from '../src/credentials/account.entity.js';
import { NetworkCosts } from '../src/credentials/network-costs.service.js';
import { Pulls } from '../src/feed/pulls.service.js';
import { startEmbeddedPostgres } from '../src/platform/embedded/postgres.service.js';
import { makeAccount } from '../test/support/community.js';
import { Pretend } from '../test/support/pretend.js';
import { type Service, startService } from '../test/support/service.js';

const AIM = 0.05;
const HELD = 20;
const NEW = 10;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), durable: false, log: () => {} });
  process.env.TEST_POSTGRES_URL = postgres.connectionString('postgres');
  // Without a worker nothing is pulled but by this program.
  const service = await startService({ clockStart: new Date('2026-12-06T23:59:00Z'), env: { RUN: 'web' } });
  try {
    const account = await prepare(service);
    const fixed = await day(service, account, '2026-12-07', async (now) => new Date(now.getTime() + 5 * MINUTE));
    await print(service, account, '2026-12-07', 'every five minutes', fixed);
    const own = await day(service, account, '2026-12-08', () => nextPull(service, account));
    await print(service, account, '2026-12-08', 'at its own cadence', own);
  } finally {
    await service.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare(service: Service): Promise<Account> {
  const account = await makeAccount(service);
  const network = new Pretend(service);
  for (let n = 0; n < HELD; n += 1)
    await network.post({ handle: 'NHS', text: `Of last week, number ${n}`, at: `2026-12-04T12:00:${10 + n}Z` });
  await service.db.write((tx) =>
    tx.query('INSERT INTO feeds (account_id, changed_at, next_pull_at) VALUES ($1, $2, $2)', [account.id, tx.now]),
  );
  return account;
}

/** Pulls through a day, and posts ten times between eight and six. Gives the number of pulls. */
async function day(service: Service, account: Account, date: string, next: (now: Date) => Promise<Date>) {
  const network = new Pretend(service);
  const start = Date.parse(`${date}T00:00:00Z`);
  let [pulls, posted] = [0, 0];
  for (let now = new Date(start); now.getTime() < start + DAY - MINUTE; now = await next(now)) {
    await service.moveClock(now);
    while (posted < NEW && now.getTime() >= start + (8 + posted) * 60 * MINUTE) {
      posted += 1;
      await network.post({ handle: account.handle, text: `${date}, number ${posted}` });
    }
    if (!(await service.app.get(Pulls).pull(account.id))) throw new Error(`The pull at ${now.toISOString()} failed`);
    pulls += 1;
  }
  return pulls;
}

async function nextPull(service: Service, account: Account): Promise<Date> {
  const [row] = await service.db.query<{ next: Date }>('SELECT next_pull_at AS next FROM feeds WHERE account_id = $1', [
    account.id,
  ]);
  if (!row) throw new Error('There is no feed');
  return row.next;
}

async function print(service: Service, account: Account, date: string, how: string, pulls: number): Promise<void> {
  const metered = (await new Pretend(service).meter()).days.find((each) => each.day === date)?.microdollars ?? 0;
  const counted = (await service.app.get(NetworkCosts).since(account.id, new Date(`${date}T00:00:00Z`))).filter(
    (cost) => cost.day === date,
  );
  const own = counted.reduce((sum, { microDollars }) => sum + microDollars, 0);
  const dollars = (micro: number) => `$${(micro / 1_000_000).toFixed(4)}`;
  console.log(`${date}, ${how}: ${pulls} pulls, ${HELD} posts a page, ${NEW} new posts`);
  for (const { kind, items, microDollars } of counted)
    console.log(`  ${kind}: ${items} items, ${dollars(microDollars)}`);
  console.log(`  by the simulator's meter ${dollars(metered)}, by our own count ${dollars(own)}`);
  console.log(`  aim: at most $${AIM.toFixed(2)} a day, ratio ${(metered / 1_000_000 / AIM).toFixed(2)}`);
  if (metered !== own) throw new Error('Our count is not the meter’s');
  if (metered > AIM * 1_000_000) process.exitCode = 1;
}

await main();
