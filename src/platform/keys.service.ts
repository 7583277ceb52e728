import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '../../config/env.js';
import { encryptionKey, type Secrets } from '../../config/secrets.js';
import { EmbeddedServiceError } from './embedded/embedded-service-error.js';

/**
 * The keys from the environment, or outside production from `keys.json` in the data folder (made the first time, read
 * only by its owner). A file that cannot be read is an error: keys are never made anew over it.
 */
export function loadSecrets(env: Env, dataFolder: string): Secrets {
  if (env.SECRET_KEY && env.ENCRYPTION_KEY) {
    return { signing: env.SECRET_KEY, encryption: encryptionKey(env.ENCRYPTION_KEY) };
  }
  const kept = keptKeys(join(dataFolder, 'keys.json'), dataFolder);
  return {
    signing: env.SECRET_KEY ?? kept.signing,
    encryption: encryptionKey(env.ENCRYPTION_KEY ?? kept.encryption),
  };
}

function keptKeys(path: string, folder: string): { signing: string; encryption: string } {
  mkdirSync(folder, { recursive: true });
  const made = {
    signing: `development-${randomBytes(32).toString('base64url')}`,
    encryption: `development:${randomBytes(32).toString('base64')}`,
  };
  try {
    writeFileSync(path, JSON.stringify(made), { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readKeys(path);
  }
}

function readKeys(path: string): { signing: string; encryption: string } {
  try {
    const kept = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof kept.signing === 'string' && /^[a-z0-9-]+:[A-Za-z0-9+/]{43}=$/.test(kept.encryption)) return kept;
  } catch {
    // Told below: whatever is wrong with the file, it is left as it is.
  }
  throw new EmbeddedServiceError(
    `${path} cannot be read, so nothing that was encrypted could be. Bring it back from a backup; it is never made anew.`,
  );
}
