import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '../../config/env.js';
import { ENCRYPTION_KEY, encryptionKey, type Secrets } from '../../config/secrets.js';
import { EmbeddedServiceError } from './embedded/embedded-service-error.js';

/**
 * The keys from the environment or the file that it names; outside production otherwise from `keys.json` in the data
 * folder (made the first time, read only by its owner). A file that cannot be read is an error: keys are never made anew
 * over it.
 */
export function loadSecrets(env: Env, dataFolder: string): Secrets {
  const given = givenKeys(env);
  if (env.SECRET_KEY && given) return { signing: env.SECRET_KEY, ...given };
  const kept = keptKeys(join(dataFolder, 'keys.json'), dataFolder);
  const own = encryptionKey(kept.encryption);
  const signing = env.SECRET_KEY ?? kept.signing;
  if (!given) return { signing, encryption: own, former: [] };
  const known = [given.encryption, ...given.former].some(({ version }) => version === own.version);
  return { signing, ...given, former: known ? given.former : [...given.former, own] };
}

function givenKeys(env: Env): Pick<Secrets, 'encryption' | 'former'> | null {
  const [first, ...former] = env.ENCRYPTION_KEY_FILE
    ? keysIn(env.ENCRYPTION_KEY_FILE)
    : [env.ENCRYPTION_KEY, ...env.ENCRYPTION_KEYS_FORMER];
  return first ? { encryption: encryptionKey(first), former: former.map((key) => encryptionKey(key ?? '')) } : null;
}

function keysIn(path: string): string[] {
  const lines = linesOf(path);
  const versions = new Set(lines.map((line) => line.split(':')[0]));
  if (lines.length > 0 && lines.every((line) => ENCRYPTION_KEY.test(line)) && versions.size === lines.length)
    return lines;
  throw new EmbeddedServiceError(
    `ENCRYPTION_KEY_FILE (${path}) must hold one key a line, as version:base64 of 32 bytes, each of another version.`,
  );
}

function linesOf(path: string): string[] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  } catch (error) {
    throw new EmbeddedServiceError(`ENCRYPTION_KEY_FILE cannot be read: ${(error as Error).message}`);
  }
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
