import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Account } from '../../src/credentials/account.entity.js';
import { applied, confirmationOf, later, pathIn, photo, verified } from '../support/applications.js';
import { launchBrowser, look as lookAt, openPage } from '../support/browser.js';
import { accountWithSlots, personCalled, sessionOf, teamMember } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';

jest.setTimeout(180_000);
let service: Service;
let browser: Browser;
let nhs: Account;

beforeAll(async () => {
  [service, browser] = await Promise.all([
    startService({ clockStart: new Date('2026-11-02T09:00:00Z') }),
    launchBrowser(),
  ]);
  nhs = await accountWithSlots(service, 'nhs');
  await teamMember(service, nhs, 'Olu', 'organiser');
  await accountWithSlots(service, 'quiet');
  await service.db.write((tx) => tx.query(`UPDATE accounts SET paused_message = 'We rest.' WHERE slug = 'quiet'`));
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

/** On a telephone, and on a wide screen too where its layout differs. */
const look = (page: Page, name: string, wide = false) => lookAt(page, name, wide);

async function pageOf(name: string): Promise<Page> {
  return openPage(browser, service.url, await sessionOf(service, await personCalled(service, name)));
}

/** Sends a question without an answer and looks at what is said, then leaves the page ready to be answered. */
async function lookAtError(page: Page, name: string): Promise<void> {
  await look(page, name);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('alert').waitFor();
  expect(await page.title()).toMatch(/^Error: /);
  expect(await page.evaluate('document.activeElement.className')).toContain('nhsuk-error-summary');
  await look(page, `${name}-error`);
}

async function goOn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function tick(page: Page, name: string | RegExp): Promise<void> {
  await page.getByLabel(name).check();
}

describe('an application in a browser', () => {
  it('goes from the first question to the status page, without a violation on any page', async () => {
    const ada = await openPage(browser, service.url);
    await ada.goto('/nhs/apply');
    await lookAtError(ada, 'adult');
    await tick(ada, 'Yes');
    await goOn(ada);
    await lookAtError(ada, 'capacity');
    await tick(ada, 'Staff');
    await goOn(ada);
    await lookAtError(ada, 'name');
    await ada.getByLabel('Full name').fill('Ada Marsh');
    await tick(ada, 'By my first name');
    await goOn(ada);
    await lookAtError(ada, 'email');
    await ada.getByLabel('email').fill('ada@example.org');
    await goOn(ada);
    await look(ada, 'handle');
    await goOn(ada);
    await lookAtError(ada, 'work');
    await ada.getByLabel('Your role').fill('Ward nurse');
    await ada.getByLabel('Organisation').fill('Seaside Hospital');
    await goOn(ada);
    await look(ada, 'employer');
    await goOn(ada);
    await lookAtError(ada, 'about-you');
    await ada.getByRole('textbox').fill('I nurse on a stroke ward.');
    await goOn(ada);
    await lookAtError(ada, 'topics');
    await ada.getByRole('textbox').fill('What a stroke ward sounds like.');
    await goOn(ada);
    await lookAtError(ada, 'experience');
    await tick(ada, 'I post now and then');
    await goOn(ada);
    await look(ada, 'weeks', true);
    await ada.getByRole('combobox').nth(4).selectOption('First choice');
    await ada.getByRole('combobox').nth(5).selectOption('I cannot');
    await goOn(ada);
    await look(ada, 'access');
    await goOn(ada);
    await ada.getByRole('textbox').fill('I have asthma.');
    await lookAtError(ada, 'health');
    await ada.getByRole('checkbox').check();
    await goOn(ada);
    await ada.locator('input[type=file]').setInputFiles(await picture());
    await lookAtError(ada, 'photo');
    await ada.locator('input[type=file]').setInputFiles(await picture());
    await ada.getByLabel('Describe the photo').fill('Me at the sea');
    await ada.getByRole('checkbox').check();
    await goOn(ada);
    await look(ada, 'conflict');
    await ada.getByRole('link', { name: 'Back', exact: true }).click();
    await look(ada, 'photo-kept');
    await goOn(ada);
    await goOn(ada);
    await lookAtError(ada, 'consents');
    await tick(ada, /hold my application/);
    await tick(ada, /guidelines/);
    await goOn(ada);
    await look(ada, 'check', true);
    await ada.getByRole('link', { name: /Change\s+About you$/ }).click();
    await ada.getByRole('button', { name: 'Save and come back later' }).click();
    await look(ada, 'later');
    await ada.goto('/nhs/apply');
    await ada.getByRole('button', { name: 'Send your application' }).click();
    await look(ada, 'done', true);
    await ada.goto(await confirmationOf(service, 'ada@example.org'));
    await look(ada, 'verify');
    await ada.getByRole('button', { name: 'Confirm' }).click();
    await ada.getByText('Being read').waitFor();
    await look(ada, 'status', true);
  });

  async function picture() {
    return { name: 'me.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(await (await photo('png')).arrayBuffer()) };
  }

  it('says kindly what does not go on', async () => {
    const page = await openPage(browser, service.url);
    await page.goto('/quiet/apply');
    await page.getByText('We rest.').waitFor();
    await look(page, 'closed');
    await page.goto('/nhs/apply');
    await tick(page, 'No');
    await goOn(page);
    await look(page, 'under-18');
    await page.goto('/applications/verify/nothing');
    await look(page, 'verify-unknown');
    await page.goto('/applications/resume/nothing');
    await look(page, 'resume-dead');
    const { email } = await applied(service, nhs, 'Slow');
    const path = await confirmationOf(service, email);
    await later(service, 16);
    await page.goto(path);
    await look(page, 'verify-expired');
    await page.getByRole('button', { name: 'Send me a new link' }).click();
    await look(page, 'verify-again');
  });

  it('is taken up again by a link', async () => {
    const page = await openPage(browser, service.url);
    await page.goto('/nhs/apply');
    await tick(page, 'Yes');
    await goOn(page);
    await tick(page, 'Patient');
    await goOn(page);
    await page.getByLabel('Full name').fill('Rui Marsh');
    await tick(page, 'Without my name');
    await goOn(page);
    await page.getByLabel('email').fill('rui@example.org');
    await goOn(page);
    await page.getByRole('button', { name: 'Save and come back later' }).click();
    const { links } = await service.letter('rui@example.org', /Go on with/);
    const there = await openPage(browser, service.url);
    await there.goto(pathIn(links, '/applications/resume/'));
    await look(there, 'resume');
    await there.getByRole('button', { name: 'Go on' }).click();
    await there.getByText('Do you have an account on X?').waitFor();
  });

  it('can be taken back in part or as a whole', async () => {
    const health = { health: { health: 'Asthma', healthConsent: 'yes' } };
    const { id } = await verified(service, nhs, 'Mara', health);
    const mara = await pageOf('Mara');
    await mara.goto(`/me/applications/${id}`);
    await mara.getByRole('link', { name: /Take this back.*health/ }).click();
    await look(mara, 'sure-consent');
    await mara.getByRole('button', { name: 'Take it back' }).click();
    await mara.getByText('taken back on').waitFor();
    await look(mara, 'status-taken-back');
    await mara.getByRole('link', { name: 'Withdraw your application' }).click();
    await look(mara, 'sure-withdrawal');
    await mara.getByRole('button', { name: 'Withdraw' }).click();
    await mara.getByText('You withdrew it').waitFor();
    await look(mara, 'status-withdrawn');
    await mara.getByRole('link', { name: 'Erase it altogether' }).click();
    await look(mara, 'sure-erasure');
    await mara.getByRole('button', { name: 'Erase everything' }).click();
    await look(mara, 'erased');
  });

  it('is read and decided by the team', async () => {
    const answers = {
      health: { health: 'Asthma', healthConsent: 'yes' },
      photo: { photo: await photo('jpeg', 640, 480), photoDescription: 'Me', photoConsent: 'yes' },
      handle: { handle: 'same' },
    };
    await verified(service, nhs, 'Dora', { handle: { handle: 'Same' } });
    const { id } = await verified(service, nhs, 'Dorothy', answers);
    const olu = await pageOf('Olu');
    await olu.goto('/team/nhs/applications?q=nobody');
    await look(olu, 'list-nothing');
    await olu.goto('/team/nhs/applications?state=waiting');
    await look(olu, 'list', true);
    await olu.getByRole('link', { name: 'Dorothy Marsh' }).click();
    await look(olu, 'application', true);
    await olu.getByRole('button', { name: 'Decide' }).click();
    await look(olu, 'application-error');
    await olu.getByRole('button', { name: 'Read the health information' }).click();
    await look(olu, 'health');
    await olu.goto(`/team/nhs/applications/${id}`);
    await tick(olu, 'Put on hold');
    await olu.getByLabel('Note for the team').fill('The weeks are full.');
    await olu.getByLabel('Words to the applicant').fill('December is full: we look again in January.');
    await olu.getByRole('button', { name: 'Decide' }).click();
    await olu.getByText('Undo this decision').waitFor();
    await look(olu, 'application-decided');
    await later(service, 11);
    const dorothy = await pageOf('Dorothy');
    await dorothy.goto(`/me/applications/${id}`);
    await look(dorothy, 'status-on-hold');
  });
});
