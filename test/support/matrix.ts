import { setTimeout as wait } from 'node:timers/promises';
import type { Account } from '../../src/credentials/account.entity.js';
import { Accounts } from '../../src/credentials/accounts.service.js';
import { lockAccess } from '../../src/credentials/grants.service.js';
import { HandOver } from '../../src/credentials/hand-over.service.js';
import { Reveals } from '../../src/credentials/reveals.service.js';
import { Rotations } from '../../src/handover/rotations.service.js';
import { Interventions } from '../../src/messages/interventions.service.js';
import { makeAccount, personId } from './community.js';
import { turnOf } from './handover.js';
import { eventually } from './poll.js';
import { type Child, startBuilt } from './process.js';
import type { Service } from './service.js';
import { connectSimulated, profileOf, switchProfileOn, timeline } from './simulated.js';

const HOUR_MS = 60 * 60_000;
/** A worker that was killed holds what it had leased for half a minute of real time; nobody waits for that here. */
const LEASES = ['messages', 'steps'];
const WITHIN = { within: 60_000 };
/** How far the clock is moved while something waits to be tried or looked up again. */
const LOOK_MS = 60_000;

/** What a run left behind, counted outside the process that was killed. */
export interface Effects {
  /** Points that the killed worker passed, in order. */
  points: string[];
  killed: boolean;
  /** Posts at the network by text, and letters at the mail server by address and subject. */
  posts: Record<string, number>;
  letters: Record<string, number>;
  /** Posts that a person had to decide about. */
  unknown: number;
  /** Letters of which the outbox says that a copy may have been sent. */
  copies: number;
  /** Open grants and undone steps; both must be as they are after an undisturbed handover. */
  open: string[];
  undone: number;
  /** Whose profile the network shows. */
  profile: string;
  /** Calls that set the profile: one that a death interrupts is made again, which is harmless. */
  profileCalls: number;
}

/** How the worker dies: at a point, at a moment after the boundary's instant, or not at all. */
export type Death = { at: string } | { afterMs: number } | { frozenAfterMs: number } | null;

/**
 * One whole boundary of an account of its own, both halves: Grace, who has seen the password, goes out and Ada comes in.
 * The worker dies as told, others finish, and the test plays the keeper who changes the password and the organiser who
 * looks at X.
 */
export async function runBoundary(
  service: Service,
  name: string,
  death: Death,
  workers = 1,
  trouble: () => Promise<unknown> = async () => undefined,
): Promise<Effects> {
  const { account, graces, adas, at } = await prepare(service, name);
  const first = startWorker(service, death);
  const children: Child[] = [first];
  try {
    await first.waitForLine(/^ready$/, 60_000);
    const others = Array.from({ length: workers - 1 }, () => startWorker(service, null));
    children.push(...others);
    await Promise.all(others.map((other) => other.waitForLine(/^ready$/, 60_000)));
    await trouble();
    await service.moveClock(at);
    if (death && 'afterMs' in death) process.kill(first.pid, 'SIGUSR2');
    const frozen = death && 'frozenAfterMs' in death ? death.frozenAfterMs : null;
    if (frozen !== null) {
      await wait(frozen);
      process.kill(first.pid, 'SIGSTOP');
    }
    let exited = false;
    void first.exited.then(() => {
      exited = true;
    });
    await eventually(async () => {
      if (frozen !== null) await endLeases(service);
      return exited || (await settled(service, account));
    }, WITHIN);
    if (exited) {
      await endLeases(service);
      if (workers === 1) {
        const second = startWorker(service, null);
        children.push(second);
        await second.waitForLine(/^ready$/, 60_000);
      }
      await eventually(() => settled(service, account), WITHIN);
    }
    if (frozen !== null) process.kill(first.pid, 'SIGCONT');
    const unknown = await decide(service, account);
    await eventually(() => quiet(service, account), WITHIN);
    expectNothingLeft(await decide(service, account));
    const killed = exited;
    const points = pointsOf(first.output());
    return { points, killed, unknown, ...(await effects(service, account, [graces, adas])) };
  } finally {
    for (const child of children) await child.kill();
  }
}

