import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'node-html-parser';
import { Audit } from '../../src/audit/audit.service.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { makeAccount, onDuty, signedIn } from '../support/community.js';
import { type Service, startService } from '../support/service.js';
import type { Visitor } from '../support/visitor.js';

jest.setTimeout(60_000);

let service: Service;
let nhs: Account;
let grace: Visitor;

beforeAll(async () => {
  service = await startService({ clockStart: new Date('2026-12-08T10:00:00Z') });
  nhs = await makeAccount(service);
  await onDuty(service, nhs, 'Grace');
  grace = await signedIn(service, 'Grace');
});
afterAll(() => service?.stop());
beforeEach(() => grace.get('/nhs/desk'));

const send = (fields: Record<string, string | Blob>) => grace.submit(fields, 'publications');

async function queued(text: string): Promise<number> {
  const rows = await service.db.query(`SELECT 1 FROM messages WHERE channel = 'post' AND data->>'text' = $1`, [text]);
  return rows.length;
}

describe('a post with something worth a warning', () => {
  it('is kept, says what and why, and goes out at the second press', async () => {
    const text = 'Ring me on 07700 900123, I ❤️ my job';
    await send({ text });
    expect([grace.page.status, await queued(text)]).toEqual([422, 0]);
    expect(grace.words).toContain('07700 900123 – This looks like a phone number.');
    expect(grace.words).toContain('I ❤️ my – Screen readers say');
    await send({});
    expect([grace.page.status, await queued(text)]).toEqual([200, 1]);
  });

  it('is kept again when something else worth a warning was added to it', async () => {
    await send({ text: 'Write to a@example.org' });
    await send({ text: 'Write to a@example.org or b@example.org' });
    expect([grace.page.status, grace.words.includes('b@example.org – ')]).toEqual([422, true]);
    await send({ text: 'Write to us' });
    expect([grace.page.status, await queued('Write to us')]).toEqual([200, 1]);
  });

  it('goes out at once when there is only a hint', async () => {
    await send({ text: 'Read nhs.uk #mentalhealthnurses' });
    expect([grace.page.status, await queued('Read nhs.uk #mentalhealthnurses')]).toEqual([200, 1]);
  });
});

describe('an NHS number', () => {
  const text = 'The poster says 943 476 5919';

  it('stops a post until somebody says why, which the audit log keeps without the number', async () => {
    await send({ text });
    expect([grace.page.status, grace.words.includes('Stop: an NHS number')]).toEqual([422, true]);
    await send({ reason: '  ' });
    expect([grace.page.status, await queued(text)]).toEqual([422, 0]);
    expect(parse(grace.page.text).querySelector('#reason-error')?.textContent).toContain('Say why');
    await send({ reason: 'It is the made-up number of the training poster' });
    expect([grace.page.status, await queued(text)]).toEqual([200, 1]);
    const entries = await service.app.get(Audit).read(nhs.id, 5);
    const passed = entries.find(({ verb }) => verb === 'post.nhs-number-passed');
    expect(passed?.particulars).toEqual({ reason: 'It is the made-up number of the training poster' });
    expect([passed?.detail.walls, JSON.stringify(entries).includes('5919')]).toEqual([1, false]);
  });

  it('stops a part of a thread, too, by a form that says that all was read', async () => {
    const thread = { text: 'One', text2: '4010232137', read: '["2 nhs-number 4010232137"]' };
    await send(thread);
    expect([grace.page.status, grace.words.includes('Part 2: 4010232137 – This is an NHS number')]).toEqual([
      422,
      true,
    ]);
    expect(await queued('One')).toBe(0);
  });
});
