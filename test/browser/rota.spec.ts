import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Account } from '../../src/credentials/account.entity.js';
import { launchBrowser, look as lookAt, openPage } from '../support/browser.js';
import { accepted, accountWithSlots, personCalled, sessionOf, slotOn, teamMember } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';

jest.setTimeout(120_000);
let service: Service;
let browser: Browser;
let account: Account;
let ada: Awaited<ReturnType<typeof accepted>>;

beforeAll(async () => {
  [service, browser] = await Promise.all([
    startService({ clockStart: new Date('2026-11-02T09:00:00Z') }),
    launchBrowser(),
  ]);
  account = await accountWithSlots(service, 'nhs');
  await teamMember(service, account, 'Olu', 'organiser', 'keeper');
  await teamMember(service, account, 'Priya', 'approver');
  ada = await accepted(service, account, 'Ada', { first: ['2026-12-07'] });
  await accepted(service, account, 'Ben', { unavailable: ['2026-12-07'] });
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

describe('the rota in a browser', () => {
  it('goes from a proposal to a confirmed turn, without a violation on any page', async () => {
    const olu = await pageOf('Olu');
    await olu.goto('/team/nhs/agreement');
    await look(olu, 'agreement-none');
    await olu.getByLabel('Text').fill('Be kind.\n\nNo patients’ names.');
    await olu.getByRole('button', { name: 'Publish' }).click();
    await look(olu, 'agreement');
    await olu.goto(`/team/nhs/slots/${await slotOn(service, account, '2026-12-07')}`);
    await look(olu, 'slot-free');
    await olu.getByRole('button', { name: 'Propose' }).click();
    await look(olu, 'slot-error');
    await olu.getByRole('radio', { name: 'Ada' }).check();
    await olu.getByRole('button', { name: 'Propose' }).click();
    await look(olu, 'stint-proposed');

    const priya = await pageOf('Priya');
    await priya.goto(olu.url());
    await look(priya, 'stint-to-decide');
    await priya.getByRole('button', { name: 'Return the proposal' }).click();
    await look(priya, 'stint-return-error');
    await priya.getByRole('button', { name: 'Approve and offer' }).click();
    await look(priya, 'stint-offered');

    const letter = await service.letter(ada.email, /say yes or no/);
    const curator = await openPage(browser, service.url);
    await curator.goto(new URL(letter.links.find((link) => link.includes('/offers/')) ?? '').pathname);
    await look(curator, 'offer', true);
    await curator.getByRole('button', { name: 'Yes, confirm my turn' }).click();
    await look(curator, 'offer-error');
    await curator.getByLabel(/I can do these dates/).check();
    await curator.getByLabel(/I know that this may bring abuse/).check();
    await curator.getByRole('button', { name: 'Yes, confirm my turn' }).click();
    await curator.getByText('Your turn is confirmed').waitFor();
    await look(curator, 'offer-confirmed');
    await curator.goto('/offers/nothing');
    await look(curator, 'offer-unknown');
  });

  it('shows the rota, and what moves, cancels, breaks and blacks out, without a violation', async () => {
    const olu = await pageOf('Olu');
    await olu.goto('/team/nhs/blackouts');
    await olu.getByRole('button', { name: 'Add the blackout' }).click();
    await look(olu, 'blackouts-error');
    await olu.getByLabel('Title').fill('Pre-election period');
    await olu.getByLabel('Curators').check();
    for (const [name, value] of [
      ['day', '9'],
      ['month', '12'],
      ['year', '2026'],
      ['time', '00:01'],
    ])
      await olu.locator(`#start-${name}`).fill(value ?? '');
    await olu.getByLabel('Until further notice').check();
    await olu.getByLabel('Why?').fill('Purdah');
    await olu.getByRole('button', { name: 'Add the blackout' }).click();
    await look(olu, 'blackouts', true);
    await olu.goto('/team/nhs/rota');
    await look(olu, 'rota', true);
    await olu.getByRole('link', { name: 'Ada' }).click();
    await look(olu, 'stint-confirmed', true);
    await olu.getByRole('link', { name: 'Move to another slot' }).click();
    await look(olu, 'move');
    await olu.getByRole('button', { name: 'Move the turn' }).click();
    await look(olu, 'move-error');
    await olu.getByRole('link', { name: 'Back' }).click();
    await olu.getByRole('link', { name: 'Cancel the turn' }).click();
    await look(olu, 'cancel');
    await olu.goto(`/team/nhs/slots/${await slotOn(service, account, '2026-12-28')}`);
    await olu.getByLabel('Why is there no curator').fill('New Year');
    await olu.getByRole('button', { name: 'Mark as a break' }).click();
    await look(olu, 'slot-break');
  });

  it('brings in the rota from before, without a violation on any page', async () => {
    const olu = await pageOf('Olu');
    await olu.goto('/team/nhs/rota/imports');
    await look(olu, 'imports-none', true);
    await olu.getByRole('button', { name: 'See how it is read' }).click();
    await look(olu, 'imports-error');
    const lines = [
      'Week commencing,Until,Curator,Handle,Note',
      '5/1/2026,9/1/2026,Ana Example,@ana_example,Went well',
      '12/1/2026,11/1/2026,Bo Sample',
    ];
    await olu.getByLabel('Or paste the lines').fill(lines.join('\n'));
    await olu.getByRole('button', { name: 'See how it is read' }).click();
    await look(olu, 'imports-problems', true);
    await olu.getByLabel('The lines of the spreadsheet').fill(lines.slice(0, 2).join('\n'));
    await olu.getByRole('button', { name: 'Look again' }).click();
    await look(olu, 'imports-ready');
    await olu.getByRole('button', { name: 'Import 1 turn' }).click();
    await look(olu, 'imports');
    await olu.getByRole('link', { name: /^Undo/ }).click();
    await look(olu, 'imports-undo');
  });
});
