import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Audit } from '../../src/audit/audit.service.js';
import { Setup } from '../../src/site/setup.service.js';
import { signedIn } from '../support/community.js';
import { type Service, startService } from '../support/service.js';

const FORM = {
  keeperName: 'Kim Adebayo',
  keeperEmail: 'kim@example.org',
  handle: '@WardVoices',
  name: 'Ward Voices',
  about: '',
  zone: 'Europe/London',
  startsOn: '1',
  startsAt: '8:00',
  endsOn: '5',
  endsAt: '18:00',
  opens1: '08:00',
  closes1: '20:00',
  connection: 'none',
  handOverBy: 'checklist',
  helpContact: 'Kim, 01632 960 000',
  keepApplications: '180',
  keepCurators: '730',
  keepLetters: '90',
};

describe('an empty Baton', () => {
  let service: Service;

  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());

  it('sends its first visitor to the setup page', async () => {
    const visitor = service.visitor();
    await visitor.get('/');
    expect(visitor.page.url).toContain('/setup');
  });

  it('assumes no retention period and keeps what was typed', async () => {
    const visitor = service.visitor();
    await visitor.get('/setup');
    await visitor.submit({ ...FORM, code: 'x', keepApplications: '', opens1: '20:00', closes1: '08:00', handle: 'me' });
    expect(visitor.page.status).toBe(422);
    expect(visitor.words).toContain('Enter how long applications are kept as a number of days');
    expect(visitor.words).toContain('Monday: the closing time must be after the opening time');
    expect(visitor.words).toContain('This handle is also the address of one of our pages');
    expect(visitor.page.text).toContain('value="kim@example.org"');
  });

  it('refuses a wrong code', async () => {
    const visitor = service.visitor();
    await visitor.get('/setup');
    await visitor.submit({ ...FORM, code: 'wrong' });
    expect(visitor.page.status).toBe(403);
    expect(await service.app.get(Setup).open()).toBe(true);
  });

  it('makes the first account and signs its keeper in, once', async () => {
    const code = await service.app.get(Setup).code();
    const [kim, late] = [service.visitor(), service.visitor()];
    await kim.get(`/setup?code=${code}`);
    await late.get(`/setup?code=${code}`);
    await kim.submit(FORM);
    expect(kim.page.url).toMatch(/\/team\/wardvoices$/);
    expect(kim.words).toContain('Today on @WardVoices');
    await late.submit(FORM);
    expect(late.page.status).toBe(404);
    await late.get('/setup');
    expect(late.page.status).toBe(404);
  });

  it('lets its keeper add an approver, who is told, and keeps its last keeper', async () => {
    const kim = await signedIn(service, 'Kim');
    await kim.get('/team/wardvoices/people');
    expect(kim.words).toContain('Nobody can approve');
    await kim.submit({ name: 'Priya Nair', email: 'priya', role: 'approver' }, '/team/wardvoices/people');
    expect([kim.page.status, kim.page.text.includes('value="priya"')]).toEqual([422, true]);
    await kim.submit({ name: 'Priya Nair', email: 'priya@example.org', role: 'approver' }, '/team/wardvoices/people');
    expect(kim.words).not.toContain('Nobody can approve');
    await service.letter('priya@example.org', /You are an approver of @WardVoices/);
    await kim.submit({}, '/roles/keeper/removals');
    expect([kim.page.status, kim.words]).toEqual([409, expect.stringContaining('An account needs a keeper')]);
    const priya = await signedIn(service, 'Priya');
    await priya.get('/team/wardvoices/people');
    expect(priya.page.text).not.toContain('/removals');
    await priya.post('/team/wardvoices/people', { name: 'X', email: 'x@example.org', role: 'keeper' });
    expect(priya.page.status).toBe(403);
  });

  it('has no feed where the account is not connected', async () => {
    const answer = await fetch(`${service.url}/wardvoices/feed.json`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('keeps an unbroken audit chain', async () => {
    const [account] = await service.db.query<{ id: string }>('SELECT id FROM accounts');
    const audit = service.app.get(Audit);
    expect(await audit.broken(account?.id ?? '')).toBeNull();
    await service.db.query('ALTER TABLE audit_entries DISABLE TRIGGER USER');
    const [last] = await service.db.query<{ seq: string }>('SELECT seq FROM audit_chains WHERE chain = $1', [
      account?.id,
    ]);
    for (const table of ['audit_particulars', 'audit_entries'])
      await service.db.query(`DELETE FROM ${table} WHERE chain = $1 AND seq = $2`, [account?.id, last?.seq]);
    expect(await audit.broken(account?.id ?? '')).toBe(last?.seq);
    await service.db.query(`UPDATE audit_entries SET verb = 'account.forged' WHERE chain = $1 AND seq = 1`, [
      account?.id,
    ]);
    expect(await audit.broken(account?.id ?? '')).toBe('1');
  });

  it('never lets the audit log be changed', async () => {
    await service.db.query('ALTER TABLE audit_entries ENABLE TRIGGER USER');
    await expect(service.db.query('DELETE FROM audit_entries')).rejects.toThrow('never changed or removed');
  });
});

describe('the pages of a running service', () => {
  let service: Service;

  beforeAll(async () => {
    service = await startService({
      env: { METRICS_TOKEN: 'a-token-of-the-test', SECURITY_CONTACT: 'mailto:security@example.org' },
    });
  });
  afterAll(() => service.stop());

  it('says that it is alive and ready', async () => {
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${service.url}/health/ready`)).json()).toEqual({
      status: 'ok',
      database: true,
      queue: true,
    });
  });

  it('gives its numbers only for their token', async () => {
    expect((await fetch(`${service.url}/metrics`)).status).toBe(403);
    const answer = await fetch(`${service.url}/metrics`, { headers: { authorization: 'Bearer a-token-of-the-test' } });
    expect(await answer.text()).toContain('handover_lateness_seconds');
  });

  it('says where a security researcher should write', async () => {
    const text = await (await fetch(`${service.url}/.well-known/security.txt`)).text();
    expect(text).toContain('Contact: mailto:security@example.org');
    expect(text).toMatch(/Expires: \d{4}-/);
  });

  it.each(['/accessibility', '/privacy', '/about'])('has %s', async (path) => {
    const visitor = service.visitor();
    expect((await visitor.get(path)).status).toBe(200);
    expect(visitor.page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('answers an unknown address with a page or a problem, never a stack trace', async () => {
    const visitor = service.visitor();
    expect((await visitor.get('/no/such/page')).status).toBe(404);
    expect(visitor.words).toContain('Page not found');
    const problem = await fetch(`${service.url}/no/such.json`);
    expect(await problem.json()).toMatchObject({ status: 404, title: 'Page not found' });
  });
});
