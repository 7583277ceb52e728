import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { Audit } from '../../src/audit/audit.service.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { Accounts } from '../../src/credentials/accounts.service.js';
import { EarlyEnds } from '../../src/handover/early-ends.service.js';
import { Handovers } from '../../src/handover/handovers.service.js';
import { Rotations } from '../../src/handover/rotations.service.js';
import { boundariesOf, standingOf, type Turn, turnOf } from '../support/handover.js';
import { accountWithSlots, signedIn, teamMember } from '../support/rota.js';
import { PASSWORD, reach, SEED, sealedAccount, shownOn } from '../support/sealed.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

const MONDAY = '2026-12-07T08:00:00Z';
const FRIDAY = '2026-12-11T18:00:00Z';
const NEXT_MONDAY = '2026-12-14T08:00:00Z';
const NEXT_FRIDAY = '2026-12-18T18:00:00Z';

let service: Service;
beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-02T12:00:00Z') });
});
afterAll(() => service?.stop());

const verbsOf = async (account: Account) =>
  (await service.app.get(Audit).read(account.id, 200)).map(({ verb }) => verb).reverse();

const waitsOf = async (account: Account) =>
  service.db.query<{ name: string; waits_for: string }>(
    `SELECT s.name, s.waits_for FROM steps s JOIN boundaries b ON b.id = s.boundary_id
     WHERE b.account_id = $1 AND s.waits_for IS NOT NULL ORDER BY b.at, s.name`,
    [account.id],
  );

/** The bytes of the secrets that are still there, by version. */
const keptOf = (account: Account) =>
  service.db.query<{ version: number; state: string; kept: boolean }>(
    `SELECT version, state, sealed IS NOT NULL AS kept FROM secrets WHERE account_id = $1 AND kind = 'password' ORDER BY version`,
    [account.id],
  );

describe('a sealed password, for a keeper', () => {
  it('is refused until a keeper has accepted the policy, and says who did', async () => {
    const account = await accountWithSlots(service, 'policy');
    const kim = await teamMember(service, account, 'Kim', 'keeper');
    await kim.get('/team/policy/credentials');
    expect(kim.words).toContain('read and accepted what that means');
    expect(kim.page.text).not.toContain('name="password"');
    await kim.submit({ handOverBy: 'sealed' }, 'ways');
    expect((await service.app.get(Accounts).bySlug('policy')).handOverBy).toBe('desk');
    expect(kim.page.url).toMatch(/credentials\/policy$/);
    expect(kim.words).toContain('It forbids storing the passwords of X accounts');
    const token = /name="_csrf" value="([^"]+)"/.exec(kim.page.text)?.[1] ?? '';
    const early = await kim.post('/team/policy/credentials/secrets', { _csrf: token, password: PASSWORD, totp: '' });
    expect(early.status).toBe(403);
    await kim.get('/team/policy/credentials/policy');
    expect((await kim.submit({})).status).toBe(422);
    await kim.submit({ accept: 'yes' });
    expect(kim.words).toContain('Kim accepted the policy Wednesday 2 December 2026');
    await kim.submit({ handOverBy: 'sealed' }, 'ways');
    expect((await service.app.get(Accounts).bySlug('policy')).handOverBy).toBe('sealed');
    expect(await service.db.query('SELECT * FROM secrets WHERE account_id = $1', [account.id])).toEqual([]);
    expect(await verbsOf(account)).toEqual(['policy.accepted', 'account.hand-over-chosen']);
  });

  it('is for keepers alone', async () => {
    const account = await service.app.get(Accounts).bySlug('policy');
    for (const role of ['organiser', 'approver', 'reviewer'] as const) {
      const other = await teamMember(service, account, `No ${role}`.replace(' ', ''), role);
      expect((await other.get('/team/policy/credentials')).status).toBe(403);
      expect((await other.get('/team/policy/credentials/rotation')).status).toBe(403);
    }
  });

  it('is never shown again, not even when the form is wrong', async () => {
    const { kim, account } = await sealedAccount(service, 'echo');
    expect(kim.words).toContain('Password Sealed');
    expect(kim.page.text).not.toContain(PASSWORD);
    const wrong = await kim.submit({ password: 'another secret here', totp: 'no seed' }, 'secrets');
    expect(wrong.status).toBe(422);
    expect(kim.words).toContain('Enter the seed that X shows below its QR code');
    expect(kim.page.text).not.toContain('another secret here');
    expect(kim.page.text).not.toContain('no seed"');
    await kim.submit({ password: '', totp: '' }, 'secrets');
    expect(kim.words).toContain('Enter a password, a seed for codes, or both');
    const rows = await service.db.query<{ sealed: Buffer }>('SELECT sealed FROM secrets WHERE account_id = $1', [
      account.id,
    ]);
    expect(rows.map(({ sealed }) => sealed.toString('latin1').includes('horse'))).toEqual([false, false]);
  });
});

