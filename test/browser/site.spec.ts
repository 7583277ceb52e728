import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Tokens } from '../../src/platform/tokens.service.js';
import { Setup } from '../../src/site/setup.service.js';
import { checkPage, launchBrowser, openPage, WIDTHS } from '../support/browser.js';
import { makeAccount, onDuty, personId } from '../support/community.js';
import { type Service, startService } from '../support/service.js';
import { WEEK_BEGINS } from '../support/week.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

/** Looks at the page as it stands, narrow and wide. */
async function well(page: Page): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    expect({ page: page.url(), width, found: await checkPage(page) }).toEqual({ page: page.url(), width, found: [] });
  }
}

describe('the setup page in a browser', () => {
  let service: Service;
  let page: Page;

  beforeAll(async () => {
    service = await startService();
    page = await openPage(browser, service.url);
  });
  afterAll(() => service?.stop());

  it('is accessible, with its errors too', async () => {
    await page.goto(`/setup?code=${await service.app.get(Setup).code()}`);
    await well(page);
    await page.getByRole('button', { name: 'Set up Baton' }).click();
    expect(await page.title()).toMatch(/^Error: /);
    expect(await page.evaluate('document.activeElement.className')).toContain('nhsuk-error-summary');
    await well(page);
    await page.locator('.nhsuk-error-summary a').first().click();
    expect(await page.evaluate('document.activeElement.id')).toBe('keeperName');
  });
});

describe('the pages around the main job', () => {
  let service: Service;
  let page: Page;

  beforeAll(async () => {
    service = await startService({ clockStart: WEEK_BEGINS });
    await onDuty(service, await makeAccount(service), 'Grace');
    page = await openPage(browser, service.url);
  });
  afterAll(() => service?.stop());

  async function link(name: string, minutes = 15): Promise<string> {
    const id = await personId(service, name);
    return service.db.write((tx) =>
      service.app.get(Tokens).mint(tx, 'sign-in', id, new Date(tx.now.getTime() + minutes * 60_000)),
    );
  }

  it.each(['/', '/nhs', '/about', '/accessibility', '/privacy', '/no/such/page', '/offers/none', '/sign-in'])(
    'shows %s to everybody',
    async (path) => {
      await page.goto(path);
      await well(page);
    },
  );

  it('signs somebody in', async () => {
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Email me a link' }).click();
    await well(page);
    await page.getByLabel('Email address').fill('kim@example.org');
    await page.getByRole('button', { name: 'Email me a link' }).click();
    await well(page);
    await page.goto(`/sign-in/${await link('Kim', -1)}`);
    await well(page);
    await page.goto(`/sign-in/${await link('Kim')}`);
    await well(page);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await well(page);
  });

  it.each([
    '/me',
    '/me/sessions',
    '/team',
    '/team/nhs',
    '/team/nhs/more',
    '/team/nhs/audit',
    '/team/nhs/people',
    '/team/status',
    '/nhs/desk',
  ])('shows %s to a keeper who is no curator', async (path) => {
    await page.goto(path);
    await well(page);
  });

  it('can be walked through with the keyboard alone', async () => {
    await page.goto('/nhs');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to main content');
    await page.keyboard.press('Enter');
    expect(page.url()).toContain('#maincontent');
  });

  it('shows the simulator and its mailbox', async () => {
    for (const path of ['/simulator', '/simulator/mail']) {
      await page.goto(path);
      await well(page);
    }
  });
});
