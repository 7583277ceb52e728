import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EncryptionKey } from '../../config/secrets.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { HandOver } from '../../src/credentials/hand-over.service.js';
import { NetworkTokens } from '../../src/credentials/network-tokens.service.js';
import { Vault } from '../../src/credentials/vault.service.js';
import { Rotations } from '../../src/handover/rotations.service.js';
import { KeyRotation } from '../../src/operations/key-rotation.service.js';
import { makeAccount, personId } from '../support/community.js';
import { eventually } from '../support/poll.js';
import { type Child, startBuilt } from '../support/process.js';
import { type Service, startService } from '../support/service.js';
import { timeline } from '../support/simulated.js';

const key = (version: string, byte: number): EncryptionKey => ({ version, key: Buffer.alloc(32, byte) });
const asText = ({ version, key: bytes }: EncryptionKey) => `${version}:${bytes.toString('base64')}`;
/** The key of every test's service, and the one that takes its place. */
const OLD = key('test', 7);
const NEW = key('2027-1', 9);
const APPLICATIONS = 900;

describe('rotating the keys', () => {
  let service: Service;
  let account: Account;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-keys-'));
    service = await startService();
    account = await makeAccount(service);
    const kim = await personId(service, 'Kim');
    await service.app.get(HandOver).accept(account, kim);
    await service.app.get(Rotations).put(account, { password: 'the password of X' }, kim);
    await applications();
  });
  afterAll(async () => {
    await service?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Many applications with health information, so that there is something to kill in the middle. */
  async function applications(): Promise<void> {
    const vault = service.app.get(Vault);
    await service.db.write(async (tx) => {
      const rows = await tx.query<{ id: string }>(
        `INSERT INTO applications (account_id, state, answers, created_at)
         SELECT $1, 'waiting', '{}', $2 FROM generate_series(1, ${APPLICATIONS}) RETURNING id`,
        [account.id, tx.now],
      );
      const sealed = rows.map(({ id }) => vault.seal({ purpose: 'health-information', id }, `about ${id}`));
      await tx.query(
        `UPDATE applications a SET health = each.health FROM unnest($1::uuid[], $2::bytea[]) AS each (id, health) WHERE a.id = each.id`,
        [rows.map(({ id }) => id), sealed],
      );
    });
  }

  function rotation(keys: { current: EncryptionKey; former?: EncryptionKey[] }, args: string[] = []): Child {
    const env = {
      ...{ DATABASE_URL: service.runtime.databaseUrl, SIMULATOR_URL: service.simulatorUrl },
      ...{ BATON_DATA: folder, SECRET_KEY: 'x'.repeat(32), LOG_LEVEL: 'error' },
      ...{ ENCRYPTION_KEY: asText(keys.current), ENCRYPTION_KEYS_FORMER: (keys.former ?? []).map(asText).join(',') },
    };
    return startBuilt('src/rotate-keys', { args, env });
  }

  /** How many values each key wraps. */
  async function inUse(): Promise<Record<string, number>> {
    const rows = await service.app.get(KeyRotation).inUse();
    return Object.fromEntries(rows.map(({ version, values }) => [version, values]));
  }

  async function readsHealth(one: Service): Promise<void> {
    const rows = await one.db.query<{ id: string; health: Buffer }>('SELECT id, health FROM applications ORDER BY id');
    const vault = one.app.get(Vault);
    for (const { id, health } of rows)
      expect(vault.use({ purpose: 'health-information', id }, health, (text) => text)).toBe(`about ${id}`);
    expect(rows.length).toBe(APPLICATIONS);
  }

  it('is refused with one line when the key of what is there is missing, and nothing is changed', async () => {
    const before = await inUse();
    const child = rotation({ current: NEW });
    expect((await child.exited).code).toBe(1);
    expect(child.output().trim()).toMatch(
      /^The database holds values sealed by key version test, and that key is not here/,
    );
    expect(child.output().trim().split('\n')).toHaveLength(1);
    expect(await inUse()).toEqual(before);
  });

  it('is refused with one line when a key is another one of the same name', async () => {
    const child = rotation({ current: NEW, former: [key('test', 8)] });
    expect((await child.exited).code).toBe(1);
    expect(child.output().trim()).toMatch(
      /^The key of version test is not the one that sealed what the database holds/,
    );
    expect(await inUse()).toEqual({ test: APPLICATIONS + 3 });
  });

  it('says what is still to be done, and does nothing, with --check', async () => {
    const child = rotation({ current: NEW, former: [OLD] }, ['--check']);
    expect((await child.exited).code).toBe(2);
    expect(child.output()).toContain(`Still wrapped by key test: ${APPLICATIONS + 3}`);
    expect(await inUse()).toEqual({ test: APPLICATIONS + 3 });
  });

  it('goes on where it was killed, while a service with both keys reads, refreshes and writes', async () => {
    const both = await service.another({}, undefined, { encryption: NEW, former: [OLD] });
    try {
      const first = rotation({ current: NEW, former: [OLD] });
      await first.waitForLine(/applications\.health: \d+ values so far/, 30_000);
      await first.kill();
      const left = (await inUse()).test ?? 0;
      expect(left).toBeLessThan(APPLICATIONS + 3);
      await readsHealth(both);
      await both.db.write((tx) => tx.query(`UPDATE network_tokens SET expires_at = $1`, [tx.real]));
      expect(await timeline(both, account.id)).toEqual([]);

      const second = rotation({ current: NEW, former: [OLD] });
      expect((await second.exited).code).toBe(0);
      expect(second.output()).toContain('Everything is wrapped by key 2027-1. Earlier keys may be taken away.');
      expect(await inUse()).toEqual({ '2027-1': APPLICATIONS + 3 });
      await readsHealth(both);
    } finally {
      await both.stop();
    }
  });

  it('leaves nothing that needs the earlier key', async () => {
    const only = await service.another({}, undefined, { encryption: NEW, former: [] });
    try {
      await readsHealth(only);
      await eventually(async () => (await timeline(only, account.id)).length === 0);
    } finally {
      await only.stop();
    }
  });

  it('never writes over what somebody else has sealed meanwhile', async () => {
    const back = await service.another({}, undefined, { encryption: OLD, former: [NEW] });
    try {
      const running = back.app.get(KeyRotation).rotate(() => undefined);
      const refreshing = Promise.all(
        Array.from({ length: 20 }, () =>
          back.db
            .write((tx) => tx.query(`UPDATE network_tokens SET expires_at = $1`, [tx.real]))
            .then(() => back.app.get(NetworkTokens).use(account.id, async () => ({ kind: 'done', value: 1 }))),
        ),
      );
      await Promise.all([running, refreshing]);
      await back.app.get(KeyRotation).rotate(() => undefined);
      expect(await inUse()).toEqual({ test: APPLICATIONS + 3 });
      expect(await timeline(back, account.id)).toEqual([]);
    } finally {
      await back.stop();
    }
  });
});
