import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page, Request } from 'playwright-core';
import sharp from 'sharp';
import type { Account } from '../../src/credentials/account.entity.js';
import { MentionsJobs } from '../../src/desk/mentions/mentions.jobs.js';
import { Hiding } from '../../src/feed/hiding.service.js';
import { Pulls } from '../../src/feed/pulls.service.js';
import { launchBrowser, look, openPage, violations } from '../support/browser.js';
import { makeAccount, onDuty, personId } from '../support/community.js';
import { brokenRules, type PostOnPage } from '../support/display-rules.js';
import { film } from '../support/film.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { sessionOf } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';

jest.setTimeout(120_000);
const pictures = process.env.PICTURES;

let service: Service;
let browser: Browser;
let nhs: Account;
let site: Server;
let siteUrl: string;
let stint: string;

beforeAll(async () => {
  [service, browser] = await Promise.all([
    startService({ clockStart: new Date('2026-12-08T10:00:00Z') }),
    launchBrowser(),
  ]);
  nhs = await makeAccount(service);
  stint = await onDuty(service, nhs, 'Grace');
  const network = new Pretend(service);
  const bytes = (await picture()).toString('base64');
  await network.profile('NHS', { name: 'NHS', picture: bytes });
  for (let day = 1; day <= 5; day += 1)
    await network.post({ handle: 'NHS', text: `An earlier post, number ${day}`, at: `2026-12-0${day}T12:00:00Z` });
  await network.post({ handle: 'NHS', text: `Thanks to @wards for #kindness 💙 ${'long'.repeat(40)}` });
  await network.post({ handle: 'NHS', text: 'Our ward at dawn', media: [{ bytes, alt: 'A ward, the sun rising' }] });
  await network.post({ handle: 'NHS', text: 'בוקר טוב מהמחלקה 👩🏽‍⚕️ @wards', media: [{ bytes }] });
  // A sweep may have asked for the profile before it had its picture; it is asked for once a day.
  await service.db.query('UPDATE feeds SET profile_pulled_at = NULL');
  await eventually(() => service.app.get(Pulls).pull(nhs.id));
  await eventually(async () => (await posts()).length === 8);
  site = createServer((request, response) => otherSite(request.url ?? '/', response)).listen(0, '127.0.0.1');
  await new Promise((done) => site.once('listening', done));
  siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await browser?.close();
  site?.close();
  await service?.stop();
});