describe('what is kept', () => {
  it('is asked for as a task while it is missing, and can be destroyed until somebody has seen it', async () => {
    const { account, kim } = await sealedAccount(service, 'gone');
    await kim.get('/team/gone/tasks');
    expect(kim.words).toContain('Nothing to do.');
    await kim.get('/team/gone/credentials');
    await kim.submit({}, 'removals');
    expect(kim.words).toContain('What is kept Nothing.');
    expect(await keptOf(account)).toEqual([{ version: 1, state: 'destroyed', kept: false }]);
    await kim.get('/team/gone/tasks');
    expect(kim.words).toContain('Put in the password of @GONE');

    await kim.get('/team/gone/credentials');
    await kim.submit({ password: PASSWORD }, 'secrets');
    const now = await service.db.now();
    const turn = await turnOf(
      service,
      account,
      'Sam',
      now.toISOString(),
      new Date(now.getTime() + 3_600_000).toISOString(),
    );
    await service.app.get(Handovers).resume(account.id);
    const sam = await signedIn(service, turn.personId);
    await sam.get('/gone/credentials/password');
    await sam.submit();
    expect(shownOn(sam)).toBe(PASSWORD);
    await kim.get('/team/gone/credentials');
    expect((await kim.submit({}, 'removals')).status).toBe(409);
    expect(await keptOf(account)).toContainEqual({ version: 2, state: 'current', kept: true });
  });
});

