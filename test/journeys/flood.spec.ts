import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { answerTo } from '../support/apply.js';
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
