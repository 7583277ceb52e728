/**
 * `npm run keys:rotate`: wraps everything that an earlier key sealed by the key in use, while Baton runs. With `--check`
 * it only counts.
 */
import 'reflect-metadata';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadEnvironment, readEnv } from '../config/env.js';
import { runtimeOf } from '../config/runtime.js';
import { createApp } from './app.js';
import { migrate } from './data-source.js';
import { KeyRotation, WrongKeys } from './operations/key-rotation.service.js';
import { startEmbeddedServices } from './platform/embedded/services.service.js';
import { loadSecrets } from './platform/keys.service.js';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(onlyCheck: boolean): Promise<boolean> {
  const env = { ...readEnv(), RUN: ['web' as const] };
  const dataFolder = resolve(root, env.BATON_DATA);
  const secrets = loadSecrets(env, dataFolder);
  const services = await startEmbeddedServices(env, dataFolder, say);
  try {
    await migrate(services.databaseUrl, { start: null, speed: 1 });
    const app = await createApp(runtimeOf(env, { dataFolder, root, secrets, services }));
    return await rotate(app.get(KeyRotation), secrets.encryption.version, onlyCheck).finally(() => app.close());
  } finally {
    await services.stop();
  }
}

/** True when nothing needs an earlier key any more. */
async function rotate(rotation: KeyRotation, version: string, onlyCheck: boolean): Promise<boolean> {
  if (!onlyCheck) {
    const { rewrapped, stuck } = await rotation.rotate(say);
    say(`Wrapped anew by key ${version}: ${rewrapped}`);
    for (const value of stuck) say(`No key here opens ${value}`);
  }
  const others = (await rotation.inUse()).filter((each) => each.version !== version);
  for (const { version: other, values } of others) say(`Still wrapped by key ${other}: ${values}`);
  say(
    others.length > 0
      ? 'Keep the earlier keys.'
      : `Everything is wrapped by key ${version}. Earlier keys may be taken away.`,
  );
  return others.length === 0;
}

main(process.argv.includes('--check')).then(
  (finished) => process.exit(finished ? 0 : 2),
  (error: Error) => {
    const plain =
      error instanceof BadEnvironment || error instanceof WrongKeys || error.name === 'EmbeddedServiceError';
    process.stderr.write(`${plain ? error.message : (error.stack ?? error.message)}\n`);
    process.exit(1);
  },
);
