import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { previousWorkingDay, slotsFrom } from '../../src/credentials/week.js';
import { ADA, type Answered } from '../support/apply.js';
import { checkPage, launchBrowser, openPage } from '../support/browser.js';
import { makeAccount, onDuty, personId } from '../support/community.js';
import { eventually } from '../support/poll.js';
import { type Service, startService } from '../support/service.js';
import { WEEK_BEGINS } from '../support/week.js';

let service: Service;
let browser: Browser;
let photo: Buffer;

beforeAll(async () => {
  service = await startService({ clockStart: WEEK_BEGINS });
  browser = await launchBrowser();
  photo = await sharp({ create: { width: 320, height: 200, channels: 3, background: '#005eb8' } })
    .png()
    .toBuffer();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

/** Axe, console, other hosts, sideways scrolling: nothing to complain of. */
async function well(page: Page): Promise<void> {
  expect({ page: page.url(), found: await checkPage(page) }).toEqual({ page: page.url(), found: [] });
}

async function follow(page: Page, to: string, subject: RegExp, part: string): Promise<void> {
  const letter = await service.letter(to, subject);
  const link = new URL(letter.links.find((each) => each.includes(part)) ?? 'about:blank');
  await page.goto(link.pathname + link.search);
}

async function signIn(page: Page, name: string): Promise<void> {
  await personId(service, name);
  await page.goto('/sign-in');
  await page.getByLabel('Email address').fill(`${name.toLowerCase()}@example.org`);
  await page.getByRole('button', { name: 'Email me a link' }).click();
  await follow(page, `${name.toLowerCase()}@`, /Sign in/, '/sign-in/');
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
}

/** Answers the form as a person does: fills fields, chooses, ticks, and goes on. */
async function fillIn(page: Page, answers: Answered, look: boolean): Promise<void> {
  await page.goto('/nhs');
  await page
    .getByRole('link', { name: 'Apply to be a curator' })
    .or(page.getByRole('button', { name: 'Apply to be a curator' }))
    .click();
  for (;;) {
    const question = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    if (look) await well(page);
    if (question === 'check') return;
    for (const [name, value] of Object.entries(answers[question] ?? {})) await fill(page, name, String(value));
    await page.getByRole('button', { name: 'Continue' }).click();
    const next = new URL(page.url()).pathname.split('/').at(-1);
    if (next === question) throw new Error(`${question} was not taken: ${await page.locator('main').innerText()}`);
  }
}

async function fill(page: Page, name: string, value: string): Promise<void> {
  const field = page.locator(`main [name="${name}"]`).first();
  const type = await field.getAttribute('type');
  if (type === 'file') await field.setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: photo });
  else if (type === 'radio' || type === 'checkbox')
    await page.locator(`main [name="${name}"][value="${value}"]`).check();
  else await field.fill(value);
}

