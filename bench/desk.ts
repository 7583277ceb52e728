/**
 * What the desk weighs and how soon it is seen on a phone: compressed bytes of everything (page, styles, scripts, fonts,
 * pictures) and first contentful paint in Chromium, without and with a slow line, and the form without JavaScript.
 * Run `npx nest build`, then `node dist/bench/desk.js [runs]`. Needs Chromium.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';
import { startEmbeddedPostgres } from '../src/platform/embedded/postgres.service.js';
import { sessionCookie } from '../src/web/principal.js';
import { makeAccount, onDuty, personId } from '../test/support/community.js';
import { sessionOf } from '../test/support/rota.js';
import { startService } from '../test/support/service.js';

const runs = Number(process.argv[2] ?? 5);
const PHONE = 375;
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'];
const MOST_BYTES = 100 * 1024;
/** Chromium's own "slow 4G". */
const SLOW = { offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: 96_000 };

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-desk-'));
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: () => {} });
  process.env.TEST_POSTGRES_URL = postgres.connectionString('postgres');
  const service = await startService({ clockStart: new Date('2026-12-08T10:00:00Z') });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
  try {
    await onDuty(service, await makeAccount(service), 'Grace');
    const session = await sessionOf(service, await personId(service, 'Grace'));
    for (const slow of [false, true]) {
      const seen = [];
      for (let run = 0; run < runs; run += 1) {
        const page = await openDesk(browser, service.url, session);
        seen.push(await measure(page, slow));
        await page.context().close();
      }
      print(slow ? 'slow 4G' : 'no limit', seen);
    }
  } finally {
    await browser.close();
    await service.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  }
}

interface Seen {
  bytes: number;
  files: number;
  paintMs: number;
}

/** A page of a phone's width with an empty cache, signed in. */
async function openDesk(browser: Browser, baseURL: string, session: string): Promise<Page> {
  const context = await browser.newContext({ baseURL, viewport: { width: PHONE, height: 800 } });
  await context.addCookies([{ name: sessionCookie(false), value: session, url: baseURL }]);
  return context.newPage();
}

/** A first visit. */
async function measure(page: Page, slow: boolean): Promise<Seen> {
  const line = await page.context().newCDPSession(page);
  await line.send('Network.enable');
  if (slow) await line.send('Network.emulateNetworkConditions', SLOW);
  const bytes = received(line);
  await page.goto('/nhs/desk', { waitUntil: 'networkidle' });
  const paintMs = Number(
    await page.evaluate(`performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN`),
  );
  return { bytes: [...bytes.values()].reduce((sum, each) => sum + each, 0), files: bytes.size, paintMs };
}

/** Bytes on the wire (headers and compressed bodies) by request. */
function received(line: CDPSession): Map<string, number> {
  const bytes = new Map<string, number>();
  line.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => bytes.set(requestId, encodedDataLength));
  return bytes;
}

function print(line: string, seen: Seen[]): void {
  const paints = seen.map(({ paintMs }) => paintMs).toSorted((a, b) => a - b);
  const [{ bytes, files } = { bytes: 0, files: 0 }] = seen;
  const share = `${(bytes / MOST_BYTES).toFixed(2)} of the 100 kB aimed at`;
  console.log(`desk at ${PHONE} px, ${line}: ${(bytes / 1024).toFixed(1)} kB in ${files} files (${share})`);
  console.log(
    `  first contentful paint: median ${paints[Math.floor(paints.length / 2)]?.toFixed(0)} ms of ${runs} visits`,
  );
  if (bytes > MOST_BYTES) process.exitCode = 1;
}

await main();
