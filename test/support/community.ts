import { createHash, randomBytes } from 'node:crypto';
import type { Account } from '../../src/credentials/account.entity.js';
import { Accounts } from '../../src/credentials/accounts.service.js';
import { NetworkTokens } from '../../src/credentials/network-tokens.service.js';
import { type PostingHours, type SlotPattern, type Span, slotsFrom } from '../../src/credentials/week.js';
import { Networks } from '../../src/networks/networks.service.js';
import { People } from '../../src/people/people.service.js';
import { Tokens } from '../../src/platform/tokens.service.js';
import type { Tx } from '../../src/platform/tx.js';
import type { Role } from '../../src/web/principal.js';
import type { Service } from './service.js';
import type { Visitor } from './visitor.js';

const day = { opens: '08:00', closes: '20:00' };
export const HOURS: PostingHours = {
  zone: 'Europe/London',
  days: { 1: day, 2: day, 3: day, 4: day, 5: { opens: '08:00', closes: '18:00' } },
};
export const PATTERN: SlotPattern = { startsOn: 1, startsAt: '08:00', endsOn: 5, endsAt: '18:00' };
const SCOPES = ['tweet.read', 'tweet.write', 'users.read', 'media.write', 'offline.access'];

/** An account with its team, connected to the simulator by the whole OAuth flow. Everyone's address is name@example.org. */
export async function makeAccount(service: Service, given: Partial<Account> = {}): Promise<Account> {
  const { app, db } = service;
  const handle = given.handle ?? 'NHS';
  const userId = await simulatedUser(service, handle);
  const account = await db.write(async (tx) => {
    const made = await app.get(Accounts).create(tx, {
      network: 'x',
      handle,
      slug: handle.toLowerCase(),
      name: `The ${handle} account`,
      about: '',
      zone: 'Europe/London',
      slotPattern: PATTERN,
      postingHours: HOURS,
      connection: 'api',
      handOverBy: 'desk',
      seats: 1,
      selfApproval: false,
      houseName: handle,
      houseBio: '',
      hashtag: '#NHScurator',
      thanksPost: true,
      helpContact: 'Olu, 01632 960 123',
      retention: { applications: 180, curators: 730, letters: 90 },
      ...given,
    });
    await tx.query('UPDATE accounts SET network_user_id = $2 WHERE id = $1', [made.id, userId]);
    await tx.query('INSERT INTO desk_settings (account_id, undo_seconds) VALUES ($1, 0)', [made.id]);
    await tx.query('INSERT INTO agreements (account_id, version, text, published_at) VALUES ($1, 1, $2, $3)', [
      ...[made.id, 'Be kind. Share nothing that could identify a patient.', tx.now],
    ]);
    return made;
  });
  await connect(service, account);
  const team: [string, Role][] = [
    ...([
      ['Kim', 'keeper'],
      ['Priya', 'approver'],
      ['Olu', 'organiser'],
      ['Rhian', 'reviewer'],
    ] as [string, Role][]),
  ];
  for (const [name, role] of team) {
    const id = await personId(service, name);
    await db.write((tx) => app.get(People).give(tx, id, account.id, role, null));
  }
  return app.get(Accounts).byId(account.id);
}

/** The person of this first name, made when there is none. */
export async function personId(service: Service, name: string): Promise<string> {
  const person = { email: `${name.toLowerCase()}@example.org`, name, shownName: name, handle: null };
  return service.db.write(async (tx) => (await service.app.get(People).known(tx, person)).id);
}

/** A visitor signed in as somebody, through a one-time link. */
export async function signedIn(service: Service, name: string): Promise<Visitor> {
  const id = await personId(service, name);
  const token = await service.db.write((tx) =>
    service.app.get(Tokens).mint(tx, 'sign-in', id, new Date(tx.now.getTime() + 3_600_000)),
  );
  const visitor = service.visitor();
  await visitor.get(`/sign-in/${token}`);
  await visitor.submit();
  return visitor;
}

