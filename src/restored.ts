/**
 * `bin/restored INSTANT` or `bin/restored nothing-lost`: run once after a database was restored from a backup, before
 * Baton starts on it. INSTANT is when the backup was begun, with its zone.
 */
import 'reflect-metadata';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadEnvironment, readEnv } from '../config/env.js';
import { runtimeOf } from '../config/runtime.js';
import { createApp } from './app.js';
import { migrate } from './data-source.js';
import { Restoration } from './operations/restoration.service.js';
import { startEmbeddedServices } from './platform/embedded/services.service.js';
import { Invalid } from './platform/errors.js';
import { loadSecrets } from './platform/keys.service.js';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const say = (line: string) => process.stdout.write(`${line}\n`);
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

async function main(said = ''): Promise<void> {
  if (said !== 'nothing-lost' && !(INSTANT.test(said) && Date.parse(said)))
    throw new Invalid(
      'Say when the backup was begun: bin/restored 2026-11-22T03:00:00Z, or: bin/restored nothing-lost',
      {},
    );
  const env = { ...readEnv(), RUN: ['web' as const] };
  const dataFolder = resolve(root, env.BATON_DATA);
  const secrets = loadSecrets(env, dataFolder);
  const services = await startEmbeddedServices(env, dataFolder, say);
  try {
    await migrate(services.databaseUrl, { start: null, speed: 1 });
    const app = await createApp(runtimeOf(env, { dataFolder, root, secrets, services }));
    await settle(app.get(Restoration), said).finally(() => app.close());
  } finally {
    await services.stop();
  }
}

async function settle(restoration: Restoration, said: string): Promise<void> {
  if (said === 'nothing-lost') {
    await restoration.nothingLost();
    say('Noted: this is the database from now on, and nothing is missing from it.');
    return;
  }
  const { accounts, letters, posts, handovers, passwords } = await restoration.settle(new Date(said));
  say(`Paused for everyone: ${accounts} accounts. Everybody is signed out.`);
  say(`Letters that may have left already, held for a person: ${letters}`);
  say(`Posts that may have been sent already, looked for on the network: ${posts}`);
  say(`Handovers that may have run already, whose letters and posts are not repeated: ${handovers}`);
  say(`Passwords that may have been shown already, to be changed on the network: ${passwords}`);
  say('Start Baton now; then look at each account, mend its rota, and lift its pause.');
}

main(process.argv[2]).catch((error: Error) => {
  const plain = error instanceof BadEnvironment || error instanceof Invalid || error.name === 'EmbeddedServiceError';
  process.stderr.write(`${plain ? error.message : (error.stack ?? error.message)}\n`);
  process.exit(1);
});
