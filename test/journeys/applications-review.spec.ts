import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Account } from '../../src/credentials/account.entity.js';
import { lock } from '../../src/platform/tx.js';
import { type Applied, later, stateOf, verified } from '../support/applications.js';
import { eventually } from '../support/poll.js';
import { accountWithSlots, teamMember } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

jest.setTimeout(60_000);
const HOLD = { verdict: 'on-hold', note: 'Week full.', message: 'December is full: we look again in January.' };
const ACCEPT = { verdict: 'accepted', note: 'A clear voice.', message: '' };
let service: Service;
let nhs: Account;
let olu: Visitor;
let oona: Visitor;
let rhian: Visitor;
let stranger: Visitor;

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-11-02T09:00:00Z') });
  nhs = await accountWithSlots(service, 'nhs');
  const other = await accountWithSlots(service, 'other');
  olu = await teamMember(service, nhs, 'Olu', 'organiser');
  oona = await teamMember(service, nhs, 'Oona', 'organiser');
  rhian = await teamMember(service, nhs, 'Rhian', 'reviewer');
  stranger = await teamMember(service, other, 'Sam', 'organiser', 'keeper');
});
afterAll(() => service?.stop());

const pathOf = ({ id }: Applied) => `/team/nhs/applications/${id}`;

async function letters(email: string): Promise<{ template: string; state: string }[]> {
  return service.db.query(
    `SELECT template, state FROM messages WHERE address = $1
       AND template IN ('application-accepted', 'application-declined', 'application-on-hold') ORDER BY created_at`,
    [email],
  );
}

async function decide(visitor: Visitor, application: Applied, decision: Record<string, string>): Promise<void> {
  await visitor.get(pathOf(application));
  await visitor.submit(decision, '/decisions');
}

describe('the list of applications', () => {
  it('says so while there are none, and leaves out what is not confirmed', async () => {
    await olu.get('/team/nhs/applications');
    expect(olu.words).toContain('Nobody has applied yet');
  });

  it('filters by state, counts, and finds by a part of the name', async () => {
    await verified(service, nhs, 'Lila');
    const held = await verified(service, nhs, 'Lukas');
    await decide(olu, held, HOLD);
    await rhian.get('/team/nhs/applications');
    expect(rhian.words).toMatch(/Being read \(1\).*On hold \(1\).*Accepted \(0\)/);
    await rhian.get('/team/nhs/applications?state=on-hold');
    expect([rhian.words.includes('Lukas Marsh'), rhian.words.includes('Lila Marsh')]).toEqual([true, false]);
    await rhian.get('/team/nhs/applications?q=lIL');
    expect([rhian.words.includes('Lukas Marsh'), rhian.words.includes('Lila Marsh')]).toEqual([false, true]);
    for (const q of ['%25', '_', '%00', '%5C', "'", 'a&q=b']) {
      await rhian.get(`/team/nhs/applications?q=${q}`);
      expect(rhian.page.status).toBe(200);
    }
    await rhian.get('/team/nhs/applications?q=_');
    expect(rhian.words).toContain('Nothing fits');
  });

  it('is for the account’s own team', async () => {
    const application = await verified(service, nhs, 'Lone');
    for (const path of ['/team/nhs/applications', pathOf(application), `${pathOf(application)}/photo`]) {
      expect((await stranger.get(path)).status).toBe(403);
      expect((await application.visitor.get(path)).status).toBe(403);
    }
    expect((await stranger.get(`/team/other/applications/${application.id}`)).status).toBe(404);
    expect((await olu.get('/team/nhs/applications/not-an-id')).status).toBe(404);
    await service.visitor().get(pathOf(application));
    await rhian.get(pathOf(application));
    expect(rhian.words).toContain('I nurse on a stroke ward.');
    expect(rhian.page.text).not.toContain('/decisions"');
    await olu.get(pathOf(application));
    const csrf = /name="_csrf" value="([^"]+)"/.exec(rhian.page.text)?.[1] ?? '';
    await rhian.post(`${pathOf(application)}/decisions`, { _csrf: csrf, ...ACCEPT, revision: '1' });
    expect(rhian.page.status).toBe(403);
  });

  it('warns of the same address or handle and refuses nothing', async () => {
    const first = await verified(service, nhs, 'Dora', { handle: { handle: '@Double' } });
    const second = await verified(service, nhs, 'Dorothy', { handle: { handle: 'double' } });
    await olu.get(pathOf(second));
    expect(olu.words).toContain('Perhaps the same person');
    expect(olu.page.text).toContain(pathOf(first));
    expect(await stateOf(service, second.id)).toBe('waiting');
  });
});

