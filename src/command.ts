import 'reflect-metadata';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BadEnvironment, readEnv } from '../config/env.js';
import { runtimeOf } from '../config/runtime.js';
import { createApp } from './app.js';
import { migrate } from './data-source.js';
import { WrongKeys } from './operations/key-rotation.service.js';
import { startEmbeddedServices } from './platform/embedded/services.service.js';
import { Refusal } from './platform/errors.js';
import { loadSecrets } from './platform/keys.service.js';

const root = resolve(fileURLToPath(import.meta.url), '../../..');

export const say = (line: string) => process.stdout.write(`${line}\n`);

/**
 * Runs a command beside the running Baton or instead of it: on its environment and database, with no sweep of a worker.
 * Ends the process with the code that `work` gives; what somebody can mend is told in a sentence, with code 1.
 */
export async function runCommand(work: (app: NestFastifyApplication) => Promise<number>): Promise<never> {
  try {
    process.exit(await withApp(work));
  } catch (error) {
    process.stderr.write(`${told(error as Error)}\n`);
    process.exit(1);
  }
}

async function withApp(work: (app: NestFastifyApplication) => Promise<number>): Promise<number> {
  const env = { ...readEnv(), RUN: ['web' as const] };
  const dataFolder = resolve(root, env.BATON_DATA);
  const secrets = loadSecrets(env, dataFolder);
  const services = await startEmbeddedServices(env, dataFolder, say);
  try {
    await migrate(services.databaseUrl, { start: null, speed: 1 });
    const app = await createApp(runtimeOf(env, { dataFolder, root, secrets, services }));
    return await work(app).finally(() => app.close());
  } finally {
    await services.stop();
  }
}

function told(error: Error): string {
  const plain = [BadEnvironment, Refusal, WrongKeys].some((kind) => error instanceof kind);
  return plain || error.name === 'EmbeddedServiceError' ? error.message : (error.stack ?? error.message);
}
