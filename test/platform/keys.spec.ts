import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readEnv } from '../../config/env.js';
import { loadSecrets } from '../../src/platform/keys.service.js';

const key = (version: string, byte: number) => `${version}:${Buffer.alloc(32, byte).toString('base64')}`;
const SECRET_KEY = 'x'.repeat(40);

describe('the keys of a service', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-keys-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const versions = (env: Record<string, string>) => {
    const { encryption, former } = loadSecrets(readEnv({ SECRET_KEY, ...env }), folder);
    return [encryption, ...former].map(({ version }) => version);
  };

  async function file(text: string): Promise<string> {
    const path = join(folder, 'given');
    await writeFile(path, text);
    return path;
  }

  it('are the one in use and earlier ones', () => {
    const former = `${key('2026-1', 2)}, ${key('2025-1', 3)}`;
    expect(versions({ ENCRYPTION_KEY: key('2026-2', 1), ENCRYPTION_KEYS_FORMER: former })).toEqual([
      ...['2026-2', '2026-1', '2025-1'],
    ]);
  });

  it('are read from a file, the one in use first', async () => {
    const path = await file(`# since March\n${key('2026-2', 1)}\n\n${key('2026-1', 2)}\n`);
    expect(versions({ ENCRYPTION_KEY_FILE: path })).toEqual(['2026-2', '2026-1']);
  });

  it.each([
    ['nothing', ''],
    ['no key', 'hello'],
    ['two keys of one version', `${key('a', 1)}\n${key('a', 2)}`],
  ])('are refused in one sentence when the file holds %s', async (_, text) => {
    const path = await file(text);
    expect(() => versions({ ENCRYPTION_KEY_FILE: path })).toThrow(
      /^ENCRYPTION_KEY_FILE \(.+\) must hold one key a line/,
    );
  });

  it('are refused in one sentence when there is no such file', () => {
    expect(() => versions({ ENCRYPTION_KEY_FILE: join(folder, 'none') })).toThrow(
      /^ENCRYPTION_KEY_FILE cannot be read/,
    );
  });

  it('are made once where nothing is given, and then open what they sealed beside a new one', () => {
    expect(versions({})).toEqual(['development']);
    expect(versions({ SECRET_KEY: '', ENCRYPTION_KEY: key('2026-1', 1) })).toEqual(['2026-1', 'development']);
  });

  it('may not be given in two ways, or with one name twice', () => {
    const twice = { ENCRYPTION_KEY: key('a', 1), ENCRYPTION_KEYS_FORMER: key('a', 2) };
    expect(() => readEnv(twice)).toThrow('must each have a version name of their own');
    expect(() => readEnv({ ENCRYPTION_KEY: key('a', 1), ENCRYPTION_KEY_FILE: 'given' })).toThrow('not beside them');
    expect(() => readEnv({ ENCRYPTION_KEYS_FORMER: 'short' })).toThrow('must be a version name, a colon and 32 bytes');
  });
});
