import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Retention } from '../../src/operations/retention.service.js';
import { Alerts } from '../../src/people/alerts.service.js';
import { ADA, answerTo } from '../support/apply.js';
import { makeAccount } from '../support/community.js';
import { eventually } from '../support/poll.js';
import { type Service, startService } from '../support/service.js';
import { WEEK_BEGINS } from '../support/week.js';

const DAY = 24 * 60 * 60_000;

describe('the retention periods that the keeper gave', () => {
  let service: Service;

  beforeAll(async () => {
    service = await startService({ clockStart: WEEK_BEGINS });
    const account = await makeAccount(service, { retention: { applications: 30, curators: 60, letters: 10 } });
    const news = { accountId: account.id, kind: 'panic' as const, key: 'panic', facts: { name: 'Ada', path: '/' } };
    await service.db.write((tx) => service.app.get(Alerts).tell(tx, news));
    const ada = service.visitor();
    await answerTo(ada, 'nhs', { ...ADA, topics: { topics: 'canary-of-retention' } });
    await ada.submit({}, '/apply/check');
    await eventually(async () => {
      const [letter] = await service.db.query<{ state: string }>(
        `SELECT state FROM messages WHERE template = 'application-verify'`,
      );
      return letter?.state === 'sent';
    });
  });
  afterAll(() => service.stop());

  const daysLater = async (days: number) => {
    await service.moveClock(new Date(WEEK_BEGINS.getTime() + days * DAY));
    await service.app.get(Retention).sweep();
  };
  const application = () => service.db.query(`SELECT state, answers->>'topics' AS topics FROM applications`);
  const letters = () => service.db.query(`SELECT address FROM messages WHERE template = 'application-verify'`);

  it('keep everything until they end', async () => {
    await daysLater(9);
    expect(await application()).toEqual([{ state: 'unverified', topics: 'canary-of-retention' }]);
    expect(await letters()).toEqual([{ address: 'ada@example.org' }]);
    expect(await service.db.query('SELECT 1 FROM alerts')).toHaveLength(1);
  });

  it('end for letters first', async () => {
    await daysLater(11);
    expect(await letters()).toEqual([{ address: null }]);
    expect(await service.db.query('SELECT 1 FROM alerts')).toEqual([]);
    expect(await application()).toMatchObject([{ state: 'unverified' }]);
  });

  it('end for an application that was never confirmed', async () => {
    await daysLater(31);
    expect(await application()).toEqual([{ state: 'erased', topics: null }]);
  });
});
