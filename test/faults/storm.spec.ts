import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeAccounts, setInstant } from '../../bench/storm/accounts.js';
import { watchFormer } from '../../bench/storm/strangers.js';
import { NetworkTokens } from '../../src/credentials/network-tokens.service.js';
import { Planning } from '../../src/handover/planning.service.js';
import { eventually } from '../support/poll.js';
import { type Service, startService } from '../support/service.js';
import { connectSimulated, timeline } from '../support/simulated.js';

const ACCOUNTS = 20;

describe('many accounts whose turns change at one instant', () => {
  let service: Service;
  let second: Service;
  beforeAll(async () => {
    service = await startService();
    second = await service.another({ RUN: ['worker'] });
  });
  afterAll(async () => {
    await second.stop();
    await service.stop();
  });

  it('are all handed over once by two workers, while nobody whose turn is over is let in', async () => {
    const { db, app } = service;
    const accounts = await makeAccounts(db, app.get(NetworkTokens), 'storm', ACCOUNTS);
    for (const id of accounts) await connectSimulated(service, id);
    const at = new Date((await db.now()).getTime() + 4_000);
    await setInstant(db, 'storm', at);
    for (const id of accounts) await app.get(Planning).plan(id);
    const former = await watchFormer(app, service.url, accounts, at);
    await wait(Math.max(0, at.getTime() - Date.now()));
    await eventually(async () => (await sentSince(at)) === 4 * ACCOUNTS, { within: 50_000 });
    await eventually(
      async () => (await db.query(`SELECT 1 FROM boundaries WHERE at = $1 AND done_at IS NULL`, [at])).length === 0,
    );

    expect((await former()).admitted).toEqual([]);
    expect(await told()).toEqual({
      'handover.finished': ACCOUNTS,
      'handover.started': ACCOUNTS,
      'post.sent': 2 * ACCOUNTS,
      'stint.completed': ACCOUNTS,
      'stint.started': ACCOUNTS,
    });
    const letters = (await service.mail()).map(
      ({ to, subject }) => `${to} ${subject.split(' ').slice(0, 3).join(' ')}`,
    );
    expect(letters.filter((letter) => /You are live|Thank you for/.test(letter))).toHaveLength(2 * ACCOUNTS);
    expect(new Set(letters).size).toBe(letters.length);
    for (const id of accounts) expect(await timeline(service, id)).toHaveLength(2);
  }, 120_000);

  async function sentSince(at: Date): Promise<number> {
    const sql = `SELECT 1 FROM messages WHERE state = 'sent' AND due_at >= $1`;
    return (await service.db.query(sql, [at])).length;
  }

  async function told(): Promise<Record<string, number>> {
    const rows = await service.db.query<{ verb: string; count: number }>(
      `SELECT verb, count(*)::int FROM audit_entries WHERE verb ~ '^(handover|stint|post)' GROUP BY verb`,
    );
    return Object.fromEntries(rows.map(({ verb, count }) => [verb, count]));
  }
});
