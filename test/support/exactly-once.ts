import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import sharp from 'sharp';
import { Accounts } from '../../src/credentials/accounts.service.js';
import { Interventions } from '../../src/messages/interventions.service.js';
import { Outbox } from '../../src/messages/outbox.service.js';
import { Files } from '../../src/platform/files.service.js';
import type { FaultKind } from '../../src/simulator/faults.js';
import { personId } from './community.js';
import { eventually } from './poll.js';
import { type Child, startBuilt } from './process.js';
import type { Service } from './service.js';
import { connectSimulated } from './simulated.js';

/** How many posts, by how many accounts, sent by how many workers at once; what goes wrong, and how often. */
export interface Trouble {
  posts: number;
  accounts: number;
  /** Posts queued together, as one morning's. */
  atOnce: number;
  workers: number;
  /** After how many create calls each worker is killed, at random between the two; null: never. */
  killedAfter: [least: number, most: number] | null;
  /** How likely each create call goes wrong in each way. */
  faults: Partial<Record<FaultKind, number>>;
  /** How far timelines are behind at most, milliseconds of service time. */
  lagMs: number;
  /** Whether killed workers' leases are waited for, or ended at once. */
  leases: 'waited for' | 'ended';
  random: () => number;
}

/** What became of them. */
export interface Tally {
  /** By the state of their rows before a person has decided anything. */
  states: Record<string, number>;
  /** Posts that are at the network more than once, at the end. */
  doubles: string[];
  /** Posts that are neither published, refused nor before a person; or that count as published and are not there. */
  lost: string[];
  /** Before a person although the network shows them: what looking should have found. */
  overlooked: string[];
  /** At the network after the person has decided about every one that was unknown or held. */
  published: number;
  killed: number;
  seconds: number;
}

/** Parts of a thread, pictures: one group of so many. */
const THREAD = 3;
const THREAD_EVERY = 20;
const PICTURE_EVERY = 50;
const STEP_MS = 20_000;
/** An account that meets a rate limit is full again after so many seconds. */
const AMOUNTS: Record<string, number> = { '429': 10 };

/** Sends posts while everything goes wrong, plays the person who looks at those that are left, and counts. */
export async function exactlyOnce(service: Service, trouble: Trouble, say: (line: string) => void): Promise<Tally> {
  await control(service, 'limits', { endpoint: 'any', on: false });
  await control(service, 'duplicates', { on: false });
  await control(service, 'lag', { upTo: trouble.lagMs });
  for (const [kind, chance] of Object.entries(trouble.faults))
    await control(service, 'faults', { endpoint: 'create', kind, every: true, chance, amount: AMOUNTS[kind] ?? null });
  const accounts = await accountsOf(service, trouble.accounts);
  const began = performance.now();
  const crew = new Crew(service, trouble);
  try {
    await crew.man();
    for (let first = 0; first < trouble.posts; first += trouble.atOnce) {
      const last = Math.min(first + trouble.atOnce, trouble.posts);
      await queue(service, accounts, first, last);
      await settled(service, crew, trouble, SENT);
      await service.moveClock(new Date((await service.db.now()).getTime() + STEP_MS));
      say(`${last} posts: ${JSON.stringify(await statesOf(service))}, ${crew.killed} workers killed`);
    }
    crew.calm();
    await settled(service, crew, trouble, LOOKED);
    const states = await statesOf(service);
    const overlooked = await overlookedOf(service);
    await fetch(`${service.simulatorUrl}/simulator/faults`, { method: 'DELETE' });
    while ((await decide(service)) > 0) await settled(service, crew, trouble, LOOKED);
    const seconds = (performance.now() - began) / 1000;
    return { states, overlooked, ...(await account(service)), killed: crew.killed, seconds };
  } finally {
    await crew.dismiss();
  }
}

/** Worker processes that are killed at one of their calls, and replaced. */
class Crew {
  killed = 0;
  private workers = new Map<Child, Promise<unknown>>();
  private calmed = false;
  private dismissed = false;

  constructor(
    private readonly service: Service,
    private readonly trouble: Trouble,
  ) {}

  /** Waits until everybody is at work. */
  async man(): Promise<void> {
    while (this.workers.size < this.trouble.workers) this.start();
    await Promise.all(this.workers.values());
  }

  /** Whoever begins from now on is not killed. */
  calm(): void {
    this.calmed = true;
  }

  async dismiss(): Promise<void> {
    this.dismissed = true;
    await Promise.all([...this.workers.keys()].map((worker) => worker.kill()));
  }

  private start(): void {
    const child = startBuilt('test/support/worker', {
      args: [JSON.stringify(this.service.runtime)],
      env: this.death(),
      imports: ['test/support/trace'],
    });
    this.workers.set(child, child.waitForLine(/^ready$/, 120_000));
    void child.exited.then(() => {
      this.workers.delete(child);
      if (this.dismissed) return;
      this.killed += 1;
      this.start();
    });
  }

  /** Mostly between the call and its commit, sometimes just before the call. */
  private death(): Record<string, string> {
    const { killedAfter, random } = this.trouble;
    if (!killedAfter || this.calmed) return {};
    const [least, most] = killedAfter;
    const nth = Math.round(least + random() * (most - least));
    return { KILL_AT: `${random() < 0.9 ? 'after' : 'before'} call POST /2/tweets #${nth}` };
  }
}

async function accountsOf(service: Service, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { id } = await service.db.write((tx) =>
      service.app.get(Accounts).create(tx, {
        ...{
          network: 'x',
          handle: `Once${index}`,
          slug: `once${index}`,
          name: 'Once',
          about: '',
          zone: 'Europe/London',
        },
        slotPattern: { startsOn: 1, startsAt: '08:00', endsOn: 5, endsAt: '18:00' },
        ...{ postingHours: null, connection: 'api', handOverBy: 'desk', seats: 1, selfApproval: false },
        ...{ houseName: 'Once', houseBio: '', hashtag: '', thanksPost: false, helpContact: '' },
        retention: { applications: 90, curators: 90, letters: 90 },
      }),
    );
    await connectSimulated(service, id);
    ids.push(id);
  }
  return ids;
}