/** Somebody whose turn it is now, with an open grant, as an earlier handover would have left it. Gives the stint's id. */
export async function onDuty(service: Service, account: Account, name: string): Promise<string> {
  const id = await personId(service, name);
  return service.db.write(async (tx) => {
    const [span] = slotsFrom(account.zone, account.slotPattern, tx.now, 1);
    if (!span || span.startsAt > tx.now) throw new Error('Nobody can be on duty: it is house time');
    const [application] = await tx.query<{ id: string }>(
      `INSERT INTO applications (account_id, person_id, state, answers, created_at) VALUES ($1, $2, 'accepted', '{}', $3) RETURNING id`,
      [account.id, id, tx.now],
    );
    const slotId = await slotOf(tx, account, span);
    const [stint] = await tx.query<{ id: string }>(
      `INSERT INTO stints (account_id, slot_id, person_id, application_id, state, starts_at, ends_at, proposed_by, proposed_at, confirmed_at)
       VALUES ($1, $2, $3, $4, 'active', $5, $6, $3, $5, $5) RETURNING id`,
      [account.id, slotId, id, application?.id, span.startsAt, span.endsAt],
    );
    await tx.query(
      'INSERT INTO grants (account_id, stint_id, person_id, seat, opens_at, ends_at) VALUES ($1, $2, $3, 1, $4, $5)',
      [account.id, stint?.id, id, span.startsAt, span.endsAt],
    );
    await tx.query(
      'INSERT INTO boundaries (account_id, at, incoming, started_at, done_at) VALUES ($1, $2, $3, $2, $2)',
      [account.id, span.startsAt, [stint?.id]],
    );
    tx.ring('rota.extend', account.id);
    tx.ring('handover.plan', account.id);
    return stint?.id ?? '';
  });
}

/** Lets somebody have had a turn that is over; gives its id. */
export async function pastTurn(service: Service, account: Account, name: string, span: Span): Promise<string> {
  const id = await personId(service, name);
  return service.db.write(async (tx) => {
    const [application] = await tx.query<{ id: string }>(
      `INSERT INTO applications (account_id, person_id, state, answers, created_at) VALUES ($1, $2, 'accepted', '{}', $3) RETURNING id`,
      [account.id, id, span.startsAt],
    );
    const [stint] = await tx.query<{ id: string }>(
      `INSERT INTO stints (account_id, slot_id, person_id, application_id, state, ended_how, starts_at, ends_at, proposed_by, proposed_at, confirmed_at)
       VALUES ($1, $2, $3, $4, 'ended', 'completed', $5, $6, $3, $5, $5) RETURNING id`,
      [account.id, await slotOf(tx, account, span), id, application?.id, span.startsAt, span.endsAt],
    );
    await tx.query(
      'INSERT INTO grants (account_id, stint_id, person_id, seat, opens_at, ends_at, closed_at) VALUES ($1, $2, $3, 1, $4, $5, $5)',
      [account.id, stint?.id, id, span.startsAt, span.endsAt],
    );
    return stint?.id ?? '';
  });
}

/** The slot of this span; the rota may have laid it out already. */
async function slotOf(tx: Tx, account: Account, span: Span): Promise<string> {
  const slot = [account.id, span.startsAt, span.endsAt];
  await tx.query(
    `INSERT INTO slots (account_id, kind, starts_at, ends_at) VALUES ($1, 'curator', $2, $3) ON CONFLICT DO NOTHING`,
    slot,
  );
  const [row] = await tx.query<{ id: string }>(
    'SELECT id FROM slots WHERE account_id = $1 AND starts_at = $2 AND ends_at = $3',
    slot,
  );
  if (!row) throw new Error('Another slot lies across this one');
  return row.id;
}

async function simulatedUser(service: Service, handle: string): Promise<string> {
  const { id } = (await send(service, '/simulator/users', { handle, name: handle })) as { id: string };
  return id;
}

/** Posts at the network as if from a telephone; gives the post's id. */
export async function postFromPhone(service: Service, account: Account, text: string, at?: Date): Promise<string> {
  const body = { handle: account.handle, text, ...(at ? { at: at.toISOString() } : {}) };
  return ((await send(service, '/simulator/posts', body)) as { id: string }).id;
}

async function connect(service: Service, account: Account): Promise<void> {
  const network = service.app.get(Networks).for(account.network);
  const codeVerifier = randomBytes(32).toString('base64url');
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
  const redirectUri = 'http://127.0.0.1/connection';
  const link = new URL(network.authorizeLink({ redirectUri, state: 's', codeChallenge, scopes: SCOPES }));
  const body = new URLSearchParams({
    ...Object.fromEntries(link.searchParams),
    handle: account.handle,
    decision: 'allow',
  });
  const answer = await fetch(new URL(link.pathname, service.simulatorUrl), {
    method: 'POST',
    body,
    redirect: 'manual',
  });
  const code = new URL(answer.headers.get('location') ?? 'about:blank').searchParams.get('code') ?? '';
  const tokens = await network.exchange({ code, redirectUri, codeVerifier });
  if (tokens.kind !== 'done') throw new Error(`Not connected: ${JSON.stringify(tokens)}`);
  await service.db.write((tx) => service.app.get(NetworkTokens).store(tx, account.id, tokens.value));
}

async function send(service: Service, path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${service.simulatorUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
