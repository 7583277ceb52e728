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
  await kim.getByRole('link', { name: 'More' }).click();
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

it('the account is connected on X’s page, tried, and disconnected again, without a violation', async () => {
  const session = await sessionOf(service, await personCalled(service, 'Kim'));
  const kim = await openPage(browser, service.url, session);
  // Only here a page of another host is meant.
  const there = await openPage(browser, service.url, session);
  const begin = async (page: Page) => {
    await page.goto('/team/nhs/connection');
    await page.getByRole('button', { name: /^Connect/ }).click();
    await page.getByRole('button', { name: 'Continue to X' }).waitFor();
  };
  const onX = async (answer: 'Allow' | 'Deny', handle: string) => {
    await begin(there);
    await there.getByRole('button', { name: 'Continue to X' }).click();
    await there.getByLabel(/ake a pretend account/).fill(handle);
    await press(there, answer);
    await there.waitForURL('**/connection/callback?*');
    await kim.goto(there.url());
  };
  await kim.goto('/team/nhs/connection');
  await look(kim, 'connection-none');
  await begin(kim);
  await look(kim, 'connection-begin');
  await onX('Deny', 'NHS');
  await kim.getByText('somebody chose not to let this service in').waitFor();
  await look(kim, 'connection-denied');

  await onX('Allow', 'Someone_else');
  await press(kim, 'Finish connecting @NHS');
  await kim.getByText('You were signed in to X as @Someone_else, not as @NHS').waitFor();
  await look(kim, 'connection-wrong');

  await onX('Allow', 'NHS');
  await look(kim, 'connection-back', false);
  await press(kim, 'Finish connecting @NHS');
  await kim.getByText('The account is connected.').waitFor();
  await press(kim, 'Test the connection');
  await kim.getByText('X answered as it should. Nothing was posted.').waitFor();
  await look(kim, 'connection-tested');

  await kim.getByRole('button', { name: 'Disconnect' }).click();
  await press(kim, 'Disconnect');
  await look(kim, 'connection-end-error');
  await kim.getByLabel('Why?').fill('We move to another app');
  await press(kim, 'Disconnect');
  await kim.getByText('Disconnected, and X has forgotten the access.').waitFor();
  await look(kim, 'connection-ended');
});