describe('the life of a sealed password', () => {
  let account: Account;
  let kim: Visitor;
  let grace: Turn;
  let graceHere: Visitor;
  let ada: Turn;
  let changedTo: string;

  beforeAll(async () => {
    ({ account, kim } = await sealedAccount(service, 'week', { connection: 'api', helpContact: 'Ring 0123' }));
    grace = await turnOf(service, account, 'Grace', MONDAY, FRIDAY);
    ada = await turnOf(service, account, 'Ada', NEXT_MONDAY, NEXT_FRIDAY);
    graceHere = await signedIn(service, grace.personId);
  });

  it('tells the curator before the turn where it will be, and shows nothing', async () => {
    await service.moveClock(new Date('2026-12-04T09:00:01Z'));
    const letter = await service.letter(grace.email, /How to get to @WEEK/);
    expect(letter.text).toContain('shows you the password of the account, once');
    expect(letter.links.find((link) => link.includes('/sign-in/'))).toMatch(/next=\/week\/credentials$/);
    await graceHere.get('/week/credentials');
    expect(graceHere.words).toContain('Nothing is shown before Monday 7 December 2026 at 8am GMT');
    await graceHere.get('/week/credentials/password');
    expect(graceHere.page.url).toMatch(/\/week\/credentials$/);
    expect(graceHere.page.text).not.toContain(PASSWORD);
  });

  it('asks whoever is not signed in to sign in, and turns away whoever has no turn', async () => {
    await reach(service, account, MONDAY);
    const stranger = service.visitor();
    await stranger.get('/week/credentials/password');
    expect(stranger.words).toContain('Sign in');
    const organiser = await teamMember(service, account, 'Olu', 'organiser', 'keeper');
    expect((await organiser.get('/week/credentials')).status).toBe(403);
  });

  it('is seen once by its curator, after a page that says what will happen', async () => {
    await graceHere.get('/me');
    expect(graceHere.page.text).toContain('href="/week/credentials"');
    await graceHere.get('/week/desk');
    expect(graceHere.page.text).toContain('href="/week/credentials"');
    await graceHere.get('/week/credentials');
    expect(graceHere.words).toContain('It is sealed. Nobody has seen it in your turn.');
    await graceHere.get('/week/credentials/password');
    expect(graceHere.words).toContain('It is shown once');
    expect(graceHere.page.text).not.toContain(PASSWORD);
    const again = new URLSearchParams({ _csrf: /name="_csrf" value="([^"]+)"/.exec(graceHere.page.text)?.[1] ?? '' });

    const seen = await graceHere.submit();
    expect([seen.status, shownOn(graceHere)]).toEqual([200, PASSWORD]);
    expect(seen.headers.get('cache-control')).toBe('no-store');
    expect(seen.headers.get('referrer-policy')).toBe('no-referrer');

    const reloaded = await graceHere.post('/week/credentials/reveals', Object.fromEntries(again));
    expect([reloaded.status, shownOn(graceHere)]).toEqual([409, null]);
    expect(graceHere.words).toContain(
      'You have seen the password, Monday 7 December 2026 at 8am GMT. It is shown once.',
    );
    expect(graceHere.page.text).not.toContain(PASSWORD);
    await kim.get('/team/week/credentials');
    expect(kim.words).toContain('Grace: Seen Monday 7 December 2026 at 8am GMT');
  });

  it('comes with codes for the second factor, each in the audit log', async () => {
    await graceHere.get('/week/credentials');
    const before = Date.now();
    await graceHere.submit({}, '/codes');
    const totp = new TOTP({ secret: Secret.fromBase32(SEED) });
    const possible = [before, Date.now()].map((timestamp) => totp.generate({ timestamp }));
    expect(possible).toContain(shownOn(graceHere));
    await graceHere.submit({}, '/codes');
    expect((await verbsOf(account)).filter((verb) => verb === 'credential.code-shown')).toHaveLength(2);
    expect(graceHere.page.text).not.toContain(SEED);
  });

  it('keeps the next curator out until a keeper has changed it, and says so everywhere', async () => {
    await reach(service, account, FRIDAY);
    expect(await waitsOf(account)).toEqual([{ name: 'rotate', waits_for: 'rotation' }]);
    await graceHere.get('/week/credentials');
    expect(graceHere.words).toContain('Your turn has ended');
    expect((await graceHere.get('/week/credentials')).text).not.toContain('codes"');
    await service.letter('kim@example.org', /^Change the password of @WEEK/);

    await reach(service, account, NEXT_MONDAY);
    expect((await standingOf(service, ada.stintId)).opens_at).toBeNull();
    expect(await waitsOf(account)).toEqual([
      { name: 'rotate', waits_for: 'rotation' },
      { name: 'grant', waits_for: 'earlier-access' },
    ]);
    const [friday] = (await boundariesOf(service, account)).filter(({ at }) => at.getTime() === Date.parse(FRIDAY));
    const pages = [`/team/week/handovers/${friday?.id}`, '/team/week/handovers', '/team/week/tasks'];
    for (const path of [...pages, '/team/week/credentials', '/team/week/credentials/rotation']) {
      await kim.get(path);
      expect([path, kim.words]).toEqual([path, expect.stringContaining('Access given outside Baton is still open.')]);
    }
    await kim.get('/team/week');
    expect(kim.words).toContain('1 former curator has seen a password that is not changed');
    await service.app.get(Rotations).remind();
    await service.letter('kim@example.org', /^Overdue: change the password of @WEEK/);
  });

  it('is not changed by typing in the one that was seen', async () => {
    await kim.get('/team/week/credentials');
    expect((await kim.submit({ password: PASSWORD }, 'secrets')).status).toBe(422);
    expect(kim.words).toContain('A curator has seen this password. Change it on X first');
    expect(kim.page.text).not.toContain(PASSWORD);
  });

  it('is changed to one that we make, which the keeper sees once, and the next turn opens', async () => {
    await kim.get('/team/week/tasks');
    expect(kim.page.text).toContain('href="/team/week/credentials/rotation"');
    await kim.get('/team/week/credentials/rotation');
    expect(shownOn(kim)).toBeNull();
    const made = await kim.submit({}, 'passwords');
    changedTo = shownOn(kim) ?? '';
    expect(changedTo).toMatch(/^[a-zA-Z0-9]{24}$/);
    expect(changedTo).not.toMatch(/[0OoIl1i5S2Z]/);
    expect(made.headers.get('referrer-policy')).toBe('no-referrer');
    expect(kim.words).toContain('Change your password');
    const form = kim.page;
    await kim.get('/team/week/credentials/rotation');
    expect(kim.page.text).not.toContain(changedTo);
    expect((await standingOf(service, ada.stintId)).opens_at).toBeNull();
    kim.page = form;
    await kim.submit({}, 'confirmations');
    expect(kim.page.text).not.toContain(changedTo);
    expect(await keptOf(account)).toEqual([
      { version: 1, state: 'destroyed', kept: false },
      { version: 2, state: 'current', kept: true },
    ]);
    await service.app.get(Handovers).resume(account.id);
    expect((await standingOf(service, ada.stintId)).opens_at).not.toBeNull();
    expect(await service.app.get(Rotations).knowers(account.id)).toEqual([]);
    const adaHere = await signedIn(service, ada.personId);
    await adaHere.get('/week/credentials/password');
    await adaHere.submit();
    expect(shownOn(adaHere)).toBe(changedTo);
    await kim.get('/team/week/credentials');
    kim.page = form;
    expect((await kim.submit({}, 'confirmations')).status).toBe(409);
  });

  it('leaves everything in the audit log and no secret in it', async () => {
    const verbs = (await verbsOf(account)).filter((verb) => /^(credential|policy|account)/.test(verb));
    expect(verbs).toEqual([
      'policy.accepted',
      'account.hand-over-chosen',
      'credential.sealed',
      'credential.sealed',
      'credential.revealed',
      'credential.code-shown',
      'credential.code-shown',
      'credential.proposed',
      'credential.rotated',
      'credential.revealed',
    ]);
    expect(await service.app.get(Audit).broken(account.id)).toBeNull();
    const log = JSON.stringify(await service.app.get(Audit).read(account.id, 200));
    for (const secret of [PASSWORD, SEED, changedTo]) expect(log).not.toContain(secret);
  });
});