describe('the main job in a browser', () => {
  let ada: Page;
  let olu: Page;
  let priya: Page;
  const [current, next] = slotsFrom(
    'Europe/London',
    { startsOn: 1, startsAt: '08:00', endsOn: 5, endsAt: '18:00' },
    WEEK_BEGINS,
    2,
  );

  beforeAll(async () => {
    const account = await makeAccount(service);
    await onDuty(service, account, 'Grace');
    [ada, olu, priya] = (await Promise.all([0, 1, 2].map(() => openPage(browser, service.url)))) as [Page, Page, Page];
  });

  it('lets a nurse read who is on and apply, a question a page', async () => {
    await ada.goto('/nhs');
    await well(ada);
    expect(await ada.locator('.baton-on').innerText()).toContain('Grace');
    await fillIn(ada, ADA, true);
    await ada.getByRole('button', { name: 'Send your application' }).click();
    await well(ada);
    await follow(ada, 'ada@', /confirm/i, '/applications/verify/');
    await well(ada);
    await ada.getByRole('button', { name: 'Confirm' }).click();
    expect(await ada.locator('main').innerText()).toContain('A person on the team reads it');
    await well(ada);
  });

  it('lets an organiser accept and propose, and an approver approve', async () => {
    await signIn(olu, 'Olu');
    await olu.goto('/team/nhs/applications');
    await well(olu);
    await olu.getByRole('link', { name: 'Ada Marsh' }).click();
    await olu.getByLabel('Accept', { exact: true }).check();
    await olu.getByLabel('Note for the team').fill('A clear voice from the wards.');
    await olu.getByRole('button', { name: 'Decide' }).click();
    await well(olu);
    await olu.goto('/team/nhs/rota');
    await olu
      .getByRole('link', { name: /^Propose somebody/ })
      .first()
      .click();
    await olu.getByLabel('Ada Marsh').check();
    await olu.getByRole('button', { name: 'Propose' }).click();
    await signIn(priya, 'Priya');
    await priya.goto('/team/nhs/rota');
    await priya.getByRole('link', { name: 'Ada Marsh' }).click();
    await priya.getByRole('button', { name: /Approve/ }).click();
    await well(priya);
  });

  it('lets her confirm by the letter, after the dates, the agreement and the warning', async () => {
    await follow(ada, 'ada@', /yes or no/, '/offers/');
    await well(ada);
    for (const box of await ada.locator('main input[type=checkbox]').all()) await box.check();
    await ada.getByRole('button', { name: 'Yes, confirm my turn' }).click();
    await well(ada);
    await ada.goto('/nhs');
    expect(await ada.locator('main').innerText()).toMatch(/Who is next[\s\S]*Ada/);
  });

  it('hands the account over and lets her post a described picture', async () => {
    if (!current || !next) throw new Error('The pattern gives no slots');
    await service.moveClock(new Date(previousWorkingDay('Europe/London', next.startsAt).getTime() + 60_000));
    await service.letter('ada@', /How to get to @NHS/);
    await service.moveClock(current.endsAt);
    await service.letter('grace@', /Thank you for curating/);
    await service.moveClock(next.startsAt);
    await follow(ada, 'ada@', /You are live/, '/sign-in/');
    await ada.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await well(ada);
    await ada.getByLabel('Your post').fill('Hello from the ward #NHScurator');
    await ada
      .locator('main input[type=file]')
      .setInputFiles({ name: 'ward.png', mimeType: 'image/png', buffer: photo });
    await ada.getByRole('button', { name: 'Post now' }).click();
    expect(await ada.locator('main').innerText()).toContain('Describe the picture for people who cannot see it');
    expect(await ada.getByLabel('Your post').inputValue()).toBe('Hello from the ward #NHScurator');
    await well(ada);
    await ada.getByLabel('Describe the picture').fill('A blue corridor');
    await ada.getByRole('button', { name: 'Post now' }).click();
    await eventually(async () => {
      await ada.goto('/nhs/desk');
      return (await ada.locator('main').innerText()).includes('Posted');
    });
    await well(ada);
  });

  it('shows the post, credited to her, on a page of another origin', async () => {
    await eventually(async () =>
      (await (await fetch(`${service.url}/nhs/feed.json`)).text()).includes('Hello from the ward'),
    );
    const website = await serve(`<!doctype html><html lang="en"><title>A website</title><h1>News</h1>
      <script type="module" src="${service.url}/embed.js"></script>
      <latest-posts src="${service.url}/nhs/embed.html"><a href="https://x.com/NHS">@NHS on X</a></latest-posts>`);
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://127.0.0.1:${(website.address() as AddressInfo).port}/`);
    await page.getByText('Posted by Ada').first().waitFor();
    expect(await page.getByAltText('A blue corridor').count()).toBe(1);
    await new Promise((closed) => website.close(closed));
  });

  it('shows her how her post did, on a telephone, a wide screen and paper', async () => {
    await ada.goto('/me');
    await ada.getByRole('link', { name: /How your posts did/ }).click();
    expect(await ada.locator('main').innerText()).toMatch(/1 post\n[\s\S]*Hello from the ward/);
    for (const width of [375, 1280]) {
      await ada.setViewportSize({ width, height: 900 });
      await well(ada);
      await ada.waitForFunction(
        `[...document.querySelectorAll('.baton-plot img')].every((each) => each.naturalWidth > 0)`,
      );
    }
    await ada.emulateMedia({ media: 'print' });
    expect(await ada.locator('.baton-header').isVisible()).toBe(false);
    expect(await ada.locator('.baton-plot img').first().isVisible()).toBe(true);
    await ada.emulateMedia({ media: null });
  });

  it('shows the team everything it did', async () => {
    for (const path of [
      '',
      '/applications',
      '/rota',
      '/handovers',
      '/messages',
      '/feed',
      '/insight',
      '/audit',
      '/tasks',
      '/embed',
    ]) {
      await olu.goto(`/team/nhs${path}`);
      await well(olu);
    }
    await olu.goto('/team/status');
    await well(olu);
  });
});

