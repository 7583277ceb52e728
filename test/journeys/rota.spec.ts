import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Audit } from '../../src/audit/audit.service.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { Offers } from '../../src/rota/offers.service.js';
import { Slots } from '../../src/rota/slots.service.js';
import { eventually } from '../support/poll.js';
import { accepted, accountWithSlots, signedIn, slotOn, teamMember } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

let service: Service;
let account: Account;
let olu: Visitor;
let priya: Visitor;
let rhian: Visitor;
let ada: Awaited<ReturnType<typeof accepted>>;
let ben: Awaited<ReturnType<typeof accepted>>;

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-11-02T09:00:00Z') });
  account = await accountWithSlots(service, 'nhs');
  olu = await teamMember(service, account, 'Olu', 'organiser');
  priya = await teamMember(service, account, 'Priya', 'approver', 'organiser');
  rhian = await teamMember(service, account, 'Rhian', 'reviewer');
  const kim = await teamMember(service, account, 'Kim', 'keeper');
  await kim.get('/team/nhs/agreement');
  await kim.submit({ text: 'Be kind.\n\nNo patients’ names.' });
  ada = await accepted(service, account, 'Ada', { first: ['2026-12-07'], unavailable: ['2026-12-14'] });
  ben = await accepted(service, account, 'Ben', { flexible: true });
});

afterAll(() => service?.stop());

/** Proposes somebody for the slot of a week, and gives the address of the turn's page. */
async function propose(by: Visitor, date: string, who: { applicationId: string }, on = account): Promise<string> {
  await by.get(`/team/${on.slug}/slots/${await slotOn(service, on, date)}`);
  await by.submit({ applicationId: who.applicationId }, 'proposals');
  expect(by.page.status).toBe(200);
  return new URL(by.page.url).pathname;
}

/** Proposes, approves, and gives the turn's address and the newest offer link. */
async function offer(date: string, who: typeof ada): Promise<{ turn: string; link: string }> {
  const turn = await propose(olu, date, who);
  await priya.get(turn);
  await priya.submit({}, 'approvals');
  expect(priya.words).toContain('Offered');
  return { turn, link: await linkTo(turn, who) };
}

async function linkTo(turn: string, who: typeof ada, template = 'offer'): Promise<string> {
  const id = turn.split('/').at(-1);
  await eventuallySent(id ?? '', template);
  const letter = await service.letter(who.email, template === 'offer' ? /say yes or no/ : /have moved/);
  return new URL(letter.links.find((each) => each.includes('/offers/')) ?? '').pathname;
}

async function eventuallySent(stintId: string, template: string): Promise<void> {
  await eventually(async () => {
    const rows = await service.db.query(
      `SELECT 1 FROM messages WHERE cause_id = $1 AND template = $2 AND state = 'sent'
         AND NOT EXISTS (SELECT 1 FROM messages WHERE cause_id = $1 AND template = $2 AND state IN ('waiting', 'sending'))`,
      [stintId, template],
    );
    return rows.length > 0;
  });
}

/** The team's page of the turn whose offer is behind a link. */
async function stintOf(link: string): Promise<string> {
  const { stint } = await service.app.get(Offers).look({ token: link.split('/').at(-1) ?? '' });
  return `/team/nhs/stints/${stint?.id}`;
}

/** The letters about a turn that have not left. */
async function waitingFor(stintId: string | undefined): Promise<string[]> {
  const rows = await service.db.query<{ template: string }>(
    `SELECT template FROM messages WHERE cause_id = $1 AND state IN ('waiting', 'held', 'sending')`,
    [stintId],
  );
  return rows.map(({ template }) => template);
}

async function confirm(link: string): Promise<Visitor> {
  const curator = service.visitor();
  await curator.get(link);
  await curator.submit({ agree: 'yes', goAhead: 'yes' }, 'confirmation');
  return curator;
}

/** The token of the forms of the page seen last. */
function csrf(visitor: Visitor): string {
  return /name="_csrf" value="([^"]+)"/.exec(visitor.page.text)?.[1] ?? '';
}

async function publicTurns(slug = 'nhs'): Promise<{ name: string; startsAt: string; id: string }[]> {
  const answer = await fetch(`${service.url}/${slug}/rota.json`);
  return ((await answer.json()) as { turns: { name: string; startsAt: string; id: string }[] }).turns;
}

