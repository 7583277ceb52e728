import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Account } from '../../src/credentials/account.entity.js';
import { launchBrowser, look, openPage } from '../support/browser.js';
import { turnOf } from '../support/handover.js';
import { accountWithSlots, personCalled, sessionOf, teamMember } from '../support/rota.js';
import { PASSWORD, reach, SEED } from '../support/sealed.js';
import { type Service, startService } from '../support/service.js';

jest.setTimeout(240_000);
let service: Service;
let browser: Browser;
let account: Account;

beforeAll(async () => {
  [service, browser] = await Promise.all([
    startService({ clockStart: new Date('2026-12-02T12:00:00Z') }),
    launchBrowser(),
  ]);
  account = await accountWithSlots(service, 'nhs');
  await service.db.write((tx) => tx.query('DELETE FROM slots'));
  await teamMember(service, account, 'Kim', 'keeper');
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const secretOn = async (page: Page) => ((await page.locator('#secret').textContent()) ?? '').trim();

it('a sealed password is put in, seen once, and changed, without a violation', async () => {
  const kim = await openPage(browser, service.url, await sessionOf(service, await personCalled(service, 'Kim')));
  await kim.goto('/team/nhs');
  await kim.getByRole('link', { name: 'Credentials' }).click();
  await look(kim, 'credentials-before');
  await kim.getByRole('link', { name: 'read and accepted what that means' }).click();
  await press(kim, 'Accept');
  await look(kim, 'policy-error');
  await kim.getByRole('checkbox').check();
  await press(kim, 'Accept');
  await kim.getByLabel('With a sealed password').check();
  await press(kim, 'Save');
  await kim.getByLabel('Seed for codes (optional)').fill('nothing');
  await press(kim, 'Seal it');
  await look(kim, 'credentials-error');
  await kim.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await kim.getByLabel('Seed for codes (optional)').fill(SEED);
  await press(kim, 'Seal it');
  await look(kim, 'credentials-sealed');

  const { personId } = await turnOf(service, account, 'Grace', '2026-12-07T08:00:00Z', '2026-12-11T18:00:00Z');
  await reach(service, account, '2026-12-07T08:00:00Z');
  const grace = await openPage(browser, service.url, await sessionOf(service, personId));
  await grace.goto('/me');
  await grace.getByRole('link', { name: 'The password of @NHS' }).click();
  await look(grace, 'password-sealed');
  await grace.getByRole('button', { name: 'See the password' }).click();
  await look(grace, 'password-interstitial');
  await press(grace, 'Show me the password now');
  expect(await secretOn(grace)).toBe(PASSWORD);
  await look(grace, 'password-revealed');
  await grace.getByRole('link', { name: 'I am done: leave this page' }).click();
  await grace.getByText('You have seen the password').waitFor();
  await press(grace, 'Get a code');
  expect(await secretOn(grace)).toMatch(/^\d{6}$/);
  await look(grace, 'code');
  await grace.goBack();
  await expect(grace.goBack()).rejects.toThrow('ERR_CACHE_MISS');

  await reach(service, account, '2026-12-11T18:00:00Z');
  await kim.goto('/team/nhs/tasks');
  await look(kim, 'tasks-rotate');
  await kim.getByRole('link', { name: 'Change the password of @NHS' }).click();
  await look(kim, 'rotation-before');
  await press(kim, 'Show me the new password');
  expect((await secretOn(kim)).length).toBe(24);
  await look(kim, 'rotation-shown');
  await press(kim, 'I have changed it on X');
  await kim.getByText('changed Friday 11 December 2026').waitFor();
});
