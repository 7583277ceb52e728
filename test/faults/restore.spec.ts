import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Account } from '../../src/credentials/account.entity.js';
import { Grants } from '../../src/credentials/grants.service.js';
import { HandOver } from '../../src/credentials/hand-over.service.js';
import { Rotations } from '../../src/handover/rotations.service.js';
import { Tasks } from '../../src/handover/tasks.service.js';
import { Message } from '../../src/messages/message.entity.js';
import { Outbox } from '../../src/messages/outbox.service.js';
import { Restoration } from '../../src/operations/restoration.service.js';
import { checkOrigin } from '../../src/platform/origin.service.js';
import { makeAccount, onDuty, personId, signedIn } from '../support/community.js';
import { backUp, type FreshDatabase, restoreFrom } from '../support/database.js';
import { boundariesOf, turnOf } from '../support/handover.js';
import { eventually } from '../support/poll.js';
import { type Service, startService } from '../support/service.js';
import { connectSimulated, timeline } from '../support/simulated.js';

const SCHEDULED = 'What the night shift eats';

/** A server is lost on Friday evening and another one begins with Thursday's backup. */
describe('a backup restored into a new server', () => {
  let host: Service;
  let account: Account;
  let copy: FreshDatabase;
  let restored: Service;
  let taken: Date;
  let graces: string;
  let said: { letters: string[]; posts: string[] };

  beforeAll(async () => {
    host = await startService({ clockStart: new Date('2026-12-10T12:00:00Z'), env: { RUN: 'web' } });
    const live = await host.another({ RUN: ['web', 'worker'] });
    account = await makeAccount(host);
    graces = await onDuty(host, account, 'Grace');
    await turnOf(live, account, 'Ada', '2026-12-14T08:00:00Z', '2026-12-18T18:00:00Z');
    await schedule(live);
    await sealPassword(live);
    await checkOrigin(host.runtime.databaseUrl);
    await nothingWaits(live);
    taken = await host.db.now();
    const backup = await backUp(host.runtime.databaseUrl);

    await host.moveClock(new Date('2026-12-11T12:00:01Z'));
    await eventually(async () => (await timeline(live, account.id)).some(({ text }) => text === SCHEDULED));
    await live.letter('ada@example.org', /How to get to/);
    await host.moveClock(new Date('2026-12-11T18:00:01Z'));
    await live.letter('grace@example.org', /thank/i);
    await eventually(async () => (await timeline(live, account.id)).length === 2);
    await nothingWaits(live);
    said = await heard(live);
    await live.stop();
    copy = await restoreFrom(backup);
  });

  afterAll(async () => {
    await restored?.stop();
    await copy?.drop();
    await host?.stop();
  });

  async function schedule({ db, app }: Service): Promise<void> {
    const authorId = await personId(host, 'Grace');
    await db.write((tx) =>
      app.get(Outbox).post(tx, {
        key: 'the scheduled post',
        accountId: account.id,
        cause: { kind: 'stint', id: graces },
        text: SCHEDULED,
        stintId: graces,
        authorId,
        dueAt: new Date('2026-12-11T12:00:00Z'),
      }),
    );
  }

  async function sealPassword({ app }: Service): Promise<void> {
    const kim = await personId(host, 'Kim');
    await app.get(HandOver).accept(account, kim);
    await app.get(HandOver).choose(account, 'sealed', kim);
    await app.get(Rotations).put(account, { password: 'sealed before the backup' }, kim);
  }

  /** What the curators and the public have heard; the team is told anew what waits for it. */
  async function heard(service: Service) {
    const letters = (await service.mail())
      .filter(({ to }) => /ada|grace/.test(to))
      .map(({ to, subject }) => `${to}: ${subject}`)
      .sort();
    const posts = (await timeline(service, account.id)).map(({ text }) => text).sort();
    return { letters, posts };
  }

  /** Nothing of the outbox would still move by itself. */
  async function nothingWaits(service: Service): Promise<void> {
    await eventually(async () => {
      const [row] = await service.db.query<{ count: number }>(
        `SELECT count(*)::int FROM messages WHERE due_at <= $1 AND next_attempt_at <= $1 AND state IN ('waiting', 'sending', 'unknown')`,
        [await service.db.now()],
      );
      return row?.count === 0;
    });
  }

  it('does not start before somebody says when the backup was taken', async () => {
    await checkOrigin(host.runtime.databaseUrl);
    await expect(checkOrigin(copy.url)).rejects.toThrow('This database was restored or copied');
  });

  it('says what may have happened, pauses the account and signs everybody out', async () => {
    restored = await host.another({ RUN: ['web'] }, copy.url);
    await restored.moveClock(new Date('2026-12-11T18:02:00Z'));
    const olu = await signedIn(restored, 'Olu');
    const found = await restored.app.get(Restoration).settle(taken);
    // How Ada gets in, and Grace's reminder to sign off.
    expect(found).toEqual({ accounts: 1, letters: 2, posts: 1, handovers: 1, passwords: 1 });
    await checkOrigin(copy.url);
    await olu.get('/team/nhs');
    expect(olu.page.url).toContain('/sign-in');
    const house = await restored.app.get(Grants).ask({ kind: 'house' }, account);
    expect(house).toMatchObject({ allowed: false, why: 'held' });
    await restored.stop();
  });

  it('repeats no letter and no post, and leaves to people what nobody can know', async () => {
    restored = await host.another({ RUN: ['web', 'worker'] }, copy.url);
    await connectSimulated(restored, account.id);
    const titles = async () => (await restored.app.get(Tasks).of(account.id)).map(({ title }) => title);
    await eventually(async () => (await titles()).includes('Change the password of @NHS'));
    await restored.app.get(Rotations).put(account, { password: 'changed after it' }, await personId(host, 'Kim'));
    await eventually(async () => {
      const friday = (await boundariesOf(restored, account)).find(({ outgoing }) => outgoing.includes(graces));
      return friday?.done_at;
    });
    await nothingWaits(restored);
    expect(await heard(restored)).toEqual(said);
    const post = await restored.db.manager.findOneByOrFail(Message, { key: 'the scheduled post' });
    expect(post).toMatchObject({ state: 'sent', detail: expect.stringContaining('found on the timeline') });
    const letter = await restored.db.manager.findOneByOrFail(Message, { template: 'access' });
    expect(letter).toMatchObject({ state: 'held', detail: expect.stringContaining('before the restore') });
    expect(await titles()).toContain('Thank the curator on @NHS');
  });

  it('refuses a backup of the future', async () => {
    const future = new Date((await restored.db.now()).getTime() + 60_000);
    await expect(restored.app.get(Restoration).settle(future)).rejects.toThrow('must have been taken in the past year');
  });
});