describe('the rota', () => {
  it('is kept 26 weeks ahead without overlap, and laying out again adds nothing', async () => {
    await rhian.get('/team/nhs/rota');
    expect(rhian.page.text.match(/class="nhsuk-table__row"/g)).toHaveLength(26);
    expect(rhian.words).toContain('No curator and it has started');
    expect(await service.app.get(Slots).extend(account.id)).toBe(0);
  });

  it('lets the whole team read and only organisers propose', async () => {
    const slot = `/team/nhs/slots/${await slotOn(service, account, '2026-12-07')}`;
    await rhian.get(slot);
    expect(rhian.page.status).toBe(200);
    expect(rhian.words).not.toContain('Propose');
    expect((await rhian.post(`${slot}/proposals`, { applicationId: ada.applicationId, seat: '1' })).status).toBe(403);
  });

  it('shows how the week suits everybody, by name, and ranks nobody', async () => {
    await olu.get(`/team/nhs/slots/${await slotOn(service, account, '2026-12-07')}`);
    expect(olu.words).toMatch(/Ada First choice of theirs Ben Flexible/);
    await olu.get(`/team/nhs/slots/${await slotOn(service, account, '2026-12-14')}`);
    expect(olu.words).toMatch(/Ada Said they cannot do this week Ben/);
    await olu.submit({}, 'proposals');
    expect(olu.page.status).toBe(422);
    expect(olu.words).toContain('Choose a person');
  });

  it('says so at addresses where nothing is', async () => {
    for (const path of ['slots/nonsense', `stints/${account.id}`, `slots/${account.id}`, 'stints/1/move']) {
      expect((await olu.get(`/team/nhs/${path}`)).status).toBe(404);
    }
  });
});

