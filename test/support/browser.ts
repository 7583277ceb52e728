import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import axe, { type Result } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { sessionCookie } from '../../src/web/principal.js';

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The narrow and the wide window in which every page is looked at, in CSS pixels. */
export const WIDTHS = [360, 1280];

const complaints = new WeakMap<Page, string[]>();

/** Debian's Chromium, headless; close it in `afterAll`. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) throw new Error(`There is no Chromium at ${executablePath}: run bin/setup`);
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A page that notes what its console and its requests to other hosts say. With a session's value it is signed in. */
export async function openPage(browser: Browser, origin: string, session?: string, width = 1280): Promise<Page> {
  const context = await browser.newContext({ baseURL: origin, viewport: { width, height: 900 } });
  if (session) await signIn(context, origin, session);
  const page = await context.newPage();
  const found: string[] = [];
  complaints.set(page, found);
  page.on('console', (message) => message.type() === 'error' && found.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => found.push(`script: ${error.message}`));
  page.on('request', (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol.startsWith('http') && asked !== new URL(origin).origin) found.push(`other host: ${request.url()}`);
  });
  return page;
}

/**
 * What is wrong with the page as it stands: axe's violations, console errors, requests to another host, and sideways
 * scrolling. Empty when all is well. An answer's own status (such as 422) in the console is not an error of the page.
 */
export async function checkPage(page: Page): Promise<string[]> {
  const broken = (await violations(page, STANDARDS)).map(
    ({ id, nodes }) => `axe: ${id} at ${nodes.map((node) => node.target).join(', ')}`,
  );
  const noise = /Failed to load resource: the server responded with a status of 4\d\d/;
  const noted = (complaints.get(page) ?? []).filter((line) => !noise.test(line));
  const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  return [...broken, ...noted, ...(Number(wide) > 0 ? [`scrolls sideways by ${wide} px`] : [])];
}

/**
 * Which rules of axe the page breaks as it stands; without tags all of them. Its script is put into each document once: axe's
 * own adapter for Playwright does so three times for every look and opens a second page for the answer, which took a third
 * of the time of all tests. It looks into frames of other origins too; there are none here.
 */
export async function violations(page: Page, tags?: string[]): Promise<Result[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(`${axe.source};null`);
  const options = { resultTypes: ['violations'], ...(tags && { runOnly: { type: 'tag', values: tags } }) };
  return page.evaluate(`axe.run(document, ${JSON.stringify(options)}).then((found) => found.violations)`);
}

/**
 * Looks at the page as it stands in a narrow and a wide window, or without `wide` in the narrow one alone. Where PICTURES
 * names a folder both are looked at and kept as pictures.
 */
export async function look(page: Page, name: string, wide = true): Promise<void> {
  const pictures = process.env.PICTURES;
  for (const width of wide || pictures ? WIDTHS : WIDTHS.slice(0, 1)) {
    await page.setViewportSize({ width, height: 900 });
    expect([name, width, await checkPage(page)]).toEqual([name, width, []]);
    if (!pictures) continue;
    await mkdir(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}-${width}.png`), fullPage: true });
  }
}

async function signIn(context: BrowserContext, origin: string, session: string): Promise<void> {
  const { hostname } = new URL(origin);
  const name = sessionCookie(origin.startsWith('https:'));
  await context.addCookies([{ name, value: session, domain: hostname, path: '/', httpOnly: true }]);
}
