import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readEnv } from '../../config/env.js';
import type { Runtime } from '../../config/runtime.js';
import { createApp } from '../../src/app.js';
import { Db } from '../../src/platform/database.service.js';
import { startSimulator } from '../../src/simulator/simulator.js';
import { freshDatabase } from './database.js';
import { eventually } from './poll.js';
import { Visitor } from './visitor.js';

/** A letter as the demonstration mailbox shows it. */
export interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  links: string[];
  /** By lower-case name. */
  headers: Record<string, string>;
}

/** The whole service in this process on a database, a simulator and a mailbox of its own. */
export interface Service {
  app: NestFastifyApplication;
  runtime: Runtime;
  db: Db;
  url: string;
  simulatorUrl: string;
  visitor(): Visitor;
  /** Moves the service clock forward. */
  moveClock(to: Date): Promise<void>;
  mail(): Promise<Mail[]>;
  /** Waits for a letter to somebody whose subject fits, and gives the newest. */
  letter(to: string, subject: RegExp): Promise<Mail>;
  /** Another process's worth of the same service, on the same database unless another is named. */
  another(
    changes?: Partial<Runtime['env']>,
    databaseUrl?: string,
    keys?: Partial<Runtime['secrets']>,
  ): Promise<Service>;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  clockStart?: Date;
  redisUrl?: string | null;
  /** A migrated database of one's own instead of a fresh one on the run's server. */
  databaseUrl?: string;
  env?: Record<string, string>;
  /** Gives an address to speak to instead of the simulator's, e.g. of something that stands between. */
  between?: (simulatorUrl: string) => Promise<string>;
}

/** Starts a service for a test. Stop it in `afterAll`. */
export async function startService({
  clockStart,
  redisUrl = null,
  databaseUrl,
  env: given = {},
  between = async (simulatorUrl) => simulatorUrl,
}: ServiceOptions = {}): Promise<Service> {
  const database = databaseUrl
    ? { url: databaseUrl, drop: async () => undefined }
    : await freshDatabase({ clockStart });
  const dataFolder = await mkdtemp(join(tmpdir(), 'baton-test-'));
  let offset = clockStart ? clockStart.getTime() - Date.now() : 0;
  const simulator = await startSimulator({
    dataFolder: join(dataFolder, 'simulator'),
    now: () => new Date(Date.now() + offset),
  });
  const env = readEnv({ NODE_ENV: 'test', PORT: '0', LOG_LEVEL: process.env.TEST_LOG ?? 'silent', ...given });
  const runtime: Runtime = {
    env,
    secrets: { signing: 'x'.repeat(32), encryption: { version: 'test', key: Buffer.alloc(32, 7) }, former: [] },
    databaseUrl: database.url,
    redisUrl,
    publicUrl: '',
    simulatorUrl: await between(simulator.url),
    smtpUrl: `smtp://127.0.0.1:${simulator.smtpPort}`,
    dataFolder,
    root: resolve('.'),
    demonstration: true,
  };
  const service = await begin(runtime);
  return {
    ...service,
    moveClock: async (to) => {
      await service.db.moveClock(to);
      offset = to.getTime() - Date.now();
    },
    stop: async () => {
      await service.stop();
      await simulator.stop();
      await database.drop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

async function begin(runtime: Runtime): Promise<Service> {
  const app = await createApp(runtime);
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  if (!runtime.publicUrl) runtime.publicUrl = url;
  const db = app.get(Db);
  const mail = async (): Promise<Mail[]> =>
    (await fetch(`${runtime.simulatorUrl}/simulator/mail.json`)).json() as Promise<Mail[]>;
  return {
    app,
    runtime,
    db,
    url,
    simulatorUrl: runtime.simulatorUrl ?? '',
    visitor: () => new Visitor(url),
    moveClock: (to) => db.moveClock(to),
    mail,
    letter: (to, subject) =>
      eventually(async () => {
        const found = (await mail()).find(
          (each) => each.to.toLowerCase().includes(to.toLowerCase()) && subject.test(each.subject),
        );
        if (!found) throw new Error(`No letter to ${to} about ${subject}`);
        return found;
      }),
    another: (changes = {}, databaseUrl = runtime.databaseUrl, keys = {}) => {
      const [env, secrets] = [
        { ...runtime.env, ...changes },
        { ...runtime.secrets, ...keys },
      ];
      return begin({ ...runtime, databaseUrl, publicUrl: '', env, secrets });
    },
    stop: () => app.close(),
  };
}