describe('a proposal', () => {
  it('is approved by somebody else, offered by letter and confirmed by its link', async () => {
    const { turn, link } = await offer('2026-12-07', ada);
    expect(await publicTurns()).toEqual([]);
    const curator = service.visitor();
    await curator.get(link);
    for (const words of [
      'Monday 7 December 2026 at 8am GMT',
      'Friday 11 December 2026 at 6pm GMT',
      'Monday to Friday, 8am to 8pm',
      'no password',
      'Version 1',
      'No patients’ names.',
      'this may bring abuse',
      'Ring 0123 456',
    ])
      expect(curator.words).toContain(words);
    await curator.submit({}, 'confirmation');
    expect(curator.page.status).toBe(422);
    expect(curator.words).toContain('Tick the box if you still want to go ahead');
    await curator.submit({ agree: 'yes', goAhead: 'yes' }, 'confirmation');
    expect(curator.words).toContain('Your turn is confirmed');
    expect(curator.words).toContain('Sign in');
    await olu.get(turn);
    expect(olu.words).toMatch(/Confirmed .* with version 1 of the agreement/);
    expect((await service.letter('olu@', /the offer for .* was confirmed/)).text).not.toContain('Ada');
    expect((await service.letter(ada.email, /is confirmed/)).text).toContain('Monday 7 December 2026 at 8am GMT');
    expect((await publicTurns()).map(({ name }) => name)).toEqual(['Ada']);
    expect(await service.app.get(Audit).broken(account.id)).toBeNull();
  });

  it('is never approved by whoever made it, unless the account allows it', async () => {
    const turn = await propose(priya, '2027-01-04', ben);
    expect(priya.words).toContain('You proposed this turn yourself');
    expect(priya.page.text).not.toContain('approvals');
    await priya.get(`${turn}/cancellation`);
    const token = csrf(priya);
    expect((await priya.post(`${turn}/approvals`, { _csrf: token })).status).toBe(403);
    expect(priya.words).toContain('another approver has to look at it');
    await service.db.query('UPDATE accounts SET self_approval = true WHERE id = $1', [account.id]);
    await priya.get(turn);
    await priya.submit({}, 'approvals');
    expect(priya.words).toContain('Offered');
    await service.db.query('UPDATE accounts SET self_approval = false WHERE id = $1', [account.id]);
  });

  it('is returned with a reason, and the slot is free again', async () => {
    const turn = await propose(olu, '2027-01-11', ben);
    await priya.get(turn);
    await priya.submit({ reason: ' ' }, 'returns');
    expect(priya.page.status).toBe(422);
    await priya.submit({ reason: 'He is away that week' }, 'returns');
    await olu.get(turn);
    expect(olu.words).toContain('He is away that week');
    await propose(olu, '2027-01-11', ada);
  });

  it('wins a slot once when two organisers propose at the same moment', async () => {
    const slot = `/team/nhs/slots/${await slotOn(service, account, '2027-01-18')}`;
    await Promise.all([olu.get(slot), priya.get(slot)]);
    const answers = await Promise.all([
      olu.submit({ applicationId: ada.applicationId }, 'proposals'),
      priya.submit({ applicationId: ben.applicationId }, 'proposals'),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect([olu.words, priya.words].filter((words) => words.includes('Somebody else was just put'))).toHaveLength(1);
  });

  it('is not approved, and an offer not confirmed, once the application was withdrawn', async () => {
    const eve = await accepted(service, account, 'Eve');
    const { link } = await offer('2027-01-25', eve);
    const second = await propose(olu, '2027-02-01', eve);
    const state = (to: string) =>
      service.db.query('UPDATE applications SET state = $2 WHERE id = $1', [eve.applicationId, to]);
    await priya.get(second);
    await state('withdrawn');
    await priya.submit({}, 'approvals');
    expect(priya.page.status).toBe(409);
    const curator = service.visitor();
    await curator.get(link);
    await curator.submit({ agree: 'yes', goAhead: 'yes' }, 'confirmation');
    expect(curator.page.status).toBe(409);
    await rhian.get('/team/nhs/rota');
    expect(rhian.words).toContain('Eve is no longer an accepted applicant');
    for (const turn of [second, await stintOf(link)]) {
      await olu.get(`${turn}/cancellation`);
      await olu.submit({ reason: 'Withdrawn' }, 'cancellation');
    }
    await state('accepted');
  });

  it('warns of a repeat within two years', async () => {
    await service.db.query(
      `WITH slot AS (INSERT INTO slots (account_id, kind, starts_at, ends_at)
         VALUES ($1, 'curator', '2025-12-01T08:00Z', '2025-12-05T18:00Z') RETURNING *)
       INSERT INTO stints (account_id, slot_id, person_id, application_id, state, ended_how, starts_at, ends_at, proposed_by, proposed_at)
       SELECT $1, id, $2, $3, 'ended', 'completed', starts_at, ends_at, $2, starts_at FROM slot`,
      [account.id, ben.personId, ben.applicationId],
    );
    await olu.get(`/team/nhs/slots/${await slotOn(service, account, '2027-02-01')}`);
    expect(olu.words).toContain('Had a turn less than two years before: Monday 1 December 2025');
  });
});

describe('an offer', () => {
  it('is declined by link, which frees the slot and tells the team', async () => {
    const { turn, link } = await offer('2027-02-08', ben);
    const curator = service.visitor();
    await curator.get(link);
    await curator.submit({ reason: 'Exams' }, 'refusal');
    expect(curator.words).toContain('You declined this offer');
    await olu.get(turn);
    expect(olu.words).toContain('Exams');
    await service.letter('olu@', /was declined/);
    await propose(olu, '2027-02-08', ada);
  });

  it('changes nothing when a scanner follows its link, however often', async () => {
    const { link } = await offer('2027-02-15', ben);
    const before = await service.db.query('SELECT * FROM stints ORDER BY id');
    const tokens = await service.db.query('SELECT * FROM one_time_tokens ORDER BY hash');
    for (const method of ['GET', 'HEAD', 'GET']) await fetch(`${service.url}${link}`, { method });
    expect(await service.db.query('SELECT * FROM stints ORDER BY id')).toEqual(before);
    expect(await service.db.query('SELECT * FROM one_time_tokens ORDER BY hash')).toEqual(tokens);
    expect((await confirm(link)).words).toContain('Your turn is confirmed');
  });

  it('cannot be answered without its form', async () => {
    const { link } = await offer('2027-02-22', ben);
    const visitor = service.visitor();
    const answers = { agree: 'yes', goAhead: 'yes', revision: '1', agreementId: '' };
    expect((await visitor.post(`${link}/confirmation`, answers)).status).toBe(403);
  });

  it('is answered once: the used link shows what was answered', async () => {
    const { link } = await offer('2027-03-01', ben);
    const [first, second] = [service.visitor(), service.visitor()];
    await Promise.all([first.get(link), second.get(link)]);
    await first.submit({ agree: 'yes', goAhead: 'yes' }, 'confirmation');
    await second.submit({ reason: 'no' }, 'refusal');
    expect(second.page.status).toBe(409);
    expect(second.words).toContain('Your turn is confirmed');
    expect((await service.visitor().get(link)).text).toContain('Your turn is confirmed');
  });

  it('that was withdrawn, and whose slot is somebody else’s, says so and what to do', async () => {
    const { turn, link } = await offer('2027-03-08', ben);
    const curator = service.visitor();
    await curator.get(link);
    await olu.get(`${turn}/cancellation`);
    await olu.submit({ reason: 'A mix-up' }, 'cancellation');
    await propose(olu, '2027-03-08', ada);
    await curator.submit({ agree: 'yes', goAhead: 'yes' }, 'confirmation');
    expect(curator.page.status).toBe(409);
    expect(curator.words).toContain('given to somebody else');
    expect(curator.words).toContain('Ring 0123 456');
    expect((await service.letter(ben.email, /is withdrawn/)).text).toContain('A mix-up');
  });

  it('has no other way in: unknown links and links for something else', async () => {
    const visitor = service.visitor();
    expect((await visitor.get('/offers/nothing')).status).toBe(404);
    const ask = service.visitor();
    await ask.get('/sign-in');
    await ask.submit({ email: ada.email });
    const signIn = (await service.letter(ada.email, /^Sign in/)).links[0] ?? '';
    const token = new URL(signIn).pathname.split('/').at(-1);
    expect((await visitor.get(`/offers/${token}`)).status).toBe(404);
    expect(visitor.words).toContain('not one of ours');
  });

  it('is answered signed in as well, by its own person only', async () => {
    const { turn } = await offer('2027-03-15', ben);
    const own = turn.replace('/team/nhs', '/me');
    const [benself, adaself] = [await signedIn(service, ben.personId), await signedIn(service, ada.personId)];
    expect((await adaself.get(own)).status).toBe(404);
    await benself.get(own);
    await benself.submit({ agree: 'yes', goAhead: 'yes' }, 'confirmation');
    expect(benself.words).toContain('Your turn is confirmed');
  });

  it('shows the newest agreement, even to somebody who had the page open', async () => {
    const { turn, link } = await offer('2027-03-22', ben);
    const curator = service.visitor();
    await curator.get(link);
    const kim = await teamMember(service, account, 'Kim', 'keeper');
    await kim.get('/team/nhs/agreement');
    await kim.submit({ text: 'Be kind, always.' });
    await curator.submit({ agree: 'yes', goAhead: 'yes' }, 'confirmation');
    expect(curator.page.status).toBe(422);
    expect(curator.words).toContain('Be kind, always.');
    await curator.submit({ agree: 'yes', goAhead: 'yes' }, 'confirmation');
    await olu.get(turn);
    expect(olu.words).toContain('with version 2 of the agreement');
  });
});

describe('a turn that moves', () => {
  it('is confirmed again by a new letter, and nothing old is sent or works', async () => {
    const { turn, link } = await offer('2027-03-29', ben);
    await confirm(link);
    await olu.get(`${turn}/move`);
    await olu.submit({ slotId: await slotOn(service, account, '2027-01-25'), reason: 'Easter' }, 'move');
    expect(olu.words).toContain('Monday 25 January 2027');
    expect(olu.words).toContain('Offered');
    const id = turn.split('/').at(-1);
    const waiting = await service.db.query(
      `SELECT template, key FROM messages WHERE cause_id = $1 AND state IN ('waiting', 'sending') AND template <> 'dates-moved'`,
      [id],
    );
    expect(waiting).toEqual([]);
    expect((await publicTurns()).filter((each) => each.id === id)).toEqual([]);
    expect((await service.visitor().get(link)).status).toBe(410);
    const again = await confirm(await linkTo(turn, ben, 'dates-moved'));
    expect(again.words).toContain('Monday 25 January 2027');
    expect((await publicTurns()).find((each) => each.id === id)?.startsAt).toBe('2027-01-25T08:00:00.000Z');
    const calendar = await (await fetch(`${service.url}/nhs/rota.ics`)).text();
    expect(eventsOf(calendar).find((event) => event.UID?.startsWith(`${id}@`))?.SEQUENCE).toBe('2');
  });

  it('does not let a page that shows the old dates confirm the new ones', async () => {
    const { turn, link } = await offer('2027-03-29', ada);
    const own = await signedIn(service, ada.personId);
    await own.get(turn.replace('/team/nhs', '/me'));
    await olu.get(`${turn}/move`);
    await olu.submit({ slotId: await slotOn(service, account, '2027-04-05'), reason: 'Easter' }, 'move');
    await own.submit({ agree: 'yes', goAhead: 'yes' }, 'confirmation');
    expect(own.page.status).toBe(409);
    expect(own.words).toContain('The dates have changed');
    expect(link).toContain('/offers/');
  });

  it('is cancelled with a letter, leaves the public rota, and what was queued for it is not sent', async () => {
    const { turn, link } = await offer('2027-03-29', ben);
    await confirm(link);
    const id = turn.split('/').at(-1);
    expect((await publicTurns()).some((each) => each.id === id)).toBe(true);
    await eventually(async () => (await waitingFor(id)).includes('access'));
    await olu.get(`${turn}/cancellation`);
    await olu.submit({ reason: '' }, 'cancellation');
    expect(olu.page.status).toBe(422);
    await olu.submit({ reason: 'The tour is off' }, 'cancellation');
    expect((await service.letter(ben.email, /is cancelled/)).text).toContain('The tour is off');
    expect((await publicTurns()).some((each) => each.id === id)).toBe(false);
    expect((await waitingFor(id)).filter((template) => template !== 'turn-cancelled')).toEqual([]);
    expect((await service.visitor().get(link)).text).toContain('This turn was cancelled');
  });

  it('cannot be moved or cancelled here while it runs', async () => {
    const { turn, link } = await offer('2027-04-12', ada);
    await confirm(link);
    await service.db.query(`UPDATE stints SET state = 'active' WHERE id = $1`, [turn.split('/').at(-1)]);
    expect((await olu.get(`${turn}/cancellation`)).status).toBe(409);
    expect(olu.words).toContain('Cut it short on the page for a bad day');
    expect((await olu.get(`${turn}/move`)).status).toBe(409);
    await service.db.query(`UPDATE stints SET state = 'confirmed' WHERE id = $1`, [turn.split('/').at(-1)]);
  });
});

describe('a blackout', () => {
  const form = (title: string, from: string, to: string | null) => ({
    title,
    scope: 'curators',
    reason: 'An election',
    'start-day': from,
    'start-month': '12',
    'start-year': '2026',
    'start-time': '00:01',
    ...(to ? { 'end-day': to, 'end-month': '12', 'end-year': '2026', 'end-time': '23:59' } : { open: 'yes' }),
  });
  const add = (fields: Record<string, string>) => olu.post('/team/nhs/blackouts', { ...fields, _csrf: csrf(olu) });
  const stops = () =>
    service.db.query<{ id: string }>('SELECT id FROM stops WHERE lifted_at IS NULL AND cause_kind = $1', ['stint']);
  const holds = (now: string) =>
    service.db.query(
      'SELECT 1 FROM holds WHERE account_id = $1 AND starts_at <= $2 AND (ends_at IS NULL OR ends_at > $2)',
      [account.id, now],
    );

  it('falls on confirmed turns, holds their letters, and of two that overlap the other stays in force', async () => {
    await olu.get('/team/nhs/blackouts');
    await add({ ...form('Wales', '1', '12'), 'start-day': '31', 'start-month': '2' });
    expect(olu.page.status).toBe(422);
    expect(olu.words).toContain('Enter a real start date');
    await add(form('Wales', '1', '12'));
    expect(olu.words).toMatch(/Wales To come .* It falls on: Ada, Monday 7 December 2026/);
    await add(form('England', '4', null));
    expect(olu.words).toContain('until further notice');
    expect((await stops()).length).toBeGreaterThanOrEqual(2);
    expect(await holds('2026-12-08T12:00Z')).toHaveLength(2);
    await rhian.get('/team/nhs/rota');
    expect(rhian.words).toContain('Hit by a blackout: Wales');
    const [wales] = await service.db.query<{ id: string }>(`SELECT id FROM blackouts WHERE title = 'Wales'`);
    await olu.get('/team/nhs/blackouts');
    await olu.submit({}, `${wales?.id}/end`);
    expect(await holds('2026-12-08T12:00Z')).toHaveLength(1);
    expect((await stops()).length).toBeGreaterThanOrEqual(1);
    const [england] = await service.db.query<{ id: string }>(`SELECT id FROM blackouts WHERE title = 'England'`);
    await olu.submit({}, `${england?.id}/end`);
    expect(await holds('2026-12-08T12:00Z')).toHaveLength(0);
    expect(await stops()).toEqual([]);
  });

  it('keeps back the letters of a turn that is approved while it is in force, and of no turn moved out of it', async () => {
    await olu.get('/team/nhs/blackouts');
    await add(form('Mourning', '14', '18'));
    const turn = await propose(olu, '2026-12-14', ben);
    await priya.get(turn);
    await priya.submit({}, 'approvals');
    const id = turn.split('/').at(-1);
    expect(await stops()).toHaveLength(1);
    await olu.get(`${turn}/move`);
    await olu.submit({ slotId: await slotOn(service, account, '2026-12-21'), reason: 'Mourning' }, 'move');
    expect(await stops()).toEqual([]);
    await eventuallySent(id ?? '', 'dates-moved');
    const offers = await service.db.query(`SELECT state FROM messages WHERE cause_id = $1 AND template = 'offer'`, [
      id,
    ]);
    expect(offers).toEqual([{ state: 'withdrawn' }]);
  });
});

describe('a break', () => {
  it('is marked with a reason where nobody is, and undone', async () => {
    const slot = `/team/nhs/slots/${await slotOn(service, account, '2026-12-28')}`;
    await olu.get(slot);
    await olu.submit({ breakReason: '' }, 'breaks');
    expect(olu.page.status).toBe(422);
    await olu.submit({ breakReason: 'New Year' }, 'breaks');
    expect(olu.words).toContain('A break: New Year');
    await rhian.get('/team/nhs/rota');
    expect(rhian.words).toContain('Break Who New Year');
    await olu.submit({}, 'breaks/end');
    expect(olu.words).toContain('Propose somebody');
    await olu.get(`/team/nhs/slots/${await slotOn(service, account, '2026-12-07')}`);
    await olu.get(slot);
    const token = csrf(olu);
    const booked = `/team/nhs/slots/${await slotOn(service, account, '2026-12-07')}`;
    expect((await olu.post(`${booked}/breaks`, { _csrf: token, breakReason: 'x' })).status).toBe(409);
  });
});

describe('the public rota', () => {
  it('shows exactly the confirmed turns, the same in JSON and in the calendar', async () => {
    const confirmed = await service.db.query<{ id: string }>(
      `SELECT id FROM stints WHERE account_id = $1 AND state = 'confirmed' AND confirmed_at IS NOT NULL ORDER BY starts_at`,
      [account.id],
    );
    const turns = await publicTurns();
    expect(turns.map(({ id }) => id)).toEqual(confirmed.map(({ id }) => id));
    expect(Object.keys(turns[0] ?? {}).sort()).toEqual(['endsAt', 'id', 'name', 'role', 'startsAt', 'state']);
    const events = eventsOf(await (await fetch(`${service.url}/nhs/rota.ics`)).text());
    const plain = (iso: string) => iso.replace(/[-:]|\.000/g, '');
    expect(events.map((event) => [event.UID?.split('@')[0], event.DTSTART])).toEqual(
      turns.map((turn) => [turn.id, plain(turn.startsAt)]),
    );
  });

  it('can be cached and read from other sites', async () => {
    for (const path of ['rota.json', 'rota.ics']) {
      const first = await fetch(`${service.url}/nhs/${path}`);
      expect(first.headers.get('cache-control')).toBe('public, max-age=60');
      expect(first.headers.get('access-control-allow-origin')).toBe('*');
      const again = await fetch(`${service.url}/nhs/${path}`, {
        headers: { 'if-none-match': first.headers.get('etag') ?? '' },
      });
      expect(again.status).toBe(304);
    }
    expect((await fetch(`${service.url}/nobody/rota.json`)).status).toBe(404);
  });
});

describe('another account', () => {
  it('is out of reach: its pages, slots, turns and blackouts', async () => {
    const other = await accountWithSlots(service, 'other');
    const otto = await teamMember(service, other, 'Otto', 'organiser', 'approver');
    const turn = await propose(olu, '2027-04-19', ben);
    const id = turn.split('/').at(-1);
    expect((await otto.get('/team/nhs/rota')).status).toBe(403);
    expect((await otto.get(`/team/other/stints/${id}`)).status).toBe(404);
    const slot = await slotOn(service, account, '2027-04-26');
    expect((await otto.get(`/team/other/slots/${slot}`)).status).toBe(404);
    await otto.get('/team/other/blackouts');
    const token = csrf(otto);
    const tries: [string, Record<string, string>][] = [
      [`/team/other/slots/${slot}/proposals`, { applicationId: ada.applicationId, seat: '1' }],
      [`/team/other/slots/${slot}/breaks`, { breakReason: 'mine' }],
      [`/team/other/stints/${id}/approvals`, {}],
      [`/team/other/stints/${id}/returns`, { reason: 'mine' }],
      [`/team/other/stints/${id}/cancellation`, { reason: 'mine' }],
      [`/team/other/stints/${id}/move`, { reason: 'mine', slotId: await slotOn(service, other, '2027-04-26') }],
      [
        `/team/other/slots/${await slotOn(service, other, '2027-04-26')}/proposals`,
        { applicationId: ada.applicationId, seat: '1' },
      ],
    ];
    for (const [path, fields] of tries) {
      expect([path, (await otto.post(path, { _csrf: token, ...fields })).status]).toEqual([path, 404]);
      const inside = path.replace('/team/other', '/team/nhs');
      expect([inside, (await otto.post(inside, { _csrf: token, ...fields })).status]).toEqual([inside, 403]);
    }
    expect(await publicTurns('other')).toEqual([]);
  });
});

describe('a lapsed offer', () => {
  it('cannot be confirmed any more, and is made again by the organiser', async () => {
    const { turn, link } = await offer('2027-04-26', ada);
    await service.moveClock(new Date('2026-11-10T09:00:00Z'));
    const curator = service.visitor();
    await curator.get(link);
    expect(curator.page.status).toBe(410);
    expect(curator.words).toContain('This offer has lapsed');
    await olu.get(turn);
    expect(olu.words).toContain('The offer has lapsed without an answer');
    await olu.submit({}, 'offers');
    expect((await confirm(await linkTo(turn, ada))).words).toContain('Your turn is confirmed');
  });

  it('is one problem among those that the rota shows', async () => {
    await service.moveClock(new Date('2026-11-14T09:00:00Z'));
    await rhian.get('/team/nhs/rota');
    expect(rhian.words).toContain('Offer unanswered for');
  });
});

describe('an account with two seats and a new pattern', () => {
  it('puts two people into a slot, each in a seat, and keeps the rows that are laid out', async () => {
    const pair = await accountWithSlots(service, 'pair', { seats: 2 });
    const ola = await teamMember(service, pair, 'Ola', 'organiser');
    const [first, second] = [await accepted(service, pair, 'Ada'), await accepted(service, pair, 'Ben')];
    await propose(ola, '2026-12-07', first, pair);
    await propose(ola, '2026-12-07', second, pair);
    expect(ola.words).toMatch(/Seat\s*2/);
    await ola.get(`/team/pair/slots/${await slotOn(service, pair, '2026-12-07')}`);
    expect(ola.words).not.toContain('Propose somebody');
    const rows = () =>
      service.db.query<{ id: string; starts_at: Date }>(
        'SELECT id, starts_at FROM slots WHERE account_id = $1 ORDER BY starts_at',
        [pair.id],
      );
    const before = await rows();
    const pattern = { startsOn: 3, startsAt: '12:00', endsOn: 3, endsAt: '12:00' };
    await service.db.query('UPDATE accounts SET slot_pattern = $2 WHERE id = $1', [pair.id, pattern]);
    await service.moveClock(new Date('2026-12-01T09:00:00Z'));
    expect(await service.app.get(Slots).extend(pair.id)).toBeGreaterThan(0);
    const after = await rows();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.at(-1)?.starts_at.getUTCDay()).toBe(3);
  });
});

/** The events of an iCalendar, read by the rules of RFC 5545: folded lines joined, escapes undone. */
function eventsOf(calendar: string): Record<string, string>[] {
  expect(calendar).toMatch(/^BEGIN:VCALENDAR\r\n[\s\S]*END:VCALENDAR(\r\n)?$/);
  const lines = calendar.replace(/\r\n[ \t]/g, '').split('\r\n');
  const events: Record<string, string>[] = [];
  for (const line of lines) {
    if (line === 'BEGIN:VEVENT') events.push({});
    const [, name, value] = /^([A-Z-]+)(?:;[^:]*)?:(.*)$/.exec(line) ?? [];
    const event = events.at(-1);
    if (event && name && value !== undefined && !(name in event)) event[name] = value.replace(/\\([,;\\])/g, '$1');
  }
  return events;
}
