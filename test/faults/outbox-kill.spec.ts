import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { Message } from '../../src/messages/message.entity.js';
import { Outbox } from '../../src/messages/outbox.service.js';
import { Files } from '../../src/platform/files.service.js';
import type { FaultKind } from '../../src/simulator/faults.js';
import { type OnDuty, onDuty } from '../support/on-duty.js';
import { eventually } from '../support/poll.js';
import { type Child, startBuilt } from '../support/process.js';
import { type Service, startService } from '../support/service.js';
import { failNext, metFault, timeline } from '../support/simulated.js';

const MONDAY = new Date('2026-11-30T09:00:00Z');
const BLUE = { create: { width: 40, height: 40, channels: 3 as const, background: '#005eb8' } };
const FRIDAY = new Date('2026-12-04T18:00:00Z');

describe('a worker that is killed while a post is on its way', () => {
  let service: Service;
  let duty: OnDuty;
  let running: Child | undefined;
  beforeAll(async () => {
    service = await startService({ clockStart: MONDAY, env: { RUN: 'web' } });
    duty = await onDuty(service, MONDAY, FRIDAY);
  });
  afterAll(async () => {
    await running?.stop();
    await service.stop();
  });

  /** The one worker, in a process of its own with the same keys: who took over in one test is killed in the next. */
  async function worker(): Promise<void> {
    running ??= startBuilt('test/support/worker', { args: [JSON.stringify(service.runtime)] });
    await running.waitForLine(/^ready$/, 60_000);
  }

  async function killWorker(): Promise<void> {
    await running?.kill();
    running = undefined;
  }

  const post = (text: string, media: { file: string; type: string; description: string }[] = []) =>
    service.db.write((tx) =>
      service.app.get(Outbox).post(tx, {
        key: `post ${randomUUID()}`,
        accountId: duty.account.id,
        cause: { kind: 'stint', id: duty.grace.stintId },
        text,
        stintId: duty.grace.stintId,
        authorId: duty.grace.personId,
        media,
        dueAt: tx.now,
      }),
    );
  const row = (id: string) => service.db.manager.findOneByOrFail(Message, { id });

  /** Kills the worker that sends the post, and gives what the next worker makes of its row in the end. */
  async function killedOnTheWay(text: string, fault: FaultKind, beforeTheNext: () => Promise<unknown>) {
    await failNext(service, 'create', fault, 1500);
    await worker();
    const id = (await post(text)) ?? '';
    await eventually(() => metFault(service), { within: 30_000 });
    await killWorker();
    expect((await row(id)).state).toBe('sending');
    await beforeTheNext();
    // Its lease would run for 30 seconds more.
    await service.db.write((tx) => tx.query('UPDATE messages SET lease_until = $2 WHERE id = $1', [id, tx.real]));
    await worker();
    await eventually(async () => (await row(id)).state !== 'sending', { within: 50_000 });
    await service.moveClock(new Date((await service.db.now()).getTime() + 300_000));
    const settled = async () => {
      const now = await row(id);
      return now.state === 'sent' || now.nextAttemptAt === null ? now : null;
    };
    return eventually(settled, { within: 60_000 });
  }
  const shown = async (text: string) =>
    (await timeline(service, duty.account.id)).filter((each) => each.text === text).map(({ id }) => id);

  it('leaves it sent, once, when the network applied the call', async () => {
    const text = 'Killed before the answer';
    const applied = () => eventually(async () => (await shown(text)).length > 0);
    const found = await killedOnTheWay(text, 'slow', applied);
    expect(found).toMatchObject({ state: 'sent', attempts: 1 });
    expect(await shown(text)).toEqual([found.providerRef]);
  }, 180_000);

  it('leaves it unknown before a person when the network shows nothing', async () => {
    const text = 'Killed and never applied';
    const found = await killedOnTheWay(text, 'silence', async () => undefined);
    expect(found).toMatchObject({ state: 'unknown', attempts: 1 });
    expect(await shown(text)).toEqual([]);
  }, 180_000);

  it.each(['media-initialize', 'media-append', 'media-finalize', 'media-metadata'] as const)(
    'posts once, picture and description with it, when it was killed at %s',
    async (endpoint) => {
      const text = `Killed at ${endpoint}`;
      const file = await service.app.get(Files).keep(await sharp(BLUE).jpeg().toBuffer());
      await fetch(`${service.simulatorUrl}/simulator/faults`, { method: 'DELETE' });
      await failNext(service, endpoint, 'slow', 3000);
      await worker();
      const id = (await post(text, [{ file, type: 'image/jpeg', description: 'A blue square' }])) ?? '';
      const waiting = async () =>
        (await fetch(`${service.simulatorUrl}/simulator/faults`)).json() as Promise<unknown[]>;
      await eventually(async () => (await waiting()).length === 0);
      await killWorker();
      expect((await row(id)).state).toBe('waiting');
      await service.db.write((tx) => tx.query('UPDATE messages SET lease_until = $2 WHERE id = $1', [id, tx.real]));
      await worker();
      await eventually(async () => (await row(id)).state === 'sent', { within: 30_000 });
      const there = (await timeline(service, duty.account.id)).filter((each) => each.text.startsWith(text));
      expect(there.map((each) => each.media.map((media) => media.alt))).toEqual([['A blue square']]);
    },
    180_000,
  );
});
