import 'reflect-metadata';
import { type AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BadEnvironment, type Env, readEnv } from '../config/env.js';
import { type Runtime, runtimeOf } from '../config/runtime.js';
import { createApp } from './app.js';
import { dateAndTime } from './credentials/dates.js';
import { isReachable, migrate } from './data-source.js';
import { bridgeUntil } from './feed/early-feeds.service.js';
import { startingAt } from './operations/demonstration/community.js';
import { Demonstration } from './operations/demonstration/demonstration.service.js';
import { WrongKeys } from './operations/key-rotation.service.js';
import { Clock } from './platform/clock.service.js';
import { Db } from './platform/database.service.js';
import { startEmbeddedServices } from './platform/embedded/services.service.js';
import { loadSecrets } from './platform/keys.service.js';
import { checkOrigin, Restored } from './platform/origin.service.js';
import { Setup } from './site/setup.service.js';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const say = (line: string) => process.stdout.write(`${line}\n`);

/** A sentence for the person at the terminal instead of a stack trace. */
class CannotStart extends Error {}

async function main(): Promise<void> {
  const asked = readEnv();
  const env = { ...asked, PORT: await freePort(asked) };
  const dataFolder = resolve(root, env.BATON_DATA);
  const secrets = loadSecrets(env, dataFolder);
  const services = await startEmbeddedServices(env, dataFolder, say);
  const early = await earlyFeeds(env, dataFolder);
  let app: NestFastifyApplication | undefined;
  stopOnSignals(async () => {
    await app?.close();
    await early?.close();
    await services.stop();
  });
  const demonstration = env.NETWORK === 'simulator' && !process.argv.includes('--empty');
  await migrate(services.databaseUrl, clockOf(env, demonstration));
  await checkOrigin(services.databaseUrl);
  const runtime = runtimeOf(env, { dataFolder, root, secrets, services });
  app = await createApp(runtime);
  if (early) {
    await app.getHttpAdapter().getInstance().ready();
    early.giveTo(app.getHttpServer());
  } else await app.listen(env.PORT, env.HOST);
  if (demonstration && (await app.get(Demonstration).seed())) say('Made up a community to try Baton with.');
  await welcome(app, runtime);
}

/** Feeds are served from disk while a database that is not ours to start is away. */
async function earlyFeeds({ DATABASE_URL: url, RUN, HOST: host, PORT: port }: Env, dataFolder: string) {
  if (!url || !RUN.includes('web')) return null;
  return bridgeUntil(() => isReachable(url), { host, port, dataFolder, root });
}

/** A demonstration whose start nobody chose begins at an hour at which somebody is on. */
function clockOf(env: Env, demonstration: boolean): { start: Date | null; speed: number } {
  const chosen = env.CLOCK_START ? new Date(env.CLOCK_START) : null;
  const start = chosen ?? (demonstration && !env.CLOCK_SPEED ? startingAt(new Clock().real()) : null);
  return { start, speed: env.CLOCK_SPEED ?? 1 };
}

/** What the person at the terminal wants to know. */
async function welcome(app: NestFastifyApplication, { publicUrl, demonstration }: Runtime): Promise<void> {
  say(`Baton answers at ${publicUrl}. Open it in a browser.`);
  if (await app.get(Setup).open()) {
    say(`Set it up at ${publicUrl}/setup?code=${await app.get(Setup).code()}`);
    return;
  }
  if (!demonstration) return;
  const now = dateAndTime('Europe/London', await app.get(Db).now(), { zone: true });
  say(`Its pretend X and its mailbox are at ${publicUrl}/simulator. Its clock says ${now}.`);
  const links = await app.get(Demonstration).links();
  if (links.length > 0) say('\nTo sign in, open one of these. Each works once, for a day:');
  for (const { who, href } of links) say(`\n  ${who}\n  ${href}`);
  say('\nCtrl-C stops it. Everything is kept: start again and get new links.');
}

/** Asks for the port before anything else is started, so that a taken one is told at once, and links name the one for 0. */
function freePort({ HOST, PORT }: Env): Promise<number> {
  return new Promise((free, taken) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${error.code})`;
      taken(new CannotStart(`Port ${PORT} on ${HOST} ${why}. Stop that program, or set PORT to another number.`));
    });
    probe.listen(PORT, HOST, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => free(port));
    });
  });
}

let stopping = false;

function stopOnSignals(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

main().catch((error: Error) => {
  if (stopping) return;
  const plain =
    error instanceof BadEnvironment ||
    error instanceof CannotStart ||
    error instanceof WrongKeys ||
    error instanceof Restored ||
    error.name === 'EmbeddedServiceError';
  const disk =
    (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'The disk is full. Free some space and start again.' : null;
  process.stderr.write(`${disk ?? (plain ? error.message : (error.stack ?? error.message))}\n`);
  process.exit(1);
});