describe('a decision', () => {
  it('wants a note, and words for whoever is not accepted; what was typed is kept', async () => {
    const application = await verified(service, nhs, 'Nora');
    await decide(olu, application, { verdict: 'declined', note: '', message: 'Not this year.' });
    expect(olu.page.status).toBe(422);
    expect(olu.words).toContain('Enter a note for the team');
    expect(olu.page.text).toContain('Not this year.');
    await decide(olu, application, { verdict: 'on-hold', note: 'Why', message: '' });
    expect(olu.words).toContain('Enter a few words to the applicant');
    await decide(olu, application, { note: 'Why' });
    expect(olu.words).toContain('Select what you decide');
    expect(await stateOf(service, application.id)).toBe('waiting');
  });

  it('reaches the applicant after the undo time, without the team’s note', async () => {
    const application = await verified(service, nhs, 'Hana');
    await decide(olu, application, HOLD);
    await application.visitor.get(`/me/applications/${application.id}`);
    expect(application.visitor.words).toContain('Being read');
    await application.visitor.get('/me');
    expect(application.visitor.words).toContain('@NHS: Being read');
    await later(service, 11);
    const letter = await service.letter(application.email, /on hold/);
    expect(letter.text).toContain(HOLD.message);
    expect(letter.text).not.toContain(HOLD.note);
    await application.visitor.get(`/me/applications/${application.id}`);
    expect(application.visitor.words).toMatch(new RegExp(`It is on hold because: .*${HOLD.message}`));
    expect(application.visitor.words).not.toContain(HOLD.note);
    await application.visitor.get('/me');
    expect(application.visitor.words).toContain('@NHS: On hold');
  });

  it('of two organisers at once stands once; the other is told what happened', async () => {
    const application = await verified(service, nhs, 'Tess');
    await Promise.all([olu.get(pathOf(application)), oona.get(pathOf(application))]);
    const declining = { verdict: 'declined', note: 'No.', message: 'Sorry.' };
    const both = await service.db.write([lock('applications', application.id)], async () => {
      const sent = [olu.submit(ACCEPT, '/decisions'), oona.submit(declining, '/decisions')];
      await eventually(async () => {
        const [row] = await service.db.query<{ waiting: number }>(
          `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return (row?.waiting ?? 0) >= 2;
      });
      return { sent };
    });
    await Promise.all(both.sent);
    const [won, lost] = olu.page.status === 200 ? [olu, oona] : [oona, olu];
    expect([won.page.status, lost.page.status]).toEqual([200, 409]);
    expect(lost.words).toMatch(/(Olu accepted it|Oona declined it)\. Your decision was not kept/);
    expect(await letters(application.email)).toHaveLength(1);
  });

  it('is not made on a page that is out of date, though a hold may be decided anew', async () => {
    const application = await verified(service, nhs, 'Stale');
    await oona.get(pathOf(application));
    await decide(olu, application, HOLD);
    await oona.submit(ACCEPT, '/decisions');
    expect(oona.page.status).toBe(409);
    expect(oona.words).toContain('Olu put it on hold');
    await decide(oona, application, ACCEPT);
    expect(await stateOf(service, application.id)).toBe('accepted');
    expect(await letters(application.email)).toEqual([
      { template: 'application-on-hold', state: 'withdrawn' },
      { template: 'application-accepted', state: 'waiting' },
    ]);
  });

  it('takes back the letter of the hold before it, also one that was refused and could be tried again', async () => {
    const application = await verified(service, nhs, 'Rhys');
    await decide(olu, application, HOLD);
    await service.db.query(
      `UPDATE messages SET state = 'refused' WHERE address = $1 AND template = 'application-on-hold'`,
      [application.email],
    );
    await decide(oona, application, ACCEPT);
    expect(await letters(application.email)).toEqual([
      { template: 'application-on-hold', state: 'withdrawn' },
      { template: 'application-accepted', state: 'waiting' },
    ]);
  });

  it('can be undone in time: its letter never leaves', async () => {
    const application = await verified(service, nhs, 'Una');
    await decide(olu, application, ACCEPT);
    await oona.get(pathOf(application));
    await oona.submit({}, '/undo');
    expect(await stateOf(service, application.id)).toBe('waiting');
    expect(await letters(application.email)).toEqual([{ template: 'application-accepted', state: 'withdrawn' }]);
    await oona.get(pathOf(application));
    expect(oona.words).toContain('Decision undone by Oona');
    await decide(olu, application, ACCEPT);
    expect(await stateOf(service, application.id)).toBe('accepted');
  });

  it('goes back, when undone, to the hold that the applicant was told of', async () => {
    const application = await verified(service, nhs, 'Hugo');
    await decide(olu, application, HOLD);
    await later(service, 11);
    await service.letter(application.email, /on hold/);
    await eventually(async () => (await letters(application.email))[0]?.state === 'sent');
    await decide(olu, application, ACCEPT);
    await olu.submit({}, '/undo');
    expect(await stateOf(service, application.id)).toBe('on-hold');
    await application.visitor.get(`/me/applications/${application.id}`);
    expect(application.visitor.words).toContain(HOLD.message);
  });

  it('cannot be undone once its letter has left', async () => {
    const application = await verified(service, nhs, 'Late');
    await decide(olu, application, ACCEPT);
    await later(service, 11);
    await olu.submit({}, '/undo');
    expect(olu.page.status).toBe(409);
    expect(olu.words).toContain('The letter has left already');
    expect(await stateOf(service, application.id)).toBe('accepted');
    await service.letter(application.email, /is accepted/);
  });

  it('cannot be undone once there is a turn', async () => {
    const application = await verified(service, nhs, 'Turn');
    await decide(olu, application, ACCEPT);
    await service.db.write((tx) =>
      tx.query(
        `INSERT INTO stints (account_id, slot_id, person_id, application_id, state, starts_at, ends_at, proposed_by, proposed_at)
         SELECT a.account_id, s.id, a.person_id, a.id, 'proposed', s.starts_at, s.ends_at, a.person_id, $2
         FROM applications a JOIN LATERAL (SELECT * FROM slots WHERE account_id = a.account_id LIMIT 1) s ON true WHERE a.id = $1`,
        [application.id, tx.now],
      ),
    );
    await olu.submit({}, '/undo');
    expect(olu.words).toContain('There is a turn in the rota by now');
    await application.visitor.get(`/me/applications/${application.id}/withdrawal`);
    await application.visitor.submit({}, '/withdrawal');
    expect(application.visitor.page.status).toBe(409);
  });
});