describe('a sealed password on a bad day', () => {
  let account: Account;
  let kim: Visitor;
  let grace: Turn;
  let graceHere: Visitor;
  /** Nobody may ask more than five times an hour, so not everything happens to Grace. */
  const begin = async (slug: string, monday: string, friday: string, name = 'Grace') => {
    ({ account, kim } = await sealedAccount(service, slug));
    grace = await turnOf(service, account, name, `${monday}T08:00:00Z`, `${friday}T18:00:00Z`);
    graceHere = await signedIn(service, grace.personId);
    await reach(service, account, `${monday}T09:00:00Z`);
    return slug;
  };
  const look = async (slug: string) => {
    await graceHere.get(`/${slug}/credentials/password`);
    await graceHere.submit({}, 'reveals');
    return shownOn(graceHere);
  };

  it('is there for a curator whose turn had begun when it was put in, and again after each change', async () => {
    const slug = await begin('late', '2027-01-04', '2027-01-08');
    expect(await look(slug)).toBe(PASSWORD);
    await service.app.get(Rotations).override(account, grace.personId, 'Too early');
    const [early] = await service.db.query('SELECT overridden_at FROM reveals WHERE account_id = $1', [account.id]);
    expect(early).toEqual({ overridden_at: null });
    await kim.get(`/team/${slug}/credentials`);
    await kim.submit({ password: 'changed because it was lost' }, 'secrets');
    await graceHere.get(`/${slug}/credentials`);
    expect(graceHere.words).toContain('It is sealed. Nobody has seen it in your turn.');
    expect(await look(slug)).toBe('changed because it was lost');
    const seen = await service.db.query(
      `SELECT state, rotated_at IS NOT NULL AS rotated FROM reveals WHERE account_id = $1 ORDER BY revealed_at`,
      [account.id],
    );
    expect(seen).toEqual([
      { state: 'revealed', rotated: true },
      { state: 'revealed', rotated: false },
    ]);
  });

  it('lets the next turn begin unchanged only when a keeper says why, and goes on warning', async () => {
    const slug = await begin('pass', '2027-01-04', '2027-01-08');
    await look(slug);
    const ada = await turnOf(service, account, 'Ada', '2027-01-08T18:00:00Z', '2027-01-15T18:00:00Z');
    await reach(service, account, '2027-01-08T18:00:00Z');
    expect((await standingOf(service, ada.stintId)).opens_at).toBeNull();
    await kim.get(`/team/${slug}/credentials/rotation`);
    expect((await kim.submit({ reason: ' ' }, 'overrides')).status).toBe(422);
    await kim.submit({ reason: 'X is down and Ada is waiting' }, 'overrides');
    expect(kim.words).toContain('Grace may still know the password. A keeper has let the next turn begin.');
    await service.app.get(Handovers).resume(account.id);
    expect((await standingOf(service, ada.stintId)).opens_at).not.toBeNull();
    const [, friday] = await boundariesOf(service, account);
    await kim.get(`/team/${slug}/handovers/${friday?.id}`);
    expect(kim.words).toContain('Access given outside Baton is still open.');
    expect(kim.words).toContain('a keeper let it pass. The former curator may still know it.');
    const log = await service.app.get(Audit).read(account.id, 50);
    const entry = log.find(({ verb }) => verb === 'credential.rotation-overridden');
    expect(entry?.particulars).toEqual({ reason: 'X is down and Ada is waiting' });
    await kim.get(`/team/${slug}/credentials`);
    await kim.submit({ password: 'changed in the end' }, 'secrets');
    await kim.get(`/team/${slug}/handovers`);
    expect(kim.words).not.toContain('still open');
  });

  it('is burned when nobody looked, and then nothing has to be changed', async () => {
    const slug = await begin('burn', '2027-01-18', '2027-01-22');
    await service.moveClock(new Date('2027-01-22T18:00:00Z'));
    expect(await look(slug).catch(() => null)).toBeNull();
    await service.app.get(Handovers).resume(account.id);
    const [reveal] = await service.db.query('SELECT state FROM reveals WHERE account_id = $1', [account.id]);
    expect(reveal).toEqual({ state: 'burned' });
    expect((await boundariesOf(service, account)).every(({ done_at }) => done_at)).toBe(true);
    await kim.get(`/team/${slug}/tasks`);
    expect(kim.words).not.toContain('Change the password');
    await kim.get(`/team/${slug}/credentials`);
    expect(kim.words).toContain('Grace: Burned: not opened in time');
  });

  it('goes with a turn that is cut short and given back', async () => {
    const slug = await begin('early', '2027-02-01', '2027-02-05', 'Mo');
    const [ends, rotations] = [service.app.get(EarlyEnds), service.app.get(Rotations)];
    await ends.end(account, grace.stintId, 'cut-short', 'A mistake', grace.personId);
    const state = async () =>
      (await service.db.query('SELECT state, overridden_at IS NOT NULL AS passed FROM reveals WHERE account_id = $1', [
        account.id,
      ])) as unknown[];
    expect(await state()).toEqual([{ state: 'burned', passed: false }]);
    await ends.reinstate(account, grace.stintId, 'It was one', grace.personId);
    expect(await look(slug)).toBe(PASSWORD);

    await ends.end(account, grace.stintId, 'cut-short', 'Offensive posts', grace.personId);
    await service.app.get(Handovers).resume(account.id);
    expect((await waitsOf(account)).map(({ waits_for }) => waits_for)).toContain('rotation');
    expect(await rotations.knowers(account.id)).toMatchObject([{ stintId: grace.stintId, overriddenAt: null }]);
    await rotations.override(account, grace.personId, 'Nobody can get at X');
    expect(await state()).toEqual([{ state: 'revealed', passed: true }]);
    await ends.reinstate(account, grace.stintId, 'She apologised', grace.personId);
    expect(await state()).toEqual([{ state: 'revealed', passed: false }]);
    expect(await look(slug).catch(() => null)).toBeNull();
    await reach(service, account, '2027-02-05T18:00:00Z');
    expect((await waitsOf(account)).map(({ waits_for }) => waits_for)).toEqual(['rotation']);
    const [knower] = await rotations.knowers(account.id);
    expect(knower?.endedAt).toEqual(new Date('2027-02-05T18:00:00Z'));
  });
});