function picture(background = '#005eb8'): Promise<Buffer> {
  return sharp({ create: { width: 1200, height: 675, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

async function posts(): Promise<PostOnPage[]> {
  const answer = await fetch(`${service.url}/nhs/posts.json`);
  const { posts } = (await answer.json()) as { posts: (Omit<PostOnPage, 'permalink'> & { url: string })[] };
  return posts.map(({ url, segments, edited }) => ({ permalink: url, segments, edited }));
}

/** Somebody else's website, as strict as can be, with the snippet of `/team/nhs/embed` in it. */
async function otherSite(path: string, response: import('node:http').ServerResponse): Promise<void> {
  if (path === '/site.css') {
    response.setHeader('content-type', 'text/css');
    response.end(`body { font-family: Arial, sans-serif; margin: 16px; background: #f0f4f5; color: #212b32 }
      latest-posts { display: block; min-height: 100vh }`);
    return;
  }
  if (path !== '/' && !path.startsWith('/?')) {
    response.statusCode = path === '/favicon.ico' ? 204 : 404;
    response.end();
    return;
  }
  const ours = service.url;
  const query = new URLSearchParams(path.split('?')[1]);
  const account = query.get('account') ?? 'nhs';
  const included = query.has('included') ? await (await fetch(`${ours}/nhs/embed.html?heading=2&limit=3`)).text() : '';
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.setHeader(
    'content-security-policy',
    `default-src 'none'; script-src ${ours}; connect-src ${ours}; img-src ${ours}; style-src 'self' ${ours}/embed.css; base-uri 'none'; require-trusted-types-for 'script'`,
  );
  response.end(`<!doctype html><html lang="en"><head><title>A hospital</title><meta name="viewport" content="width=device-width">
    <link rel="stylesheet" href="/site.css">${included && `<link rel="stylesheet" href="${ours}/embed.css">`}</head><body><main><h1>A hospital</h1>
    <script type="module" src="${ours}/embed.js"></script>
    <latest-posts src="${ours}/${account}/embed.html" ${query.get('with') ?? ''}>
      ${included}<a href="https://x.com/NHS">Latest posts from @NHS on X</a>
    </latest-posts><p>What is below the posts.</p></main></body></html>`);
}

interface Visited {
  page: Page;
  /** Requests to hosts that are neither the website nor ours, console errors, policy violations. */
  complaints: string[];
  requests: string[];
}

async function visit(path = '/', options: BrowserContextOptions = {}): Promise<Visited> {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, ...options });
  const page = await context.newPage();
  const visited: Visited = { page, complaints: [], requests: [] };
  page.on('console', (message) => message.type() === 'error' && visited.complaints.push(message.text()));
  page.on('pageerror', (error) => visited.complaints.push(error.message));
  page.on('request', (request) => {
    visited.requests.push(request.url());
    if (![service.url, siteUrl].includes(new URL(request.url()).origin))
      visited.complaints.push(`other host: ${request.url()}`);
  });
  await page.addInitScript(`addEventListener('securitypolicyviolation', (e) => console.error('policy', e.violatedDirective));
    window.shift = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value; })
      .observe({ type: 'layout-shift', buffered: true });`);
  await page.goto(`${siteUrl}${path}`);
  return visited;
}

async function keep(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

describe('the posts on another website', () => {
  it('appear under a strict policy at 320 px, without a shift, a violation or a request to anyone else', async () => {
    const { page, complaints, requests } = await visit();
    await page.locator('.latest-posts__post').first().waitFor();
    expect(await page.locator('.latest-posts__post').count()).toBe(8);
    expect(await page.locator('latest-posts').textContent()).toContain('Posted by Grace');
    expect(await page.getByRole('img', { name: 'A ward, the sun rising' }).count()).toBe(1);
    expect(await page.locator('latest-posts').textContent()).toContain('This picture has no description.');
    const html = await page.locator('latest-posts').innerHTML();
    expect(brokenRules(html, 'NHS', await posts(), true)).toEqual([]);
    const hebrew = page.locator('.latest-posts__text', { hasText: 'בוקר' });
    expect(await hebrew.evaluate((text) => text.matches(':dir(rtl)'))).toBe(true);
    for (const post of await page.locator('.latest-posts__post').all()) await post.scrollIntoViewIfNeeded();
    await eventually(() => requests.some((url) => url.endsWith('-480.avif')));
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate('window.shift')).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    expect((await violations(page)).map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
    expect(complaints).toEqual([]);
    await keep(page, 'embed-320');
    expect(await page.context().cookies()).toEqual([]);
    await page.context().close();
  });

  it.each([
    ['enlarged to 400 %', { viewport: { width: 320, height: 225 }, deviceScaleFactor: 4 }],
    ['in a wide window', { viewport: { width: 1280, height: 900 } }],
  ])('appear %s without a shift, a violation or sideways scrolling', async (name, options) => {
    const { page, complaints } = await visit('/', options);
    await page.locator('.latest-posts__post').first().waitFor();
    await page.locator('.latest-posts__picture').first().scrollIntoViewIfNeeded();
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate('window.shift')).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.viewport.width);
    expect((await violations(page)).map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
    expect(complaints).toEqual([]);
    await keep(page, `embed-${name.replace(/\W+/g, '-')}`);
    await page.context().close();
  });

  it('are as many as the website wants, under a heading of its level, and follow when it changes its mind', async () => {
    const { page } = await visit(`/?with=${encodeURIComponent('heading-level="2" limit="3"')}`);
    await page.getByRole('heading', { level: 2, name: 'Latest posts from @NHS' }).waitFor();
    expect(await page.locator('.latest-posts__post').count()).toBe(3);
    await page.locator('latest-posts').evaluate((posts) => posts.setAttribute('limit', '1'));
    await eventually(async () => (await page.locator('.latest-posts__post').count()) === 1);
    await page.context().close();
  });

  it('can be read without JavaScript where the website’s server has put them in, at 320 px', async () => {
    const { page, complaints } = await visit('/?included', { javaScriptEnabled: false });
    expect(await page.locator('.latest-posts__post').count()).toBe(3);
    expect(await page.getByRole('heading', { level: 2, name: 'Latest posts from @NHS' }).isVisible()).toBe(true);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    expect(complaints).toEqual([]);
    await keep(page, 'embed-included');
    await page.context().close();
  });

  it('can be read and followed with a keyboard alone', async () => {
    const { page } = await visit();
    await page.locator('.latest-posts__post').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('latest-posts__name');
    await page.context().close();
  });

  it('are looked at again when somebody comes back after more than five minutes, and never under their keyboard', async () => {
    const { page, requests } = await visit();
    // The browser's cache knows nothing of the time that is said to have passed; a route puts it out of use.
    await page.route('**/embed.html', (route) => route.continue());
    const looks = () => requests.filter((url) => url.endsWith('/embed.html')).length;
    const names = page.locator('.latest-posts__name');
    await names.first().waitFor();
    const [first] = await posts();
    const id = first?.permalink.split('/').at(-1) ?? '';
    const olu = await personId(service, 'Olu');
    const comeBack = (seconds: number) =>
      page.evaluate(`Date.now = ((now) => () => now() + ${seconds} * 1000)(Date.now);
        document.dispatchEvent(new Event('visibilitychange')); dispatchEvent(new PageTransitionEvent('pageshow'))`);
    const look = { predicate: (request: Request) => request.url().endsWith('/embed.html') };
    const looked = (seconds: number) => Promise.all([page.waitForEvent('requestfinished', look), comeBack(seconds)]);
    await names.first().evaluate((name) => name.setAttribute('data-same', ''));
    await service.app.get(Hiding).hide(nhs.id, id, 'It shows a name', olu);
    await eventually(async () => (await posts()).length === 7);
    await comeBack(240);
    expect([looks(), await names.count()]).toEqual([1, 8]);

    await names.first().focus();
    await looked(70);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Shift+Tab');
    expect([looks(), await names.count()]).toEqual([2, 8]);
    expect(await page.evaluate('document.activeElement.matches("[data-same]")')).toBe(true);
    await names.first().blur();
    await eventually(async () => (await names.count()) === 7);

    await names.first().evaluate((name) => name.setAttribute('data-same', ''));
    await looked(310);
    expect([looks(), await page.locator('[data-same]').count()]).toEqual([3, 1]);
    await service.app.get(Hiding).unhide(nhs.id, id, 'It shows none', olu);
    await eventually(async () => (await posts()).length === 8);
    await page.context().setOffline(true);
    await Promise.all([page.waitForEvent('requestfailed', look), comeBack(310)]);
    expect([looks(), await names.count()]).toEqual([4, 7]);
    await page.context().setOffline(false);
    await looked(310);
    await eventually(async () => (await names.count()) === 8);
    await page.context().close();
  });

  it('take the website’s own colours', async () => {
    const { page } = await visit();
    await page.locator('.latest-posts__post').first().waitFor();
    await page.evaluate(
      `document.querySelector('latest-posts').style.setProperty('--latest-posts-link', 'rgb(0, 100, 0)')`,
    );
    const colour = `getComputedStyle(document.querySelector('.latest-posts__name')).color`;
    expect(await page.evaluate(colour)).toBe('rgb(0, 100, 0)');
    await page.context().close();
  });

  it('leave the link that is inside when there is no JavaScript', async () => {
    const { page, complaints } = await visit('/', { javaScriptEnabled: false });
    expect(await page.getByRole('link', { name: 'Latest posts from @NHS on X' }).isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it('leave the link that is inside when the feed cannot be had', async () => {
    const { page, requests } = await visit('/?account=nobody');
    await eventually(() => requests.some((url) => url.endsWith('/nobody/embed.html')));
    await page.waitForLoadState('networkidle');
    expect(await page.getByRole('link', { name: 'Latest posts from @NHS on X' }).isVisible()).toBe(true);
    await page.context().close();
  });
});

async function pageOf(name: string): Promise<Page> {
  return openPage(browser, service.url, await sessionOf(service, await personId(service, name)));
}

it('the inbox, an answer and the notes have no violation', async () => {
  const network = new Pretend(service);
  await network.profile('Ada_L', { name: 'Ada Lovelace' });
  const asked = await network.post({
    handle: 'Ada_L',
    text: '@NHS when does the ward open? https://nhs.uk/ward #care',
  });
  await network.post({ handle: 'Ada_L', text: `@NHS שלום ${'long'.repeat(40)} 👩🏽‍⚕️` });
  // A sweep may have looked between the two; the next look would be due in minutes.
  await service.db.write((tx) => tx.query('UPDATE mention_pulls SET next_pull_at = $1', [tx.now]));
  const grace = await pageOf('Grace');
  await eventually(async () => {
    await service.app.get(MentionsJobs).sweep();
    await grace.goto('/nhs/desk/mentions');
    return (await grace.locator('.baton-card').count()) === 2;
  });
  await look(grace, 'mentions');
  await grace
    .getByRole('button', { name: /^Hide from me/ })
    .first()
    .click();
  await grace.getByRole('link', { name: 'Show the one that you have hidden' }).click();
  await look(grace, 'mentions-hidden', false);
  await grace.goto(`/nhs/desk?reply=${asked}`);
  await grace.getByLabel('Your answer').fill('At nine, Ada');
  await grace.getByText('Price: $0.01').waitFor();
  await look(grace, 'desk-answer', false);
  await grace.goto('/nhs/desk/notes');
  await grace.getByLabel('Your notes').fill('Ada waits for an answer about the ward.');
  await grace.getByRole('button', { name: 'Keep the notes' }).click();
  await grace.getByText('Your notes are kept').waitFor();
  await look(grace, 'notes', false);
  await grace.goto('/nhs/desk/plan');
  await grace.getByLabel('What you mean to write about').fill('Monday: who we are');
  await grace.getByRole('button', { name: 'Keep the plan' }).click();
  await grace.getByText('Your plan is kept').waitFor();
  await look(grace, 'plan', false);
  const olu = await pageOf('Olu');
  for (const what of ['mentions', 'notes', 'plans']) {
    await olu.goto(`/team/nhs/${what}`);
    await look(olu, `team-${what}`, false);
  }
});

it('the desk saves after it was left and come back to, and shows how far an upload is and how long is left to undo', async () => {
  const grace = await pageOf('Grace');
  await service.db.write((tx) => tx.query('UPDATE desk_settings SET undo_seconds = 6'));
  await grace.goto('/nhs/desk');
  await grace.evaluate(`document.querySelector('form[data-autosave]').dispatchEvent(new Event('submit'));
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`);
  await grace.getByLabel('Your post').fill('A film');
  expect(await grace.locator('.baton-count').textContent()).toBe('About 6 of 280 characters used');
  await grace.getByText('6 of 280 characters used', { exact: true }).waitFor();
  await grace.getByText('Saved as a draft.').waitFor();
  const long = film({ bytes: 1_000_000, seconds: 200 });
  await grace.setInputFiles('#picture', { name: 'long.mp4', mimeType: 'video/mp4', buffer: long });
  await grace.getByRole('button', { name: 'Post now' }).click();
  await grace.locator('.nhsuk-error-summary:focus a[href="#picture"]').waitFor();
  await grace.setInputFiles('#picture', {
    name: 'ward.mp4',
    mimeType: 'video/mp4',
    buffer: film({ bytes: 2_000_000 }),
  });
  await grace.getByLabel('Describe what you add').fill('A ward');
  const line = await grace.context().newCDPSession(grace);
  const slow = (uploadThroughput: number) =>
    line.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput,
    });
  await slow(50_000);
  await grace.getByRole('button', { name: 'Post now' }).click();
  await eventually(async () => Number(await grace.locator('#uploaded').getAttribute('value')) > 0, { within: 30_000 });
  await look(grace, 'desk-uploading', false);
  await grace.getByRole('button', { name: 'Cancel the upload' }).click();
  await grace.getByText('The upload was cancelled. Nothing was sent.').waitFor();
  await slow(-1);
  await grace.getByRole('button', { name: 'Post now' }).click();
  await grace.getByRole('heading', { name: 'Before it goes out' }).waitFor();
  expect(await grace.getByLabel('Describe the video').inputValue()).toBe('A ward');
  await grace.getByRole('button', { name: 'Post now' }).click();
  await grace.getByText(/^\d+ seconds left$/).waitFor();
  expect(await grace.locator('[data-seconds]').getAttribute('aria-hidden')).toBe('true');
  await look(grace, 'desk-going', false);
  await grace.getByText('The time to undo is over.').waitFor({ timeout: 60_000 });
  await grace.locator('#posts').getByText('Posted').waitFor({ timeout: 60_000 });
  await service.db.write((tx) => tx.query('UPDATE desk_settings SET undo_seconds = 0'));
});

it('the desk has no violation in any state', async () => {
  const grace = await pageOf('Grace');
  await grace.goto('/nhs/desk');
  await look(grace, 'desk');
  await grace.getByLabel('Your post').fill('😀'.repeat(150));
  await grace.getByLabel('Pictures, GIF or video (optional)').setInputFiles({
    name: 'ward.png',
    mimeType: 'image/png',
    buffer: await picture(),
  });
  await grace.getByText('Price: $0.015').waitFor();
  await grace.locator('.baton-look[data-says^="20 characters too many"]').waitFor();
  expect(await grace.locator('#look-said').textContent()).toMatch(/^20 characters too many. 1 warning/);
  await grace.getByRole('button', { name: 'Post now' }).click();
  await grace.getByText('Your post is 20 characters too long').first().waitFor();
  expect(await grace.locator('.baton-count').textContent()).toBe('300 of 280 characters used');
  await look(grace, 'desk-errors');
  await grace.getByLabel('Your post').fill('The ward at dawn');
  await grace.getByLabel('Describe the picture').fill('A ward');
  await grace.getByRole('button', { name: 'Save as a draft' }).click();
  await look(grace, 'desk-draft');
  await grace.locator('summary', { hasText: 'Add a poll' }).click();
  await grace.getByLabel('Option 1').fill('Tea');
  await grace.locator('#look .baton-poll').getByText('Tea').waitFor();
  await grace.getByRole('button', { name: 'Post now' }).click();
  await grace.getByText('Give the poll at least two options').first().waitFor();
  await look(grace, 'desk-poll-errors');
  await grace.getByLabel('Option 1').fill('');
  await grace.getByRole('button', { name: 'Add another part' }).click();
  await grace.getByLabel('Part 2', { exact: true }).fill('And @ada at nhs.uk/rota. Ring 07700 900123');
  await grace.locator('#look').getByText('07700 900123 – This looks like').waitFor();
  await look(grace, 'desk-thread');
  await grace.getByLabel('Part 2', { exact: true }).focus();
  while ((await grace.locator(':focus').textContent())?.trim() !== 'Post the thread now')
    await grace.keyboard.press('Tab');
  await grace.keyboard.press('Enter');
  await grace.getByRole('heading', { name: 'Before it goes out' }).waitFor();
  await look(grace, 'desk-warnings');
  await grace.getByRole('button', { name: 'Remove part 2' }).click();
  await grace.getByRole('button', { name: 'Post now' }).click();
  await grace.getByRole('status').waitFor();
  await look(grace, 'desk-sent');
  await scheduleByKeyboard(grace);
  await look(grace, 'desk-scheduled');
  await grace
    .getByRole('link', { name: /^Delete/ })
    .first()
    .click();
  await look(grace, 'desk-delete', false);
  await fourEyes(grace);
  await service.db.write((tx) => tx.query('UPDATE grants SET closed_at = $2 WHERE stint_id = $1', [stint, tx.now]));
  await grace.goto('/nhs/desk');
  await grace.getByText('Your turn has ended').waitFor();
  await look(grace, 'desk-ended');
});

/** A mistake first, as a person makes them; no mouse is touched. */
async function scheduleByKeyboard(grace: Page): Promise<void> {
  const fill = async (label: string, value: string) => {
    await grace.getByLabel(label, { exact: true }).focus();
    await grace.keyboard.press('Control+A');
    await grace.keyboard.type(value);
  };
  await fill('Your post', 'Tomorrow on the ward');
  await grace.locator('summary', { hasText: 'Schedule it for later' }).focus();
  await grace.keyboard.press('Enter');
  await fill('Day', '9');
  await fill('Month', '12');
  await fill('Year', '2026');
  await fill('Time', '21:30');
  await grace.getByRole('button', { name: 'Schedule the post' }).focus();
  await grace.keyboard.press('Enter');
  await grace.getByText('outside its posting hours then').first().waitFor();
  await look(grace, 'desk-schedule-error', false);
  await fill('Time', '12:30');
  await grace.getByRole('button', { name: 'Schedule the post' }).focus();
  await grace.keyboard.press('Enter');
  await grace.getByText('Your post is scheduled').waitFor();
}

/** The team asks for a second pair of eyes, and Olu reads what waits. */
async function fourEyes(grace: Page): Promise<void> {
  const olu = await pageOf('Olu');
  await olu.goto('/team/nhs/desk');
  await olu.getByLabel('Always').check();
  await olu.getByRole('button', { name: 'Save' }).click();
  await look(olu, 'desk-settings', false);
  await grace.goto('/nhs/desk');
  await grace.getByLabel('Your post').fill('Read me first');
  await grace.getByText('Saved as a draft.').waitFor();
  await grace.getByRole('button', { name: 'Post now' }).click();
  await grace.getByText('Your post waits for the team').waitFor();
  await look(grace, 'desk-waits', false);
  await olu.goto('/team/nhs/approvals');
  await look(olu, 'approvals');
  await olu.getByRole('button', { name: /^Approve/ }).click();
  await olu.getByText('Nothing waits').waitFor();
}

it('the pages of past weeks and of a post have no violation', async () => {
  const anybody = await openPage(browser, service.url);
  await anybody.goto('/nhs/weeks');
  await look(anybody, 'weeks', false);
  await anybody.getByRole('link', { name: /^Monday 7 December/ }).click();
  await anybody.locator('.latest-posts__post').first().waitFor();
  await look(anybody, 'week');
  await anybody.goto(`/nhs/posts/${(await posts())[1]?.permalink.split('/').at(-1)}`);
  await look(anybody, 'post', false);
});

it('the team’s feed, hiding and embed pages have no violation', async () => {
  const olu = await pageOf('Olu');
  await olu.goto('/team/nhs/feed');
  await look(olu, 'feed');
  await olu.getByRole('link', { name: /^Hide/ }).first().click();
  await look(olu, 'hide');
  await olu.getByRole('button', { name: 'Hide the post' }).click();
  await look(olu, 'hide-error');
  await olu.getByLabel('Why is it hidden?').fill('It shows a name');
  await olu.getByRole('button', { name: 'Hide the post' }).click();
  await olu.getByRole('link', { name: /Show again/ }).waitFor();
  await look(olu, 'feed-hidden');
  await olu
    .getByRole('link', { name: /Correct the credit/ })
    .first()
    .click();
  await olu.getByRole('button', { name: 'Correct the credit' }).click();
  await look(olu, 'credit-error');
  await olu.goto('/team/nhs/feed/rules');
  await olu.getByRole('button', { name: 'Hide posts with these words' }).click();
  await look(olu, 'rules-error');
  await olu.goto('/team/nhs/embed');
  await olu.locator('.latest-posts__post').first().waitFor();
  await look(olu, 'embed');
});

it('posts of every kind, the settings of the feed and what a look answered have no violation', async () => {
  const network = new Pretend(service);
  const bytes = (await picture()).toString('base64');
  const quoteOf = await network.post({ handle: 'NHS', text: 'Said before', media: [{ bytes, alt: 'A garden' }] });
  const head = await network.post({ handle: 'NHS', text: 'As we said', quoteOf });
  await network.post({ handle: 'NHS', text: 'And there is more', replyTo: head, media: [{ bytes, type: 'video' }] });
  const poll = { options: ['Tea', 'Coffee'], minutes: 60, votes: [3, 1] };
  await network.post({ handle: 'NHS', text: 'Which is it?', poll });
  const kim = await pageOf('Kim');
  await eventually(async () => {
    await kim.goto('/team/nhs/feed');
    await kim.getByRole('button', { name: 'Look now' }).click();
    return (await kim.locator('main').textContent())?.includes('The feed is up to date');
  });
  await look(kim, 'feed-looked', false);
  await kim.goto('/team/nhs/feed/settings');
  await kim.getByLabel('How much may it cost').fill('much');
  await kim.getByRole('button', { name: 'Save' }).click();
  await kim.getByText('There is a problem').waitFor();
  await look(kim, 'feed-settings', false);
  await kim.goto('/team/nhs/embed');
  await kim.locator('.latest-posts__part').waitFor();
  await look(kim, 'embed-rich', false);
});

it('pictures that may upset are for those who ask for them, also without JavaScript, and move nothing else', async () => {
  const network = new Pretend(service);
  const bytes = (await picture('#8a1538')).toString('base64');
  const marked = { media: [{ bytes, alt: 'A wound' }], sensitive: true };
  const quoteOf = await network.post({ handle: 'NHS', text: 'How it looked', ...marked });
  await network.post({ handle: 'NHS', text: 'How it heals', quoteOf });
  await eventually(() => service.app.get(Pulls).pull(nhs.id));
  await eventually(async () => (await posts()).some(({ segments }) => segments[0]?.text === 'How it heals'));
  const embedded = await (await fetch(`${service.url}/nhs/embed.html?limit=1`)).text();
  const [file] = /[0-9a-f]{64}(?=-480.avif)/.exec(embedded) ?? [''];
  for (const [path, javaScriptEnabled] of [
    ['/', true],
    ['/?included', false],
  ] as const) {
    const { page, complaints, requests } = await visit(path, { javaScriptEnabled });
    const folded = page.locator('.latest-posts__upsetting');
    await folded.first().waitFor();
    await folded.first().scrollIntoViewIfNeeded();
    await page.waitForLoadState('networkidle');
    expect(await page.getByRole('img', { name: 'A wound' }).count()).toBe(0);
    // Without scripts browsers do not put off what is to be loaded lazily.
    if (javaScriptEnabled) expect(requests.filter((url) => url.includes(file))).toEqual([]);
    await folded.first().locator('summary').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: 'A wound' }).waitFor();
    await eventually(() => requests.some((url) => url.includes(file)));
    await page.waitForLoadState('networkidle');
    if (javaScriptEnabled) {
      expect(await page.evaluate('window.shift')).toBe(0);
      expect((await violations(page)).map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    expect(complaints).toEqual([]);
    await keep(page, `embed-upsetting${javaScriptEnabled ? '' : '-plain'}`);
    await page.context().close();
  }
});
