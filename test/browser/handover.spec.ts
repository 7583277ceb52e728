import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Account } from '../../src/credentials/account.entity.js';
import { Handovers } from '../../src/handover/handovers.service.js';
import { launchBrowser, look, openPage } from '../support/browser.js';
import { boundariesOf, turnOf } from '../support/handover.js';
import { accountWithSlots, personCalled, sessionOf, teamMember } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';

jest.setTimeout(180_000);
let service: Service;
let browser: Browser;
let account: Account;

beforeAll(async () => {
  [service, browser] = await Promise.all([
    startService({ clockStart: new Date('2026-12-02T12:00:00Z') }),
    launchBrowser(),
  ]);
  account = await accountWithSlots(service, 'nhs', {
    handOverBy: 'delegate',
    thanksPost: true,
    hashtag: 'NHScurator',
    houseBio: 'A new voice of the NHS each week.',
  });
  await service.db.write((tx) => tx.query('DELETE FROM slots'));
  await teamMember(service, account, 'Olu', 'organiser');
  await teamMember(service, account, 'Rae', 'reviewer');
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

async function pageOf(name: string): Promise<Page> {
  return openPage(browser, service.url, await sessionOf(service, await personCalled(service, name)));
}

async function reach(instant: string): Promise<void> {
  await service.moveClock(new Date(instant));
  await service.app.get(Handovers).resume(account.id);
}

describe('handovers in a browser', () => {
  it('tell what comes, what waits for whom and what is for a person, without a violation', async () => {
    const olu = await pageOf('Olu');
    await olu.goto('/team/nhs/handovers');
    await look(olu, 'handovers-none');
    await olu.goto('/team/nhs/tasks');
    await look(olu, 'tasks-none');

    await turnOf(service, account, 'Grace', '2026-12-07T08:00:00Z', '2026-12-11T18:00:00Z');
    await turnOf(service, account, 'Ada', '2026-12-11T18:00:00Z', '2026-12-18T18:00:00Z');
    await olu.goto('/team/nhs/handovers');
    await look(olu, 'handovers-coming');
    await olu.getByRole('link', { name: 'The house to Grace' }).click();
    await olu.getByRole('link', { name: /^Letter: Access/ }).waitFor();
    await look(olu, 'handover-coming');

    // No refresh: the page hears of its change, and what has the focus keeps it.
    await olu.getByRole('link', { name: 'Refresh' }).focus();
    await reach('2026-12-07T08:00:00Z');
    await olu.getByText('Finished Monday 7 December 2026 at 8am').first().waitFor();
    expect(await olu.evaluate('document.activeElement.textContent')).toBe('Refresh');
    await olu.getByRole('status').getByText('Finished Monday').waitFor();
    await olu.getByRole('link', { name: 'Refresh' }).click();
    await olu.getByText('Finished Monday 7 December 2026 at 8am').first().waitFor();
    await look(olu, 'handover-done');
    await olu.goto('/team/nhs/tasks');
    await look(olu, 'tasks-invite');
    await olu.getByRole('button', { name: 'I have sent the invitation' }).click();
    await look(olu, 'tasks-invite-error');
    await olu.getByLabel('X handle that you invited').fill('grace_x');
    await olu.getByRole('button', { name: 'I have sent the invitation' }).click();
    await olu.getByRole('button', { name: 'Mark as done' }).first().click();

    await reach('2026-12-11T18:00:00Z');
    const [, friday] = await boundariesOf(service, account);
    await olu.goto(`/team/nhs/handovers/${friday?.id}`);
    await olu.getByText('Access given outside Baton is still open.').first().waitFor();
    await look(olu, 'handover-waiting');
    await olu.goto('/team/nhs/handovers');
    await look(olu, 'handovers-waiting');
    const rae = await pageOf('Rae');
    await rae.goto('/team/nhs/tasks');
    await look(rae, 'tasks-reviewer');
    await olu.goto('/team/nhs/tasks');
    await look(olu, 'tasks-remove');
    await olu.getByRole('button', { name: 'I have removed @grace_x and checked it is gone from the list' }).click();
    await service.app.get(Handovers).resume(account.id);
    await olu.goto(`/team/nhs/handovers/${friday?.id}`);
    await olu.getByText('Finished Friday 11 December 2026').waitFor();
    await olu.goto('/team/nhs/handovers/nothing');
    await olu.getByRole('heading', { name: 'Page not found' }).waitFor();
    await look(olu, 'handover-unknown');
  });
});
