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

/** Plays the keepers: puts a new password wherever a handover waits for one, until it is told to stop. */
export function playKeepers(app: INestApplication, prefix: string): () => Promise<void> {
  let over = false;
  const changed = new Set<string>();
  const playing = (async () => {
    while (!over) {
      const waiting = await app.get(Db).query<{ id: string }>(WAITING, [`${prefix}%`, [...changed].slice(-2000)]);
      await inParallel(waiting, async ({ id }) => {
        if (changed.has(id)) return;
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

const WAITING = `
  SELECT b.account_id AS id FROM steps s JOIN boundaries b ON b.id = s.boundary_id JOIN accounts a ON a.id = b.account_id
  WHERE s.name = 'rotate' AND s.state <> 'done' AND b.done_at IS NULL AND a.slug LIKE $1 AND b.account_id <> ALL ($2)
  LIMIT 200`;
