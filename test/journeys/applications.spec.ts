import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Account } from '../../src/credentials/account.entity.js';
import { Tokens } from '../../src/platform/tokens.service.js';
import { applied, confirmationOf, later, pathIn, stateOf } from '../support/applications.js';
import { ADA, answerTo } from '../support/apply.js';
import { accountWithSlots } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

jest.setTimeout(60_000);
let service: Service;
let nhs: Account;

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-11-02T09:00:00Z') });
  nhs = await accountWithSlots(service, 'nhs');
});
afterAll(() => service?.stop());

/** Answers up to, and without, a question. */
async function upTo(question: string, answers = ADA): Promise<Visitor> {
  const visitor = service.visitor();
  await visitor.get('/nhs/apply');
  while (!visitor.page.url.endsWith(`/apply/${question}`)) {
    const id = new URL(visitor.page.url).pathname.split('/').at(-1) ?? '';
    await visitor.submit(answers[id] ?? {}, `/apply/${id}`);
  }
  return visitor;
}

async function count(table: 'applications' | 'messages'): Promise<number> {
  const [row] = await service.db.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
  return row?.count ?? 0;
}

describe('the application form', () => {
  it('goes from the first question to a confirmed address and a status page', async () => {
    const ada = service.visitor();
    await answerTo(ada, 'nhs', { ...ADA, consents: { holding: 'yes', guidelines: 'yes', directMessages: 'yes' } });
    expect(ada.words).toContain('What a stroke ward sounds like');
    await ada.submit({}, '/apply/check');
    expect(ada.words).toContain('Application sent');
    const letter = await service.letter('ada@example.org', /confirm your email/);
    expect(letter.text).toMatch(/^Dear Ada Marsh/);
    await ada.get(pathIn(letter.links, '/applications/verify/'));
    await ada.submit();
    expect(ada.page.url).toMatch(/\/me\/applications\/[0-9a-f-]{36}$/);
    expect(ada.words).toContain('Being read');
    await service.letter('ada@example.org', /We have your application/);
    const consents = await service.db.query(
      `SELECT purpose, version, wording <> '' AS worded, given_at IS NOT NULL AS timed, withdrawn_at FROM consents
       WHERE application_id = $1 ORDER BY purpose`,
      [ada.page.url.split('/').at(-1)],
    );
    const kept = { version: '2026-11', worded: true, timed: true, withdrawn_at: null };
    expect(consents).toEqual(['direct-messages', 'guidelines', 'holding'].map((purpose) => ({ purpose, ...kept })));
  });

  it('stops kindly at under 18 and keeps nothing', async () => {
    const before = await count('applications');
    const child = service.visitor();
    await child.get('/nhs/apply');
    await child.submit({ adult: 'no' });
    expect(child.words).toContain('You need to be 18 or over');
    const slip = await upTo('about-you');
    await slip.get('/nhs/apply/adult');
    await slip.submit({ adult: 'no' }, '/apply/adult');
    expect(slip.words).toContain('We have kept nothing');
    expect(await count('applications')).toBe(before);
    await slip.get('/nhs/apply');
    expect(slip.page.url).toMatch(/\/apply\/adult$/);
  });

  const long = 'x'.repeat(2001);
  it.each<[question: string, sentence: string, given: Record<string, string | string[]>, field: string]>([
    ['adult', 'Select yes if you are 18 or over', {}, 'adult'],
    ['adult', 'Select yes if you are 18 or over', { adult: 'perhaps' }, 'adult'],
    ['capacity', 'Select who you are applying as', { capacity: 'king' }, 'capacity'],
    ['name', 'Enter your full name', { name: '', shown: 'anonymous' }, 'name'],
    ['name', 'Select how the public should see you', { name: 'Ada', shown: '' }, 'shown'],
    ['name', 'Use 100 characters or fewer', { name: 'x'.repeat(101), shown: 'anonymous' }, 'name'],
    ['email', 'Enter an email address in the correct format', { email: 'ada at example' }, 'email'],
    ['email', 'Enter an email address', { email: ['a@example.org', 'b@example.org'] }, 'email'],
    ['handle', 'Enter the handle: up to 15 letters', { handle: 'far too long a handle' }, 'handle'],
    ['work', 'Enter your role', { role: '', organisation: 'Seaside' }, 'role'],
    ['employer', 'Use 200 characters or fewer', { manager: 'x'.repeat(201) }, 'manager'],
    ['employer', 'Enter one answer only', { manager: ['a', 'b'] }, 'manager'],
    ['about-you', 'Enter a few words about you', { bio: ' ' }, 'bio'],
    ['about-you', 'Use 500 characters or fewer', { bio: 'x'.repeat(501) }, 'bio'],
    ['topics', 'Use 2,000 characters or fewer', { topics: long }, 'topics'],
    ['experience', 'Select how used you are to social media', { experience: '6' }, 'experience'],
    ['access', 'Use 2,000 characters or fewer', { access: long }, 'access'],
    ['health', 'Tick the box if we may hold', { health: 'I use a wheelchair' }, 'healthConsent'],
    ['conflict', 'Use 2,000 characters or fewer', { conflict: long }, 'conflict'],
    ['consents', 'Tick the box to let us hold your application', { guidelines: 'yes' }, 'holding'],
    ['consents', 'Tick the box to agree to the guidelines', { holding: 'yes' }, 'guidelines'],
  ])('says at %s “%s” and keeps what was typed', async (question, sentence, given, field) => {
    const visitor = await upTo(question);
    await visitor.submit(given, `/apply/${question}`);
    expect(visitor.page.status).toBe(422);
    expect(visitor.page.text).toMatch(/<title>\s*Error: /);
    expect(visitor.words).toContain(sentence);
    expect(visitor.page.text).toContain(`href="#${field}"`);
    expect(visitor.page.text).toContain(`id="${field}"`);
    for (const value of Object.values(given).flat()) {
      if (!['', ' ', 'perhaps', 'king', '6'].includes(value)) expect(visitor.page.text).toContain(value);
    }
  });

  it('takes no harm from characters that no database keeps, nor from weeks that no form sent', async () => {
    const visitor = await upTo('about-you');
    await visitor.submit({ bio: 'A nurse\0 by\r\nnight' }, '/apply/about-you');
    await visitor.submit(ADA.topics, '/apply/topics');
    await visitor.submit(ADA.experience, '/apply/experience');
    await visitor.submit({ 'week-2026-13-45': 'first', 'week-2026-12-07': 'first', 'week-2026-12-14': 'any' }, 'weeks');
    expect(visitor.page.url).toMatch(/\/apply\/access$/);
    const [row] = await service.db.query<{ answers: Record<string, unknown> }>(
      `SELECT answers FROM applications WHERE answers->>'bio' LIKE 'A nurse%'`,
    );
    expect(row?.answers).toMatchObject({
      bio: 'A nurse by\nnight',
      weeks: { first: ['2026-12-07'], second: [], unavailable: [], flexible: false },
    });
  });

  it('leads from skipped and unknown questions to the first that is not answered', async () => {
    const visitor = await upTo('email');
    for (const step of ['topics', 'check', 'no-such-question', 'done', 'work']) {
      await visitor.get(`/nhs/apply/${step}`);
      expect(visitor.page.url).toMatch(/\/apply\/email$/);
    }
    const nobody = service.visitor();
    await nobody.get('/nhs/apply/topics');
    expect(nobody.page.url).toMatch(/\/apply\/adult$/);
    for (const slug of ['nobody', '%00']) expect((await service.visitor().get(`/${slug}/apply`)).status).toBe(404);
  });

  it('asks patients nothing about work, goes back to the check after a change, and drops what no longer fits', async () => {
    const visitor = service.visitor();
    const email = { email: 'pat@example.org' };
    await answerTo(visitor, 'nhs', { ...ADA, email });
    await visitor.get('/nhs/apply/capacity');
    expect(visitor.page.text).toMatch(/value="staff"[^>]* checked/);
    await visitor.submit({ capacity: 'patient' }, '/apply/capacity');
    expect(visitor.page.url).toMatch(/\/apply\/check$/);
    expect(visitor.words).not.toContain('Seaside Hospital');
    await visitor.submit({}, '/apply/check');
    const [row] = await service.db.query<{ answers: object }>('SELECT answers FROM applications WHERE email = $1', [
      email.email,
    ]);
    expect(row?.answers).not.toHaveProperty('organisation');
    expect(row?.answers).toHaveProperty('bio');
  });

  it('keeps the draft in a cookie that only the form gets, and no script', async () => {
    const visitor = service.visitor();
    await visitor.get('/nhs/apply');
    const csrf = /name="_csrf" value="([^"]+)"/.exec(visitor.page.text)?.[1] ?? '';
    const form = /form=([^;]+)/.exec((visitor.page.headers.getSetCookie() ?? []).join(';'))?.[1] ?? '';
    const answer = await fetch(`${service.url}/nhs/apply/adult`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: `form=${form}` },
      body: new URLSearchParams({ adult: 'yes', _csrf: csrf }),
    });
    const [cookie = ''] = answer.headers.getSetCookie().filter((line) => line.startsWith('application='));
    expect(cookie).toMatch(/Path=\/nhs\/apply/);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect(cookie).toMatch(/Max-Age=\d{6}/);
    const value = /application=([^;]+)/.exec(cookie)?.[1] ?? '-';
    const rows = await service.db.query(`SELECT 1 FROM applications WHERE applications::text LIKE $1`, [`%${value}%`]);
    expect(rows).toEqual([]);
  });

  it('can be put aside and taken up on another device, by a link that a scanner cannot use up', async () => {
    const here = await upTo('topics', { ...ADA, email: { email: 'rui@example.org' } });
    await here.submit({}, '/apply/later');
    expect(here.words).toContain('rui@example.org');
    const { links } = await service.letter('rui@example.org', /Go on with your application/);
    const path = pathIn(links, '/applications/resume/');
    const there = service.visitor();
    for (let times = 0; times < 3; times += 1) await there.get(path);
    await there.submit({}, '/applications/resume/');
    expect(there.page.url).toMatch(/\/apply\/topics$/);
    await there.get('/nhs/apply/about-you');
    expect(there.words).toContain('I nurse on a stroke ward.');
    await here.get('/nhs/apply');
    expect(here.page.url).toMatch(/\/apply\/adult$/);
    expect((await service.visitor().get(path)).status).toBe(410);
    expect((await service.visitor().get('/applications/resume/nonsense')).status).toBe(410);
  });

  it('is closed, with the reason, while the account is paused', async () => {
    const quiet = await accountWithSlots(service, 'quiet');
    const visitor = service.visitor();
    await answerTo(visitor, 'quiet', { ...ADA, email: { email: 'quiet@example.org' } });
    await service.db.write((tx) =>
      tx.query(`UPDATE accounts SET paused_message = 'We rest until spring.' WHERE id = $1`, [quiet.id]),
    );
    await visitor.submit({}, '/apply/check');
    expect(visitor.words).toContain('We rest until spring.');
    for (const step of ['', '/adult', '/check']) {
      await visitor.get(`/quiet/apply${step}`);
      expect(visitor.words).toContain('We rest until spring.');
    }
    const sent = await service.db.query(`SELECT 1 FROM applications WHERE account_id = $1 AND state <> 'draft'`, [
      quiet.id,
    ]);
    expect(sent).toEqual([]);
  });

  it('sends once what is sent twice, even at the same moment', async () => {
    const visitor = service.visitor();
    await answerTo(visitor, 'nhs', { ...ADA, email: { email: 'twice@example.org' } });
    const csrf = /name="_csrf" value="([^"]+)"/.exec(visitor.page.text)?.[1] ?? '';
    await Promise.all([1, 2, 3].map(() => visitor.post('/nhs/apply/check', { _csrf: csrf })));
    await visitor.post('/nhs/apply/check', { _csrf: csrf });
    expect(visitor.page.status).toBe(200);
    expect(visitor.words).toContain('Application sent');
    const letters = await service.db.query(`SELECT template FROM messages WHERE address = 'twice@example.org'`);
    expect(letters).toEqual([{ template: 'application-verify' }]);
    await visitor.get('/nhs/apply/topics');
    expect(visitor.words).toContain('Application sent');
  });

  it('lets somebody with a slip in the address begin anew', async () => {
    const { visitor } = await applied(service, nhs, 'Slip');
    await visitor.submit({}, '/apply/new');
    expect(visitor.page.url).toMatch(/\/apply\/adult$/);
  });

  it('refuses a form without its token', async () => {
    const answer = await fetch(`${service.url}/nhs/apply/adult`, {
      method: 'POST',
      body: new URLSearchParams({ adult: 'yes' }),
    });
    expect(answer.status).toBe(403);
  });
});

