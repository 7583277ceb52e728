import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Account } from '../../src/credentials/account.entity.js';
import { exitCode, type Finding } from '../../src/operations/diagnosis.js';
import { Doctor } from '../../src/operations/doctor.service.js';
import { makeAccount } from '../support/community.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';

let service: Service;
let network: Pretend;
let account: Account;

beforeAll(async () => {
  service = await startService({ env: { RUN: 'web' } });
  network = new Pretend(service);
  account = await makeAccount(service);
});
afterAll(() => service?.stop());

async function look(): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const finding of service.app.get(Doctor).look()) findings.push(finding);
  return findings;
}
const of = (findings: Finding[], about: string) => findings.find((each) => each.about === about);

describe('the doctor', () => {
  it('finds a good connection good, without posting', async () => {
    const posts = (await network.posts()).length;
    const findings = await look();
    expect(findings.filter(({ how }) => how === 'bad')).toEqual([]);
    expect(findings.map(({ about }) => about)).toEqual([
      ...['environment', 'database', 'queue', 'encryption key', 'clock of the database', 'clock of the network'],
      ...['mail server', '@NHS connection', '@NHS users/me', '@NHS scopes', '@NHS calls left', '@NHS credits'],
      '@NHS cost',
    ]);
    expect(of(findings, '@NHS users/me')?.says).toContain('we are @NHS');
    expect(of(findings, '@NHS calls left')?.says).toContain('Asking whose account it is');
    expect(exitCode(findings)).toBe(0);
    expect((await network.posts()).length).toBe(posts);
  });

  it('says of each trouble what to do next', async () => {
    const token = (set: string) =>
      service.db.write((tx) => tx.query(`UPDATE network_tokens SET ${set} WHERE account_id = $1`, [account.id]));
    await token(`scopes = '{tweet.read,users.read}'`);
    await network.fail('me', '402');
    const findings = await look();
    expect(of(findings, '@NHS scopes')?.todo).toContain('tweet.write, media.write, offline.access missing');
    expect(of(findings, '@NHS credits')).toMatchObject({ how: 'bad', todo: expect.stringContaining('Buy credits') });
    await network.heal();
    await token(`state = 'disconnected', why = 'withdrawn'`);
    const lost = await look();
    expect(of(lost, '@NHS connection')).toMatchObject({ how: 'bad', todo: expect.stringContaining('Connect') });
    expect(of(lost, '@NHS users/me')).toBeUndefined();
    expect(exitCode(lost)).toBe(1);
  });
});
