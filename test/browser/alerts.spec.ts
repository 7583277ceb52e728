import { afterAll, beforeAll, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { Account } from '../../src/credentials/account.entity.js';
import { Alerts } from '../../src/people/alerts.service.js';
import { launchBrowser, look, openPage } from '../support/browser.js';
import { eventually } from '../support/poll.js';
import { accountWithSlots, personCalled, sessionOf, teamMember } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';
import { type Sink, startSink } from '../support/sink.js';

jest.setTimeout(120_000);
let service: Service;
let browser: Browser;
let sink: Sink;
let account: Account;

beforeAll(async () => {
  [service, browser, sink] = await Promise.all([
    startService({ clockStart: new Date('2026-12-02T12:00:00Z') }),
    launchBrowser(),
    startSink(),
  ]);
  account = await accountWithSlots(service, 'nhs');
  await teamMember(service, account, 'Kim', 'keeper');
  await teamMember(service, account, 'Rae', 'reviewer');
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
  await sink?.stop();
});

it('the page about alerts shows what was told, takes a webhook and a test, without a violation', async () => {
  const tell = {
    accountId: account.id,
    kind: 'panic' as const,
    key: 'panic',
    facts: { name: 'Grace', path: '/team/nhs' },
  };
  await service.db.write((tx) => service.app.get(Alerts).tell(tx, tell));
  const kim = await openPage(browser, service.url, await sessionOf(service, await personCalled(service, 'Kim')));
  await kim.goto('/team/nhs/alerts');
  await kim.getByRole('button', { name: 'Add' }).click();
  await look(kim, 'alerts-errors');
  await kim.getByLabel('Microsoft Teams').check();
  await kim.getByLabel('Address').fill(`${sink.url}/workflows/0123456789abcdef`);
  await kim.getByRole('button', { name: 'Add' }).click();
  await kim.getByLabel('Signed JSON').check();
  await kim.getByLabel('Address').fill(`${sink.url}/hook`);
  await kim.getByRole('button', { name: 'Add' }).click();
  await look(kim, 'alerts-key');
  await kim.getByRole('link', { name: 'I have copied it' }).click();
  sink.answer({ status: 404 });
  await kim.getByRole('button', { name: 'Send a test alert' }).click();
  await eventually(() => sink.calls.length === 2, { within: 30_000 });
  await kim.getByRole('link', { name: 'Look again' }).click();
  await kim.goto('/team/nhs/alerts');
  await look(kim, 'alerts');

  const rae = await openPage(browser, service.url, await sessionOf(service, await personCalled(service, 'Rae')));
  await rae.goto('/team/nhs/alerts');
  await look(rae, 'alerts-to-read');
});