describe('a patient on a telephone, without JavaScript', () => {
  let maya: Page;
  const answers = {
    ...ADA,
    capacity: { capacity: 'patient' },
    name: { name: 'Maya Lewis', shown: 'anonymous' },
    email: { email: 'maya@example.org' },
    handle: {},
    health: { health: 'I have type 1 diabetes.', healthConsent: 'yes' },
    photo: { photo: 'yes', photoDescription: 'Me at a bus stop', photoConsent: 'yes' },
  };

  beforeAll(async () => {
    const context = await browser.newContext({
      baseURL: service.url,
      viewport: { width: 360, height: 740 },
      javaScriptEnabled: false,
    });
    maya = await context.newPage();
  });

  it('is stopped kindly when under 18', async () => {
    await maya.goto('/nhs/apply');
    await maya.getByLabel('No', { exact: true }).check();
    await maya.getByRole('button', { name: 'Continue' }).click();
    expect(await maya.locator('h1').innerText()).toBe('You need to be 18 or over');
    expect(await service.db.query(`SELECT 1 FROM applications WHERE state = 'draft'`)).toEqual([]);
  });

  it('applies with health information and a photo, and sees where it stands', async () => {
    await fillIn(maya, answers, false);
    await maya.getByRole('button', { name: 'Send your application' }).click();
    await follow(maya, 'maya@', /confirm/i, '/applications/verify/');
    await maya.getByRole('button', { name: 'Confirm' }).click();
    const words = await maya.locator('main').innerText();
    expect(words).toContain('Given (encrypted)');
    expect(words).not.toContain('diabetes');
  });

  it('takes a consent back, and what it covered is gone', async () => {
    await maya.getByRole('link', { name: /Take this back.*health/ }).click();
    await maya.getByRole('button', { name: 'Take it back' }).click();
    const rows = await service.db.query(`SELECT health FROM applications WHERE email_key = 'maya@example.org'`);
    expect(rows).toEqual([{ health: null }]);
  });

  it('erases everything', async () => {
    await maya.getByRole('link', { name: 'Erase it altogether' }).click();
    await maya.getByRole('button', { name: 'Erase everything' }).click();
    expect(await maya.locator('h1').innerText()).toBe('Your application has been erased');
    const left = await service.db.query(
      `SELECT 1 FROM applications WHERE answers::text ILIKE '%maya%' OR email ILIKE 'maya%'`,
    );
    expect(left).toEqual([]);
    expect(await service.db.query(`SELECT 1 FROM persons WHERE email_key = 'maya@example.org'`)).toEqual([]);
  });
});

function serve(html: string): Promise<Server> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(html));
  return new Promise((up) => server.listen(0, '127.0.0.1', () => up(server)));
}