/** Queues the posts of these numbers, each with words of its own: some with a picture, some as threads. */
async function queue({ db, app }: Service, accounts: string[], first: number, last: number): Promise<void> {
  const blue = sharp({ create: { width: 8, height: 8, channels: 3, background: '#005eb8' } });
  const file = await app.get(Files).keep(await blue.png().toBuffer());
  const outbox = app.get(Outbox);
  for (let number = first; number < last; ) {
    const parts = number % THREAD_EVERY === 0 ? Math.min(THREAD, last - number) : 1;
    const texts = Array.from({ length: parts }, (_, part) => `Post number ${number + part}, said once`);
    const media = number % PICTURE_EVERY === 7 ? [{ file, type: 'image/png', description: 'A blue square' }] : [];
    await db.write(async (tx) => {
      const accountId = accounts[Math.floor(number / THREAD_EVERY) % accounts.length] ?? '';
      const cause = { kind: 'account' as const, id: accountId };
      const given = { key: `once ${randomUUID()}`, accountId, cause, stintId: null, authorId: null, dueAt: tx.now };
      if (parts > 1) await outbox.thread(tx, { ...given, parts: texts.map((text) => ({ text })) });
      else await outbox.post(tx, { ...given, text: texts[0] ?? '', media });
    });
    number += parts;
  }
}

/** What is to be tried now; what is not looked for to the end. */
const SENT = `state = 'waiting' AND next_attempt_at <= $1`;
const LOOKED = `((state IN ('waiting', 'unknown') AND next_attempt_at IS NOT NULL) OR state = 'sending')`;

/** Waits until nothing of the kind is left, and moves the clock on where only time is missing. */
async function settled(service: Service, crew: Crew, { leases }: Trouble, left: string): Promise<void> {
  for (let idle = 0; ; await wait(100)) {
    await crew.man();
    if (leases === 'ended')
      await service.db.write((tx) =>
        tx.query('UPDATE messages SET lease_until = $1 WHERE lease_until > $1', [tx.real]),
      );
    const now = await service.db.now();
    const [count] = await service.db.query<{ open: number; due: number }>(
      `SELECT count(*)::int AS open, count(*) FILTER (WHERE next_attempt_at <= $1 OR state = 'sending')::int AS due
       FROM messages WHERE channel = 'post' AND ${left}`,
      [now],
    );
    if (count?.open === 0) return;
    idle = count?.due === 0 ? idle + 1 : 0;
    if (idle > 1) await service.moveClock(new Date(now.getTime() + STEP_MS));
  }
}

/** What a person does about each post before them: looks at the network itself, and says what is so. */
async function decide(service: Service): Promise<number> {
  const rows = await service.db.query<{ id: string; accountId: string; text: string; state: string }>(
    `SELECT id, account_id AS "accountId", data->>'text' AS text, state FROM messages
     WHERE channel = 'post' AND state IN ('unknown', 'held') ORDER BY part NULLS FIRST`,
  );
  const olu = await personId(service, 'Olu');
  const there = await postsOf(service);
  for (const { id: messageId, accountId, text, state } of rows) {
    const which = { account: await service.app.get(Accounts).byId(accountId), messageId, personId: olu };
    const [found] = there.get(text) ?? [];
    const acts = service.app.get(Interventions);
    const act = state === 'held' ? acts.release(which) : found ? acts.arrived(which, found) : acts.repeat(which);
    // A part behind another goes on with that one.
    await act.catch(() => undefined);
  }
  return rows.length;
}

async function account(service: Service): Promise<Pick<Tally, 'doubles' | 'lost' | 'published'>> {
  const there = await postsOf(service);
  const rows = await service.db.query<{ text: string; state: string; ref: string | null }>(
    `SELECT data->>'text' AS text, state, provider_ref AS ref FROM messages WHERE channel = 'post'`,
  );
  const lost = rows.filter(({ text, state, ref }) => {
    if (state === 'sent') return !(there.get(text) ?? []).includes(ref ?? '');
    return state !== 'refused';
  });
  const doubles = [...there].filter(([, ids]) => ids.length > 1).map(([text]) => text);
  return { doubles, lost: lost.map(({ text, state }) => `${text} (${state})`), published: there.size };
}

async function overlookedOf(service: Service): Promise<string[]> {
  const there = await postsOf(service);
  const rows = await service.db.query<{ text: string }>(
    `SELECT data->>'text' AS text FROM messages WHERE channel = 'post' AND state IN ('unknown', 'held', 'refused')`,
  );
  return rows.map(({ text }) => text).filter((text) => there.has(text));
}

async function statesOf({ db }: Service): Promise<Record<string, number>> {
  const rows = await db.query<{ state: string; count: number }>(
    `SELECT state, count(*)::int AS count FROM messages WHERE channel = 'post' GROUP BY state ORDER BY 2 DESC`,
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** The ids at the network, by text without the link that stands for a picture. */
async function postsOf({ simulatorUrl }: Service): Promise<Map<string, string[]>> {
  const answer = await eventually(() => fetch(`${simulatorUrl}/simulator/posts.json`));
  const found = new Map<string, string[]>();
  for (const { id, text } of (await answer.json()) as { id: string; text: string }[])
    found.set(text, [...(found.get(text) ?? []), id]);
  return found;
}

async function control({ simulatorUrl }: Service, what: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${simulatorUrl}/simulator/${what}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
}
