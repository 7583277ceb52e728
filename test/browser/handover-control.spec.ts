import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { Account } from '../../src/credentials/account.entity.js';
import { launchBrowser, look, openPage } from '../support/browser.js';
import { makeAccount, personId } from '../support/community.js';
import { boundariesOf, turnOf } from '../support/handover.js';
import { sessionOf } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';

jest.setTimeout(180_000);

describe('the control of a handover in a browser', () => {
  let service: Service;
  let browser: Browser;
  let account: Account;

  beforeAll(async () => {
    [service, browser] = await Promise.all([
      startService({ clockStart: new Date('2026-12-02T12:00:00Z') }),
      launchBrowser(),
    ]);
    account = await makeAccount(service);
    await turnOf(service, account, 'Grace', '2026-12-07T08:00:00Z', '2026-12-11T18:00:00Z');
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  it('can be rehearsed, moved, suspended and given a profile, without a violation', async () => {
    const [monday] = await boundariesOf(service, account);
    const base = `/team/nhs/handovers/${monday?.id}`;
    const olu = await openPage(browser, service.url, await sessionOf(service, await personId(service, 'Olu')));
    for (const page of ['rehearsal', 'instant', 'suspension']) {
      const answer = await olu.goto(`${base}/${page}`);
      expect([page, answer?.status()]).toEqual([page, 200]);
      await look(olu, `handover-${page}`);
    }
    await olu.getByLabel(/why|reason/i).fill('The press office asked us to wait');
    await olu.getByRole('button', { name: /suspend/i }).click();
    await olu.getByText('The press office asked us to wait').first().waitFor();
    await look(olu, 'handover-suspended');
    const kim = await openPage(browser, service.url, await sessionOf(service, await personId(service, 'Kim')));
    await kim.goto('/team/nhs/profile');
    await look(kim, 'profile');
  });
});