async function endLeases({ db }: Service): Promise<void> {
  for (const table of LEASES)
    await db.write((tx) => tx.query(`UPDATE ${table} SET lease_until = $1 WHERE lease_until > $1`, [tx.real]));
}

function startWorker(service: Service, death: Death): Child {
  const env = {
    ...(death && 'at' in death ? { KILL_AT: death.at } : {}),
    ...(death && 'afterMs' in death ? { KILL_AFTER_MS: String(death.afterMs) } : {}),
  };
  const args = [JSON.stringify(service.runtime)];
  return startBuilt('test/support/worker', { args, env, imports: ['test/support/trace'] });
}

async function prepare(service: Service, name: string) {
  const account = await makeAccount(service, { handle: name, handOverBy: 'desk' });
  const kim = await personId(service, 'Kim');
  const now = await service.db.now();
  const at = new Date(now.getTime() + 60_000);
  const until = new Date(at.getTime() + 400 * HOUR_MS);
  await switchProfileOn(service, account);
  await service.app.get(HandOver).accept(account, kim);
  await service.app.get(HandOver).choose(account, 'sealed', kim);
  const sealed = await service.app.get(Accounts).byId(account.id);
  const iso = (instant: Date) => instant.toISOString();
  const graces = await turnOf(service, sealed, `Grace${name}`, iso(new Date(now.getTime() - HOUR_MS)), iso(at));
  await service.app.get(Rotations).put(sealed, { password: `first of ${name}` }, kim);
  await onDuty(service, sealed, graces, now, at);
  const adas = await turnOf(service, sealed, `Ada${name}`, iso(at), iso(until));
  await service.db.write((tx) =>
    tx.query(`UPDATE messages SET state = 'withdrawn' WHERE state IN ('waiting', 'held')`),
  );
  return { account: sealed, graces: graces.email, adas: adas.email, at };
}

/** As an earlier handover and her own press would have left it: Grace is on duty and has seen the password. */
async function onDuty(
  service: Service,
  account: Account,
  turn: { stintId: string; personId: string },
  now: Date,
  at: Date,
) {
  await service.db.write([lockAccess(account.id)], async (tx) => {
    const start = new Date(now.getTime() - HOUR_MS);
    await tx.query(`UPDATE stints SET state = 'active' WHERE id = $1`, [turn.stintId]);
    await tx.query(
      'INSERT INTO grants (account_id, stint_id, person_id, seat, opens_at, ends_at) VALUES ($1, $2, $3, 1, $4, $5)',
      [account.id, turn.stintId, turn.personId, start, at],
    );
    await tx.query('DELETE FROM boundaries WHERE account_id = $1', [account.id]);
    await tx.query(
      'INSERT INTO boundaries (account_id, at, incoming, started_at, done_at) VALUES ($1, $2, $3, $2, $2)',
      [account.id, start, [turn.stintId]],
    );
    await service.app.get(Reveals).lay(tx, account.id);
    await tx.query(`UPDATE reveals SET state = 'revealed', revealed_at = $2 WHERE stint_id = $1`, [
      turn.stintId,
      tx.now,
    ]);
  });
}

/** The handover is finished and its messages have left, or wait for a person; the keeper changes the password on the way. */
async function settled(service: Service, account: Account): Promise<boolean> {
  const waits = await service.db.query(
    `SELECT 1 FROM steps s JOIN boundaries b ON b.id = s.boundary_id
     WHERE b.account_id = $1 AND s.name = 'rotate' AND s.state <> 'done' AND s.waits_for = 'rotation'
       AND EXISTS (SELECT FROM reveals r WHERE r.account_id = $1 AND r.state = 'revealed' AND r.rotated_at IS NULL)`,
    [account.id],
  );
  if (waits.length > 0) {
    const kim = await personId(service, 'Kim');
    await service.app.get(Rotations).put(account, { password: `next of ${account.handle}` }, kim);
  }
  return (await finished(service, account)) && (await quiet(service, account));
}

