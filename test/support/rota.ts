import type { Account } from '../../src/credentials/account.entity.js';
import { Accounts } from '../../src/credentials/accounts.service.js';
import { slotOfWeek } from '../../src/credentials/week.js';
import { People } from '../../src/people/people.service.js';
import { Sessions } from '../../src/people/sessions.service.js';
import { Slots } from '../../src/rota/slots.service.js';
import type { Availability } from '../../src/rota/suits.js';
import type { Role } from '../../src/web/principal.js';
import type { Service } from './service.js';
import type { Visitor } from './visitor.js';

const weekday = { opens: '08:00', closes: '20:00' };

/** An account of its own with the coming weeks laid out, in London: Monday 08:00 to Friday 18:00. */
export async function accountWithSlots(
  service: Service,
  slug: string,
  change: Partial<Account> = {},
): Promise<Account> {
  const account = await service.db.write((tx) =>
    service.app.get(Accounts).create(tx, {
      network: 'x',
      handle: slug.toUpperCase(),
      slug,
      name: slug.toUpperCase(),
      about: '',
      zone: 'Europe/London',
      slotPattern: { startsOn: 1, startsAt: '08:00', endsOn: 5, endsAt: '18:00' },
      postingHours: { zone: 'Europe/London', days: { 1: weekday, 2: weekday, 3: weekday, 4: weekday, 5: weekday } },
      connection: 'none',
      handOverBy: 'desk',
      seats: 1,
      selfApproval: false,
      houseName: slug,
      houseBio: '',
      hashtag: '',
      thanksPost: false,
      helpContact: 'Ring 0123 456',
      retention: { applications: 90, curators: 90, letters: 90 },
      ...change,
    }),
  );
  await service.app.get(Slots).extend(account.id);
  return account;
}

/** Somebody of the team, signed in. The same name is the same person on every account. */
export async function teamMember(service: Service, account: Account, name: string, ...roles: Role[]): Promise<Visitor> {
  const { id } = await person(service, name);
  await service.db.write(async (tx) => {
    for (const role of roles) await service.app.get(People).give(tx, id, account.id, role, null);
  });
  return signedIn(service, id);
}

/** A visitor with a session of this person. */
export async function signedIn(service: Service, personId: string): Promise<Visitor> {
  const visitor = service.visitor();
  visitor.keep('baton', await sessionOf(service, personId));
  return visitor;
}

/** A new session of a person: the value of its cookie. */
export async function sessionOf(service: Service, personId: string): Promise<string> {
  return service.db.write((tx) => service.app.get(Sessions).begin(tx, personId, 'Test', undefined));
}

/** The person of this name. */
export async function personCalled(service: Service, name: string): Promise<string> {
  return (await person(service, name)).id;
}

/** Somebody whose application was accepted. */
export async function accepted(
  service: Service,
  account: Account,
  name: string,
  weeks: Partial<Availability> = {},
): Promise<{ personId: string; applicationId: string; email: string }> {
  const { id: personId, email } = await person(service, name);
  const answers = { role: `${name} is a nurse`, weeks };
  const [row] = await service.db.write((tx) =>
    tx.query<{ id: string }>(
      `INSERT INTO applications (account_id, person_id, state, answers, created_at) VALUES ($1, $2, 'accepted', $3, $4) RETURNING id`,
      [account.id, personId, answers, tx.now],
    ),
  );
  return { personId, applicationId: row?.id ?? '', email: email ?? '' };
}

/** The slot of the week of a date. */
export async function slotOn(service: Service, account: Account, date: string): Promise<string> {
  const span = slotOfWeek(account.zone, account.slotPattern, date);
  const [row] = await service.db.query<{ id: string }>(
    'SELECT id FROM slots WHERE account_id = $1 AND starts_at = $2',
    [account.id, span?.startsAt],
  );
  if (!row) throw new Error(`No slot in the week of ${date}`);
  return row.id;
}

async function person(service: Service, name: string) {
  const given = { email: `${name.toLowerCase()}@example.org`, name, shownName: name, handle: null };
  return service.db.write((tx) => service.app.get(People).known(tx, given));
}
