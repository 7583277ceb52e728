import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { Account } from '../../src/credentials/account.entity.js';
import { launchBrowser, look, openPage } from '../support/browser.js';
import { makeAccount, personId } from '../support/community.js';
import { type Turn, turnOf } from '../support/handover.js';
import { sessionOf } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';

jest.setTimeout(120_000);

describe('checklists in a browser', () => {
  let service: Service;
  let browser: Browser;
  let account: Account;
  let grace: Turn;

  beforeAll(async () => {
    [service, browser] = await Promise.all([
      startService({ clockStart: new Date('2026-10-16T12:00:00Z') }),
      launchBrowser(),
    ]);
    account = await makeAccount(service);
    grace = await turnOf(service, account, 'Grace', '2026-10-26T08:00:00Z', '2026-10-30T18:00:00Z');
    await service.moveClock(new Date('2026-10-22T12:00:00Z'));
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  it('are ticked, left out and changed by the team', async () => {
    const olu = await openPage(browser, service.url, await sessionOf(service, await personId(service, 'Olu')));
    await olu.goto('/team/nhs/checklists');
    await look(olu, 'checklists');
    await olu.getByText('Leave it out: Hold the call with the curator').first().click();
    await olu
      .getByRole('group')
      .filter({ hasText: 'Hold the call' })
      .getByRole('button', { name: 'Leave it out' })
      .click();
    await olu.getByRole('link', { name: 'Say why it is left out' }).click();
    await look(olu, 'checklists-error');
    await olu.getByLabel('Why?').first().fill('Grace has curated before');
    await olu
      .getByRole('group')
      .filter({ hasText: 'Hold the call' })
      .getByRole('button', { name: 'Leave it out' })
      .click();
    await olu.locator('summary', { hasText: 'of what is settled' }).click();
    await olu.getByText('Left out by Olu').waitFor();
    await olu.goto('/team/nhs/checklist-lines');
    await look(olu, 'checklist-lines');
    await olu.getByRole('link', { name: 'Hold the call with the curator' }).click();
    await olu.getByLabel('How many days?').fill('ten');
    await olu.getByRole('button', { name: 'Save' }).click();
    await olu.getByRole('link', { name: /^Enter the days/ }).waitFor();
    await look(olu, 'checklist-line-error');
    await olu.goto('/team/nhs/digest');
    await look(olu, 'digest');
  });

  it('are ticked by the curator, without JavaScript too', async () => {
    const person = await openPage(browser, service.url, await sessionOf(service, grace.personId));
    await person.goto(`/me/stints/${grace.stintId}/checklist`);
    await person.getByRole('button', { name: /^Done ?: Tell your manager/ }).click();
    await person.getByText('1 of 6 done.').waitFor();
    await look(person, 'own-checklist');
  });
});
