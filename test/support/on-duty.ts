import { randomUUID } from 'node:crypto';
import type { Account } from '../../src/credentials/account.entity.js';
import { Accounts } from '../../src/credentials/accounts.service.js';
import { People } from '../../src/people/people.service.js';
import { Sessions } from '../../src/people/sessions.service.js';
import type { Tx } from '../../src/platform/tx.js';
import type { Role } from '../../src/web/principal.js';
import type { Service } from './service.js';
import { connectSimulated } from './simulated.js';
import type { Visitor } from './visitor.js';

const weekday = { opens: '08:00', closes: '20:00' };

/** An account with Grace on duty, by rows: for tests of what a curator or the team does while somebody is on duty. */
export interface OnDuty {
  account: Account;
  grace: { personId: string; stintId: string };
}

/** Grace has the account in `[opensAt, endsAt)`, in posting hours from 8 to 20 on weekdays, London time. */
export async function onDuty(service: Service, opensAt: Date, endsAt: Date): Promise<OnDuty> {
  // In one transaction, so that the rota's own slots find this one.
  const duty = await service.db.write(async (tx) => {
    const account = await service.app.get(Accounts).create(tx, {
      network: 'x',
      handle: 'NHS',
      slug: 'nhs',
      name: 'NHS',
      about: '',
      zone: 'Europe/London',
      slotPattern: { startsOn: 1, startsAt: '08:00', endsOn: 5, endsAt: '18:00' },
      postingHours: { zone: 'Europe/London', days: { 1: weekday, 2: weekday, 3: weekday, 4: weekday, 5: weekday } },
      connection: 'api',
      handOverBy: 'desk',
      seats: 1,
      selfApproval: false,
      houseName: 'NHS',
      houseBio: '',
      hashtag: '',
      thanksPost: false,
      helpContact: '',
      retention: { applications: 90, curators: 90, letters: 90 },
    });
    return { account, grace: await graceOf(service, tx, account.id, opensAt, endsAt) };
  });
  await connectSimulated(service, duty.account.id);
  return duty;
}

/** Somebody of the team, signed in. */
export async function signedIn(service: Service, account: Account, name: string, role: Role): Promise<Visitor> {
  const visitor = service.visitor();
  const session = await service.db.write(async (tx) => {
    const email = `${name.toLowerCase()}@example.org`;
    const person = await service.app.get(People).known(tx, { email, name, shownName: name, handle: null });
    await service.app.get(People).give(tx, person.id, account.id, role, null);
    return service.app.get(Sessions).begin(tx, person.id, 'Test', undefined);
  });
  visitor.keep('baton', session);
  return visitor;
}

async function graceOf(service: Service, tx: Tx, accountId: string, opensAt: Date, endsAt: Date) {
  const [stintId, slotId, applicationId] = [randomUUID(), randomUUID(), randomUUID()];
  const given = { email: 'grace@example.org', name: 'Grace', shownName: 'Grace', handle: null };
  const { id: personId } = await service.app.get(People).known(tx, given);
  await tx.query(
    `INSERT INTO applications (id, account_id, person_id, state, answers, created_at) VALUES ($1, $2, $3, 'accepted', '{}', $4)`,
    [applicationId, accountId, personId, tx.now],
  );
  await tx.query(`INSERT INTO slots (id, account_id, kind, starts_at, ends_at) VALUES ($1, $2, 'curator', $3, $4)`, [
    slotId,
    accountId,
    opensAt,
    endsAt,
  ]);
  await tx.query(
    `INSERT INTO stints (id, account_id, slot_id, person_id, application_id, state, starts_at, ends_at, proposed_by, proposed_at)
       VALUES ($1, $2, $3, $4, $5, 'active', $6, $7, $4, $8)`,
    [stintId, accountId, slotId, personId, applicationId, opensAt, endsAt, tx.now],
  );
  await tx.query(
    `INSERT INTO grants (account_id, stint_id, person_id, seat, opens_at, ends_at) VALUES ($1, $2, $3, 1, $4, $5)`,
    [accountId, stintId, personId, opensAt, endsAt],
  );
  return { personId, stintId };
}