describe('confirming the address', () => {
  it('is not done by a scanner that follows the link, but by its button, once', async () => {
    const { email, id } = await applied(service, nhs, 'Scan');
    const path = await confirmationOf(service, email);
    const before = await count('messages');
    for (const method of ['GET', 'HEAD', 'GET']) await fetch(service.url + path, { method });
    expect([await stateOf(service, id), await count('messages')]).toEqual(['unverified', before]);
    const [first, second] = [service.visitor(), service.visitor()];
    await first.get(path);
    await second.get(path);
    await first.submit();
    expect(await stateOf(service, id)).toBe('waiting');
    await second.submit();
    expect(second.page.status).toBe(410);
    await second.get('/me');
    expect(second.page.url).toContain('/sign-in');
    await second.get(path);
    expect(second.words).toContain('used already');
  });

  it('gives a fresh link for one that is too old', async () => {
    const { email, id, visitor } = await applied(service, nhs, 'Slow');
    const path = await confirmationOf(service, email);
    await visitor.get(path);
    await later(service, 16);
    await visitor.submit();
    expect(visitor.page.status).toBe(410);
    expect(visitor.words).toContain('too old');
    await visitor.submit({}, '/letters');
    expect(visitor.words).toContain('a new link is on its way');
    await visitor.get(await confirmationOf(service, email, path));
    await visitor.submit();
    expect(await stateOf(service, id)).toBe('waiting');
  });

  it('refuses links of another purpose and links that are none', async () => {
    const { id } = await applied(service, nhs, 'Wrong');
    const token = await service.db.write((tx) =>
      service.app.get(Tokens).mint(tx, 'sign-in', id, new Date(tx.now.getTime() + 60_000)),
    );
    for (const each of [token, 'nothing']) {
      const visitor = service.visitor();
      await visitor.get(`/applications/verify/${each}`);
      expect(visitor.page.status).toBe(410);
      expect(visitor.words).toContain('not one of ours');
    }
    expect(await stateOf(service, id)).toBe('unverified');
  });

  it('joins the person who is known by that address, however it is written', async () => {
    const { email, visitor } = await applied(service, nhs, 'Joan');
    const old = await confirmationOf(service, email);
    await visitor.get(old);
    await visitor.submit();
    const again = service.visitor();
    await answerTo(again, 'nhs', { ...ADA, email: { email: 'JOAN@Example.org' } });
    await again.submit({}, '/apply/check');
    await again.get(await confirmationOf(service, 'JOAN@Example.org', old));
    await again.submit();
    const rows = await service.db.query(
      `SELECT count(*)::int AS sent, count(person_id)::int AS joined, count(DISTINCT person_id)::int AS people
       FROM applications WHERE email_key = 'joan@example.org'`,
    );
    expect(rows).toEqual([{ sent: 2, joined: 2, people: 1 }]);
  });
});