async function finished(service: Service, account: Account): Promise<boolean> {
  const open = await service.db.query(
    'SELECT 1 FROM boundaries WHERE account_id = $1 AND at <= $2 AND done_at IS NULL',
    [account.id, await service.db.now()],
  );
  return open.length === 0;
}

/** Nothing of the account would move by itself; what is unknown was looked up to the end. */
async function quiet(service: Service, account: Account): Promise<boolean> {
  const now = await service.db.now();
  const moving = await service.db.query<{ state: string; later: boolean }>(
    `SELECT state, attempts > 0 AND next_attempt_at > $2 AS later FROM messages WHERE account_id = $1 AND due_at <= $2
     AND (state IN ('waiting', 'sending') OR (state = 'unknown' AND next_attempt_at IS NOT NULL))`,
    [account.id, now],
  );
  if (moving.some(({ state, later }) => state === 'unknown' || later))
    await service.moveClock(new Date(now.getTime() + LOOK_MS));
  return moving.length === 0;
}

/**
 * What people do about posts that wait for them: a keeper connects the account again where the network has dropped it; an
 * organiser looks, says what is there, and lets go what was held.
 */
export async function decide(service: Service, account: Account): Promise<number> {
  const rows = await service.db.query<{ id: string; text: string; state: string }>(
    `SELECT id, data->>'text' AS text, state FROM messages
     WHERE account_id = $1 AND channel = 'post' AND state IN ('unknown', 'held')`,
    [account.id],
  );
  if (rows.length === 0) return 0;
  const shown = await timeline(service, account.id).catch(async () => {
    await connectSimulated(service, account.id);
    return timeline(service, account.id);
  });
  for (const { id, text, state } of rows) {
    const which = { account, messageId: id, personId: await personId(service, 'Olu') };
    const there = shown.find((post) => post.text === text);
    if (state === 'held') await service.app.get(Interventions).release(which);
    else if (there) await service.app.get(Interventions).arrived(which, there.id);
    else await service.app.get(Interventions).repeat(which);
  }
  return rows.length;
}

async function effects(service: Service, account: Account, addresses: string[]) {
  const posts = (await timeline(service, account.id)).map(({ text }) => text);
  const letters = (await service.mail())
    .filter(({ to }) => addresses.some((address) => to.includes(address)))
    .map(({ to, subject }) => `${to}: ${subject}`);
  const [copies] = await service.db.query<{ count: number }>(
    `SELECT coalesce(sum(possible_copies), 0)::int AS count FROM messages WHERE account_id = $1 AND channel = 'letter'`,
    [account.id],
  );
  const open = await service.db.query<{ name: string }>(
    `SELECT p.name FROM grants g JOIN persons p ON p.id = g.person_id WHERE g.account_id = $1 AND g.closed_at IS NULL`,
    [account.id],
  );
  const [undone] = await service.db.query<{ count: number }>(
    `SELECT count(*)::int FROM steps s JOIN boundaries b ON b.id = s.boundary_id
     WHERE b.account_id = $1 AND b.at <= $2 AND s.state <> 'done'`,
    [account.id, await service.db.now()],
  );
  const calls = (await (await fetch(`${service.simulatorUrl}/simulator/calls.json`)).json()) as Called[];
  return {
    profile: (await profileOf(service, account.handle)).name,
    profileCalls: calls.filter((call) => /profile|picture/.test(call.endpoint) && call.handle === account.handle)
      .length,
    posts: counted(posts),
    letters: counted(letters),
    copies: copies?.count ?? 0,
    open: open.map(({ name }) => name),
    undone: undone?.count ?? -1,
  };
}

interface Called {
  endpoint: string;
  handle: string | null;
}

function expectNothingLeft(waiting: number): void {
  if (waiting > 0) throw new Error(`${waiting} posts wait for a person who has already decided`);
}

function counted(texts: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

function pointsOf(output: string): string[] {
  return output.split('\n').flatMap((line) => (line.startsWith('point ') ? [line.slice(6)] : []));
}
