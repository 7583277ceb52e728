import type { INestApplication } from '@nestjs/common';
import { Accounts } from '../../src/credentials/accounts.service.js';
import { HandOver } from '../../src/credentials/hand-over.service.js';
import { Reveals } from '../../src/credentials/reveals.service.js';
import { Rotations } from '../../src/handover/rotations.service.js';
import { Db } from '../../src/platform/database.service.js';

const KEEPERS = 8;

interface OnDuty {
  accountId: string;
  stintId: string;
  personId: string;
}

/** Hands each account over by a sealed password, which the curator on duty has seen. */
export async function revealSecrets(app: INestApplication, prefix: string): Promise<void> {
  const curators = await app.get(Db).query<OnDuty>(
    `SELECT s.account_id AS "accountId", s.id AS "stintId", s.person_id AS "personId"
     FROM stints s JOIN accounts a ON a.id = s.account_id WHERE s.state = 'active' AND a.slug LIKE $1`,
    [`${prefix}%`],
  );
  await inParallel(curators, async ({ accountId, stintId, personId }) => {
    const account = await app.get(Accounts).byId(accountId);
    await app.get(HandOver).accept(account, personId);
    await app.get(Rotations).put(account, { password: 'before the storm 1' }, personId);
    await app.get(HandOver).choose(account, 'sealed', personId);
    const actor = { kind: 'stint', stintId, seat: 1 } as const;
    const opened = await app.get(Reveals).open(await app.get(Accounts).byId(accountId), { personId, actor });
    if (!opened.password) throw new Error('The password was not revealed');
  });
}

/**
 * Plays the keepers: puts a new password wherever a handover of the instant has begun, and so waits for one, until it is
 * told to stop. It looks at what was begun lately only, to take little of the machine from what is measured.
 */
export function playKeepers(app: INestApplication, at: Date): () => Promise<void> {
  let over = false;
  let since = at;
  const changed = new Set<string>();
  const playing = (async () => {
    while (!over) {
      const begun = await app.get(Db).query<{ id: string; startedAt: Date }>(BEGUN, [at, since]);
      const waiting = begun.filter(({ id }) => !changed.has(id));
      for (const { startedAt } of waiting) if (startedAt > since) since = startedAt;
      await inParallel(waiting, async ({ id }) => {
        changed.add(id);
        await app.get(Rotations).put(await app.get(Accounts).byId(id), { password: 'after the storm 2' }, id);
      });
      if (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  playing.catch(() => undefined);
  return async () => {
    over = true;
    await playing;
  };
}

async function inParallel<Item>(items: Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const one = async () => {
    for (let item = left.pop(); item; item = left.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: KEEPERS }, one));
}

/** A transaction that began first may commit last, so the look reaches back. */
const BEGUN = `
  SELECT account_id AS id, started_at AS "startedAt" FROM boundaries
  WHERE at = $1 AND done_at IS NULL AND started_at > $2::timestamptz - interval '5 seconds'`;
