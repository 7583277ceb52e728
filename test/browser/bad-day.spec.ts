import { afterAll, beforeAll, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Account } from '../../src/credentials/account.entity.js';
import { launchBrowser, look, openPage } from '../support/browser.js';
import { makeAccount, onDuty } from '../support/community.js';
import { accepted, personCalled, sessionOf } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';

jest.setTimeout(240_000);
let service: Service;
let browser: Browser;
let account: Account;
let stintId: string;

beforeAll(async () => {
  [service, browser] = await Promise.all([
    startService({ clockStart: new Date('2026-12-09T10:00:00Z') }),
    launchBrowser(),
  ]);
  account = await makeAccount(service, { selfApproval: true });
  stintId = await onDuty(service, account, 'Grace');
  await accepted(service, account, 'Ada');
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

async function pageOf(name: string): Promise<Page> {
  return openPage(browser, service.url, await sessionOf(service, await personCalled(service, name)));
}

it('whom the account has blocked is written down and looked up, without a violation', async () => {
  const grace = await pageOf('Grace');
  await grace.goto('/nhs/desk');
  await grace.getByRole('link', { name: 'Blocks of @NHS' }).click();
  await grace.getByRole('button', { name: 'Write it down' }).click();
  await look(grace, 'blocks-error');
  await grace.getByLabel('Handles on X').fill('@Rude_One\na_long_handle_1');
  await grace.getByLabel('Blocked', { exact: true }).check();
  await grace.getByLabel('Abuse or harassment').check();
  await grace.getByLabel('Note (optional)').fill('Threatened people who answered the ward’s question');
  await grace.getByRole('button', { name: 'Write it down' }).click();
  await look(grace, 'blocks');
  await grace.getByRole('link', { name: 'Undo or keep @Rude_One' }).click();
  await look(grace, 'block');
  const olu = await pageOf('Olu');
  await olu.goto('/team/nhs/blocks');
  await look(olu, 'team-blocks');
});

it('a bad day is called, found, acted on and undone in two presses each, without a violation', async () => {
  const grace = await pageOf('Grace');
  await grace.goto('/nhs/desk');
  await grace.getByRole('link', { name: 'Something is wrong' }).click();
  await look(grace, 'panic');
  await grace.getByLabel('What is wrong? (optional)').fill('Hundreds of nasty messages');
  await grace.getByRole('button', { name: 'Tell the team now' }).click();
  await grace.getByRole('heading', { name: 'The team has been told' }).waitFor();
  await look(grace, 'panic-told');
  await grace.getByRole('button', { name: 'Pause the account now' }).click();
  await grace.getByRole('heading', { name: 'The account is paused' }).waitFor();
  await grace.goto('/nhs/desk');
  await grace.getByRole('heading', { name: 'The account is paused' }).waitFor();

  const olu = await pageOf('Olu');
  await olu.goto('/team/nhs');
  await look(olu, 'today-paused');
  await olu.getByRole('link', { name: 'Lift the pause' }).click();
  await look(olu, 'bad-day-paused');
  await olu.getByRole('button', { name: 'Lift the pause' }).click();
  await olu.getByRole('button', { name: 'Lift the pause now' }).click();
  await look(olu, 'bad-day-error');
  await olu.getByLabel('Why?').fill('We have spoken');
  await olu.getByRole('button', { name: 'Lift the pause now' }).click();
  await olu.getByText('Nothing is paused and nobody has taken over').waitFor();
  await look(olu, 'bad-day');

  await olu.getByRole('link', { name: 'Pause the account' }).click();
  await look(olu, 'bad-day-pause');
  await olu.getByRole('link', { name: 'Bad day' }).last().click();
  await olu.getByRole('link', { name: 'Take over in the house voice' }).click();
  await olu.getByLabel('Why?').fill('A complaint');
  await olu.getByRole('button', { name: 'Take over now' }).click();
  await olu.getByLabel('Post in the house voice').waitFor();
  await look(olu, 'bad-day-taken-over');
  await olu.getByRole('link', { name: 'Replace Grace' }).click();
  await look(olu, 'bad-day-replace');
  await olu.goBack();
  await olu.getByRole('link', { name: 'Cut Grace’s turn short' }).click();
  await olu.getByLabel('Why?').fill('A complaint');
  await olu.getByRole('button', { name: 'End the turn now' }).click();
  await olu.getByRole('heading', { name: 'Grace, ended early' }).waitFor();
  const rhian = await pageOf('Rhian');
  await rhian.goto('/team/nhs/bad-day');
  await rhian.getByText('Only organisers and keepers can act here').waitFor();
  await grace.goto(`/me/stints/${stintId}`);
  await grace.getByRole('link', { name: 'Something is wrong' }).waitFor();
});
