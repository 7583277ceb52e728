import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { limits } from '../../src/web/limits.js';
import { ADA, answerTo } from '../support/apply.js';
import { makeAccount } from '../support/community.js';
import { type Service, startService } from '../support/service.js';
import { WEEK_BEGINS } from '../support/week.js';

let service: Service;

beforeAll(async () => {
  service = await startService({ clockStart: WEEK_BEGINS });
  await makeAccount(service);
});
afterAll(() => service?.stop());

it('writes to an address that nobody has confirmed five times an hour at most', async () => {
  for (let stranger = 0; stranger < 7; stranger += 1) {
    const visitor = service.visitor();
    await answerTo(visitor, 'nhs');
    await visitor.submit({}, '/apply/check');
    expect(visitor.words).toContain('ada@example.org');
  }
  const letters = () => service.db.query(`SELECT 1 FROM messages WHERE address = 'ada@example.org'`);
  expect((await letters()).length).toBe(5);
  await service.moveClock(new Date(WEEK_BEGINS.getTime() + 2 * 60 * 60_000));
  const later = service.visitor();
  await answerTo(later, 'nhs');
  await later.submit({}, '/apply/check');
  expect((await letters()).length).toBe(6);
});

it('looks at so many photos from one address of the internet in an hour, and no more', async () => {
  const visitor = service.visitor();
  const photo = new Blob(['no photo']);
  const wrong = { photo, photoDescription: 'Me at the sea', photoConsent: 'yes' };
  await expect(answerTo(visitor, 'nhs', { ...ADA, photo: wrong })).rejects.toThrow(/photo: 422/);
  for (let times = 1; times < limits['apply-photo'].points; times += 1) {
    await visitor.submit(wrong, '/apply/photo');
    expect(visitor.page.status).toBe(422);
  }
  await visitor.submit(wrong, '/apply/photo');
  expect(visitor.page.status).toBe(429);
});

it('begins so many applications for one address of the internet in an hour, and no more', async () => {
  const form = await fetch(`${service.url}/nhs/apply/adult`);
  const cookie = form.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const token = /name="_csrf" value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
  const begin = async () => {
    const body = new URLSearchParams({ adult: 'yes', _csrf: token });
    const init = { method: 'POST', body, headers: { cookie, accept: 'text/html' }, redirect: 'manual' as const };
    return (await fetch(`${service.url}/nhs/apply/adult`, init)).status;
  };
  const drafts = () => service.db.query(`SELECT 1 FROM applications WHERE state = 'draft'`);
  for (let times = 0; times < limits['apply-begin'].points; times += 1) await begin();
  const before = (await drafts()).length;
  expect(await begin()).toBe(429);
  expect((await drafts()).length).toBe(before);
});
