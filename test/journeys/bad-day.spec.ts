import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Audit } from '../../src/audit/audit.service.js';
import { creditedGrant } from '../../src/credentials/access.js';
import type { Account } from '../../src/credentials/account.entity.js';
import { Grants } from '../../src/credentials/grants.service.js';
import { FeedJobs } from '../../src/feed/feed.jobs.js';
import { AccountHolds } from '../../src/handover/account-holds.service.js';
import { EarlyEnds } from '../../src/handover/early-ends.service.js';
import { Handovers } from '../../src/handover/handovers.service.js';
import { Replacements } from '../../src/handover/replacements.service.js';
import { Outbox } from '../../src/messages/outbox.service.js';
import { makeAccount, onDuty, personId, postFromPhone, signedIn } from '../support/community.js';
import { standingOf, turnOf } from '../support/handover.js';
import { eventually } from '../support/poll.js';
import { accepted } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';
import { failNext } from '../support/simulated.js';
import type { Visitor } from '../support/visitor.js';

const patience = { within: 30_000 };
const curator = (stintId: string) => ({ kind: 'stint', stintId, seat: 1 }) as const;

let service: Service;

async function may(account: Account, stintId: string, where = service): Promise<string> {
  return (await where.app.get(Grants).ask(curator(stintId), account)).why;
}

async function holdsOf(account: Account) {
  return service.db.query<{ kind: string; scope: string; starts_at: Date; ends_at: Date | null }>(
    'SELECT * FROM holds WHERE account_id = $1 ORDER BY starts_at',
    [account.id],
  );
}

async function queued(account: Account, template: string): Promise<string[]> {
  const rows = await service.db.query<{ address: string }>(
    'SELECT address FROM messages WHERE account_id = $1 AND template = $2 ORDER BY address',
    [account.id, template],
  );
  return rows.map(({ address }) => address.split('@')[0] ?? '');
}

async function verbs(account: Account): Promise<string[]> {
  return (await service.app.get(Audit).read(account.id, 100)).map(({ verb }) => verb).reverse();
}

/** A post of the curator that was planned for later, as the outbox holds it. */
async function planned(account: Account, stintId: string, text: string, dueAt: Date): Promise<string> {
  const author = await personId(service, 'Grace');
  const id = await service.db.write((tx) =>
    service.app.get(Outbox).post(tx, {
      key: text,
      accountId: account.id,
      cause: { kind: 'stint', id: stintId },
      text,
      stintId,
      authorId: author,
      dueAt,
    }),
  );
  return id ?? '';
}

async function stateOf(messageId: string): Promise<string> {
  const [row] = await service.db.query<{ state: string }>('SELECT state FROM messages WHERE id = $1', [messageId]);
  return row?.state ?? 'gone';
}

async function inState(messageId: string, state: string): Promise<void> {
  await eventually(async () => (await stateOf(messageId)) === state, patience);
}

const later = async (seconds: number) => new Date((await service.db.now()).getTime() + seconds * 1000);

async function shownWith(text: string): Promise<number> {
  const html = await (await fetch(`${service.simulatorUrl}/simulator`)).text();
  return html.split(text).length - 1;
}

describe('the bad day of an account with a desk', () => {
  let account: Account;
  let graceId: string;
  let [olu, kim, rhian, grace]: Visitor[] = [];
  let handles = 0;

  beforeAll(async () => {
    service = await startService({ clockStart: new Date('2026-12-09T10:00:00Z') });
  }, 60_000);
  afterAll(() => service?.stop());

  beforeEach(async () => {
    handles += 1;
    account = await makeAccount(service, { handle: `NHS${handles}`, thanksPost: true });
    graceId = await onDuty(service, account, 'Grace');
    [olu, kim, rhian, grace] = await Promise.all(
      ['Olu', 'Kim', 'Rhian', 'Grace'].map((name) => signedIn(service, name)),
    );
  }, 60_000);
  afterEach(() => fetch(`${service.simulatorUrl}/simulator/faults`, { method: 'DELETE' }));

  const press = async (
    who: Visitor | undefined,
    act: string,
    fields: Record<string, string> = { reason: 'A complaint' },
  ) => {
    await who?.get(`/team/${account.slug}/bad-day/${act}`);
    return who?.page.status === 200 ? who.submit(fields, `bad-day/${act}`) : who?.page;
  };

  it('is found from today’s page and the menu, and lets nobody but organisers and keepers act', async () => {
    await rhian?.get(`/team/${account.slug}`);
    expect(rhian?.page.text).toContain(`href="/team/${account.slug}/bad-day"`);
    await rhian?.get(`/team/${account.slug}/bad-day`);
    expect(rhian?.words).toContain('Only organisers and keepers can act here');
    expect(rhian?.words).not.toContain('Pause the account');
    for (const act of ['pause', 'take-over', 'pause/end', `${graceId}/cut-short`, `${graceId}/replace`]) {
      expect((await rhian?.get(`/team/${account.slug}/bad-day/${act}`))?.status).toBe(403);
    }
    expect((await kim?.get(`/team/${account.slug}/bad-day/${graceId}/replace`))?.status).toBe(403);
    expect((await kim?.get(`/team/${account.slug}/bad-day/${graceId}/cut-short`))?.status).toBe(200);
  });

  it('pauses everywhere at once, holds what falls due, and lifts without a burst', async () => {
    const during = await planned(account, graceId, `During ${account.slug}`, await later(600));
    const after = await planned(account, graceId, `After ${account.slug}`, await later(3600));
    const other = await service.another();
    try {
      expect(await may(account, graceId, other)).toBe('allowed');
      expect((await press(olu, 'pause', { reason: ' ' }))?.status).toBe(422);
      expect(olu?.words).toContain('Say why');
      await press(olu, 'pause');
      expect(await may(account, graceId)).toBe('held');
      expect(await may(account, graceId, other)).toBe('held');
      expect((await other.app.get(Grants).ask({ kind: 'house' }, account)).why).toBe('held');
    } finally {
      await other.stop();
    }
    expect(olu?.words).toMatch(/Paused Since Wednesday 9 December 2026 at .* by Olu: A complaint/);
    await grace?.get(`/${account.slug}/desk`);
    expect(grace?.words).toContain('The account is paused');
    const refused = await grace?.submit({ text: 'Too late' }, 'publications', ['name', 'now']);
    expect(refused?.status).toBe(403);
    await service.moveClock(await later(601));
    await inState(during, 'held');
    await service.letter('grace@example.org', new RegExp(`@${account.handle} is paused`));
    expect(await queued(account, 'bad-day')).toEqual(['kim', 'priya']);

    await rhian?.get(`/team/${account.slug}`);
    expect(rhian?.words).toContain('by Olu: A complaint');
    await press(kim, 'pause/end', { reason: 'It is settled' });
    expect(await may(account, graceId)).toBe('allowed');
    expect([await stateOf(during), await stateOf(after)]).toEqual(['held', 'waiting']);
    expect(kim?.words).toContain('1 held post waits for a decision');
    await kim?.get(`/team/${account.slug}/messages/${during}`);
    await kim?.submit({}, 'releases');
    await inState(during, 'sent');
    await service.letter('grace@example.org', new RegExp(`@${account.handle} is no longer paused`));
    expect(await verbs(account)).toEqual(expect.arrayContaining(['account.paused', 'account.pause-lifted']));
    expect(await service.app.get(Audit).broken(account.id)).toBeNull();
  }, 60_000);

  it('leaves one hold and one letter when two press at once in two processes', async () => {
    const other = await service.another();
    const ids = await Promise.all([personId(service, 'Olu'), personId(service, 'Kim')]);
    try {
      const press = (where: Service, by: string) =>
        where.app.get(AccountHolds).act(account, 'pause', { reason: 'At once' }, by);
      const done = await Promise.all([...Array(4)].map((_, n) => press(n % 2 ? service : other, ids[n % 2] ?? '')));
      expect(done.filter(Boolean)).toHaveLength(1);
    } finally {
      await other.stop();
    }
    expect(await holdsOf(account)).toHaveLength(1);
    expect(await queued(account, 'account-paused')).toEqual(['grace']);
    await press(olu, 'pause');
    expect(olu?.words).toMatch(/The account is paused already. Since .* by (Olu|Kim): At once/);
  }, 60_000);

  it('ends a turn once when two press at once', async () => {
    const by = await personId(service, 'Olu');
    const press = () => service.app.get(EarlyEnds).end(account, graceId, 'cut-short', 'At once', by);
    const done = await Promise.allSettled([press(), press(), press()]);
    expect(done.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
    const boundaries = await service.db.query(
      'SELECT 1 FROM boundaries WHERE outgoing = ARRAY[$1]::uuid[] AND started_at IS NOT NULL',
      [graceId],
    );
    expect(boundaries).toHaveLength(1);
    expect(await queued(account, 'turn-cut-short')).toEqual(['grace']);
    const back = () => service.app.get(EarlyEnds).reinstate(account, graceId, 'At once', by);
    const again = await Promise.allSettled([back(), back()]);
    expect(again.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await service.db.query('SELECT 1 FROM grants WHERE stint_id = $1', [graceId])).toHaveLength(2);
  }, 60_000);

  it('lets a post that was past its checks arrive, and nothing that came after', async () => {
    await failNext(service, 'create', 'slow', 2_000);
    const past = await planned(account, graceId, `Past ${account.slug}`, await service.db.now());
    await inState(past, 'sending');
    await press(olu, 'pause');
    const behind = await planned(account, graceId, `Behind ${account.slug}`, await service.db.now());
    await inState(behind, 'held');
    await inState(past, 'sent');
    expect([await shownWith(`Past ${account.slug}`), await shownWith(`Behind ${account.slug}`)]).toEqual([1, 0]);
  }, 60_000);

  it('is taken over in the house voice and given back', async () => {
    const during = await planned(account, graceId, `Hers ${account.slug}`, await later(600));
    await press(olu, 'take-over');
    expect(await may(account, graceId)).toBe('held');
    expect((await olu?.submit({ text: '' }, 'house-posts'))?.status).toBe(422);
    await olu?.submit({ text: `We are here ${account.slug}` }, 'house-posts');
    await eventually(async () => (await shownWith(`We are here ${account.slug}`)) === 1, patience);
    await service.moveClock(await later(601));
    await inState(during, 'held');
    const [hold] = await holdsOf(account);
    const { grants, holds } = await service.app.get(Grants).rows(service.db, account.id);
    expect(creditedGrant(grants, holds, hold?.starts_at ?? new Date(0))).toBeNull();
    expect(creditedGrant(grants, holds, new Date((hold?.starts_at.getTime() ?? 0) - 1))?.stintId).toBe(graceId);

    await press(olu, 'pause', { reason: 'Nobody speaks' });
    expect((await holdsOf(account)).map(({ kind, scope }) => [kind, scope])).toEqual([
      ['takeover', 'curators'],
      ['pause', 'everyone'],
    ]);
    const [first, second] = await holdsOf(account);
    expect(first?.ends_at).toEqual(second?.starts_at);
    expect((await press(olu, 'take-over/end'))?.status).toBe(409);
    await press(olu, 'take-over');
    await press(olu, 'take-over/end', { reason: 'Over to you' });
    expect(await may(account, graceId)).toBe('allowed');
    await service.letter('grace@example.org', new RegExp(`@${account.handle} is yours again`));
    expect(await stateOf(during)).toBe('held');
  }, 60_000);

  it('says nothing in public without a message, and takes the message down with the pause', async () => {
    const visitor = service.visitor();
    const page = async () => (await visitor.get(`/${account.slug}`)).text;
    const embed = async () => (await fetch(`${service.url}/${account.slug}/embed.html`)).text();
    await press(olu, 'pause');
    expect(await page()).not.toMatch(/paused|on hold/i);
    expect(await embed()).not.toMatch(/paused|on hold/i);
    await press(olu, 'pause/end');
    await press(olu, 'pause', { reason: 'An election', publicMessage: 'We are away <for now>.' });
    await eventually(async () => (await page()).includes('We are away &lt;for now&gt;.'), patience);
    await eventually(async () => (await embed()).includes('We are away &lt;for now&gt;.'), patience);
    await press(olu, 'pause/end');
    await eventually(async () => !(await page()).includes('We are away'), patience);
    await eventually(async () => !(await embed()).includes('We are away'), patience);
  }, 60_000);

  it('cuts a turn short, gives it back, and the time between stays the house’s', async () => {
    const before = await postFromPhone(service, account, `Hers ${account.slug}`);
    const held = await planned(account, graceId, `Planned ${account.slug}`, await later(3600));
    await press(olu, `${graceId}/cut-short`);
    expect(await may(account, graceId)).toBe('ended');
    const cut = await standingOf(service, graceId);
    expect(cut).toMatchObject({ state: 'ended', ended_how: 'cut-short' });
    await inState(held, 'held');
    await service.letter('grace@example.org', new RegExp(`Your turn on @${account.handle} has ended early`));
    await eventually(async () => (await queued(account, 'thanks')).includes('grace'), patience);
    expect(
      await service.db.query(
        "SELECT 1 FROM messages WHERE account_id = $1 AND channel = 'post' AND key LIKE '% thanks'",
        [account.id],
      ),
    ).toEqual([]);
    const between = await postFromPhone(service, account, `Nobody’s ${account.slug}`);
    expect((await press(olu, `${graceId}/cut-short`))?.status).toBe(409);

    await olu?.get(`/team/${account.slug}/bad-day`);
    expect(olu?.words).toContain('Cut short; it was to last until Friday 11 December 2026 at 6pm GMT');
    await press(olu, `${graceId}/reinstate`, { reason: 'A mistake of ours' });
    expect(await may(account, graceId)).toBe('allowed');
    expect(await standingOf(service, graceId)).toMatchObject({ state: 'active', ended_how: null });
    await service.letter('grace@example.org', new RegExp(`Your turn on @${account.handle} goes on`));
    const after = await postFromPhone(service, account, `Hers again ${account.slug}`);
    const credits = await eventually(async () => {
      await service.app.get(FeedJobs).pull(account.id);
      const rows = await service.db.query<{ network_id: string; stint_id: string | null }>(
        'SELECT network_id, stint_id FROM feed_posts WHERE account_id = $1',
        [account.id],
      );
      return rows.length < 3 ? null : new Map(rows.map((row) => [row.network_id, row.stint_id]));
    }, patience);
    expect([before, between, after].map((id) => credits.get(id))).toEqual([graceId, null, graceId]);
    const spans = await service.db.query('SELECT closed_at FROM grants WHERE stint_id = $1 ORDER BY opens_at', [
      graceId,
    ]);
    expect(spans.map(({ closed_at }) => closed_at === null)).toEqual([false, true]);
    await eventually(async () => {
      const open = await service.db.query(
        'SELECT 1 FROM boundaries WHERE account_id = $1 AND started_at IS NOT NULL AND done_at IS NULL',
        [account.id],
      );
      return open.length === 0;
    }, patience);
    expect(await verbs(account)).toEqual(
      expect.arrayContaining(['stint.cut-short', 'handover.started', 'stint.given-back']),
    );
  }, 60_000);

  it('ends a no-show kindly and without thanks, and refuses that of somebody who has posted', async () => {
    await press(olu, `${graceId}/no-show`, { reason: 'We could not reach you' });
    expect(await standingOf(service, graceId)).toMatchObject({ state: 'ended', ended_how: 'no-show' });
    const letter = await service.letter('grace@example.org', new RegExp(`We missed you on @${account.handle}`));
    expect(letter.text).toContain('Why: We could not reach you');
    await eventually(async () => {
      const [step] = await service.db.query<{ state: string }>(
        "SELECT s.state FROM steps s JOIN boundaries b ON b.id = s.boundary_id WHERE b.account_id = $1 AND s.name = 'thank'",
        [account.id],
      );
      return step?.state === 'done';
    }, patience);
    expect(await queued(account, 'thanks')).toEqual([]);
    const rota = (await (await fetch(`${service.url}/${account.slug}/rota.json`)).json()) as {
      turns: { id: string }[];
    };
    expect(rota.turns.map(({ id }) => id)).not.toContain(graceId);
    await press(olu, `${graceId}/reinstate`, { reason: 'There they are' });
    const id = await planned(account, graceId, `Here I am ${account.slug}`, await service.db.now());
    await inState(id, 'sent');
    expect((await press(olu, `${graceId}/cut-short`))?.status).toBe(200);
    await press(olu, `${graceId}/reinstate`);
    await olu?.get(`/team/${account.slug}/bad-day/${graceId}/no-show`);
    expect(olu?.page.status).toBe(409);
    expect(olu?.words).toContain('Cut the turn short instead');
  }, 60_000);

  it('replaces through an approver where the account asks for four eyes', async () => {
    const ada = await accepted(service, account, 'Ada');
    await olu?.get(`/team/${account.slug}/bad-day/${graceId}/replace`);
    expect(olu?.words).toContain('four eyes');
    expect(olu?.page.text).not.toContain('at-once');
    await olu?.submit({ applicationId: ada.applicationId, reason: 'Grace is ill' }, 'replace');
    expect(await may(account, graceId)).toBe('ended');
    const asked = await service.letter('priya@example.org', /somebody is proposed in place of Grace/);
    expect(asked.text).toContain('Nothing is offered before an approver has looked at it');
    const [made] = await service.db.query<{ id: string; state: string }>(
      'SELECT id, state FROM stints WHERE person_id = $1 AND account_id = $2',
      [ada.personId, account.id],
    );
    expect(made?.state).toBe('proposed');
    const priya = await signedIn(service, 'Priya');
    await priya.get(`/team/${account.slug}/stints/${made?.id}`);
    await priya.submit({}, 'approvals');
    await service.letter('ada@example.org', new RegExp(`Your turn on @${account.handle}: please say yes or no`));
    expect((await press(olu, `${graceId}/reinstate`))?.status).toBe(409);
  }, 60_000);

  it('replaces at once where one person may approve alone, under an agreement accepted before', async () => {
    await service.db.write((tx) => tx.query('UPDATE accounts SET self_approval = true WHERE id = $1', [account.id]));
    const ada = await accepted(service, account, 'Ada');
    await olu?.get(`/team/${account.slug}/bad-day/${graceId}/replace`);
    const fields = { applicationId: ada.applicationId, way: 'at-once', reason: 'Grace is ill' };
    const refused = await olu?.submit(fields, 'replace');
    expect(refused?.status).toBe(409);
    expect(await may(account, graceId)).toBe('allowed');
    const [agreement] = await service.db.query<{ id: string }>('SELECT id FROM agreements WHERE account_id = $1', [
      account.id,
    ]);
    const earlier = await turnOf(service, account, 'Ada', '2027-02-01T08:00:00Z', '2027-02-05T18:00:00Z');
    await service.db.write((tx) =>
      tx.query('UPDATE stints SET agreement_id = $2 WHERE id = $1', [earlier.stintId, agreement?.id]),
    );

    await olu?.get(`/team/${account.slug}/bad-day/${graceId}/replace`);
    expect(olu?.words).toContain('Has accepted the newest agreement before');
    await olu?.submit(fields, 'replace');
    const made = olu?.page.url.split('/').at(-1) ?? '';
    await eventually(async () => (await may(account, made)) === 'allowed', patience);
    expect(await may(account, graceId)).toBe('ended');
    expect(await standingOf(service, made)).toMatchObject({
      state: 'active',
      ends_at: new Date('2026-12-11T18:00:00Z'),
    });
    await service.letter('ada@example.org', new RegExp(`You take over @${account.handle}`));
    await service.letter('priya@example.org', new RegExp(`@${account.handle}: Grace was replaced`));
    expect((await press(olu, `${graceId}/reinstate`))?.status).toBe(409);
    expect(olu?.words).toContain('The seat is no longer free');
  }, 60_000);

  it('replaces somebody before their start: one is told, the other is offered the whole turn', async () => {
    await service.db.write((tx) => tx.query('UPDATE accounts SET self_approval = true WHERE id = $1', [account.id]));
    const ada = await accepted(service, account, 'Ada');
    const dates = ['2026-12-14T08:00:00Z', '2026-12-18T18:00:00Z'] as const;
    const coming = await turnOf(service, account, 'Cass', ...dates);
    expect((await olu?.get(`/team/${account.slug}/bad-day/${coming.stintId}/cut-short`))?.status).toBe(409);
    await press(olu, `${coming.stintId}/replace`, { applicationId: ada.applicationId, reason: 'Cass is ill' });
    const made = await standingOf(service, olu?.page.url.split('/').at(-1) ?? '');
    expect(made).toMatchObject({ state: 'offered', opens_at: null });
    expect(olu?.words).toContain('Monday 14 December 2026 at 8am GMT');
    const told = await service.letter('cass@example.org', new RegExp(`Your turn on @${account.handle} is cancelled`));
    expect(told.text).toContain('Why: Cass is ill');
    await service.letter('ada@example.org', new RegExp(`Your turn on @${account.handle}: please say yes or no`));
    expect(await standingOf(service, coming.stintId)).toMatchObject({ state: 'cancelled' });
    expect(await may(account, graceId)).toBe('allowed');
  }, 60_000);

  it('lets a curator call the team without a word, then pause the account, and the team lift it', async () => {
    await grace?.get(`/${account.slug}/desk`);
    expect(grace?.page.text).toContain(`/me/stints/${graceId}/help`);
    await grace?.get('/me');
    expect(grace?.page.text).toContain(`/me/stints/${graceId}/help`);
    await grace?.get(`/me/stints/${graceId}/help`);
    expect(grace?.words).not.toContain('Pause the account now');
    await grace?.submit({}, 'help');
    expect(grace?.words).toContain('The team has been told');
    for (const name of ['olu', 'kim'])
      await service.letter(`${name}@example.org`, new RegExp(`@${account.handle}.*Grace`, 's'));
    await service.letter('priya@example.org', new RegExp(`Urgent: Grace asks for help with @${account.handle}`));
    expect(await may(account, graceId)).toBe('allowed');
    await grace?.submit({}, 'help/pause');
    expect(grace?.words).toContain('The account is paused');
    expect(await may(account, graceId)).toBe('held');
    expect((await service.app.get(Grants).ask({ kind: 'house' }, account)).why).toBe('allowed');
    expect((await grace?.get(`/team/${account.slug}/bad-day/pause/end`))?.status).toBe(403);
    await olu?.get(`/team/${account.slug}/bad-day`);
    expect(olu?.words).toContain('Asked for help in the last day Grace');
    await press(olu, 'pause/end');
    expect(await may(account, graceId)).toBe('allowed');
    expect((await olu?.get(`/me/stints/${graceId}/help`))?.status).toBe(404);
    await press(olu, `${graceId}/cut-short`);
    await grace?.get(`/me/stints/${graceId}/help?told=yes`);
    expect(grace?.words).not.toContain('Pause the account now');
    expect(
      await service.app
        .get(AccountHolds)
        .pauseOwn(account, graceId, await personId(service, 'Grace'), 'Too late')
        .catch((error: Error) => error.message),
    ).toBe('You do not have the account at this moment, so you cannot pause it.');
  }, 60_000);
});

describe('the bad day of an account that is delegated on X', () => {
  let account: Account;
  let graceId: string;
  let olu: Visitor;

  beforeAll(async () => {
    service = await startService({ clockStart: new Date('2026-12-09T10:00:00Z') });
    account = await makeAccount(service, { handle: 'Lent', handOverBy: 'delegate', thanksPost: false });
    graceId = await onDuty(service, account, 'Grace');
    await service.db.write((tx) =>
      tx.query(
        `INSERT INTO delegations (account_id, stint_id, person_id, handle, invited_at)
         SELECT account_id, id, person_id, 'grace_x', $2 FROM stints WHERE id = $1`,
        [graceId, tx.now],
      ),
    );
    olu = await signedIn(service, 'Olu');
  }, 60_000);
  afterAll(() => service?.stop());

  it('asks for proof that a delegate is gone, and for another invitation when the turn is given back', async () => {
    const press = async (act: string) => {
      await olu.get(`/team/lent/bad-day/${graceId}/${act}`);
      return olu.submit({ reason: 'A complaint' }, act);
    };
    await olu.get(`/team/lent/bad-day/${graceId}/no-show`);
    expect(olu.words).toContain('Baton does not see who posted outside it');
    await press('cut-short');
    await eventually(async () => (await olu.get('/team/lent/tasks')).text.includes('Remove @grace_x'), patience);
    const step = async () => {
      const [row] = await service.db.query<{ state: string; waits_for: string | null }>(
        "SELECT s.state, s.waits_for FROM steps s JOIN boundaries b ON b.id = s.boundary_id WHERE b.outgoing = ARRAY[$1]::uuid[] AND s.name = 'check'",
        [graceId],
      );
      return `${row?.state} ${row?.waits_for}`;
    };
    await eventually(async () => (await step()) === 'waiting proof', patience);

    await press('reinstate');
    expect(await may(account, graceId)).toBe('allowed');
    await eventually(async () => (await step()) === 'done null', patience);
    await olu.get('/team/lent/tasks');
    expect(olu.words).not.toContain('Remove @grace_x');

    await press('cut-short');
    await olu.get('/team/lent/tasks');
    await olu.submit({}, 'removals');
    await eventually(async () => (await olu.get('/team/lent/tasks')).text.includes('back to the house'), patience);
    await olu.submit({}, 'ticks');
    await press('reinstate');
    await eventually(async () => (await olu.get('/team/lent/tasks')).text.includes('@Lent to the curator'), patience);
    expect(olu.words).toContain('Give @grace_x access to @Lent');
    expect(await verbs(account)).toEqual(expect.arrayContaining(['delegate.removed', 'stint.given-back']));
  }, 60_000);
});

describe('at the instants that matter', () => {
  const ms = (instant: Date, by: number) => new Date(instant.getTime() + by);
  let by: string;

  beforeAll(async () => {
    service = await startService({ clockStart: new Date('2026-10-19T06:00:00Z') });
    by = await personId(service, 'Olu');
  }, 60_000);
  afterAll(() => service?.stop());

  /** Stops the service's clock at an instant: as good as stopped, for its speed must be above nothing. */
  async function stopAt(instant: Date): Promise<void> {
    await service.db.write((tx) =>
      tx.query('UPDATE clock_anchor SET anchored_at = clock_timestamp(), service_start = $1, speed = 1e-9', [instant]),
    );
    await service.db.readAnchor();
  }

  async function running(handle: string, from: Date, to: Date) {
    await stopAt(ms(from, -60_000));
    const always = { opens: '00:00', closes: '24:00' };
    const days = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((day) => [day, always]));
    const account = await makeAccount(service, { handle, postingHours: { zone: 'Europe/London', days } });
    const { stintId } = await turnOf(service, account, 'Grace', from.toISOString(), to.toISOString());
    await stopAt(from);
    await service.app.get(Handovers).resume(account.id);
    return { account, stintId };
  }

  it.each([
    ['back', 'Autumn', new Date('2026-10-25T00:30:00Z'), new Date('2026-10-25T01:30:00Z')],
    ['on', 'Spring', new Date('2027-03-28T00:30:00Z'), new Date('2027-03-28T01:30:00Z')],
  ])(
    'obeys to the millisecond where the clocks go %s',
    async (_, handle, from, to) => {
      const { account, stintId } = await running(handle, from, to);
      const [holds, ends] = [service.app.get(AccountHolds), service.app.get(EarlyEnds)];
      const change = new Date(from.getTime() + 30 * 60_000);
      const because = { reason: 'A test' };
      expect(await may(account, stintId)).toBe('allowed');
      for (const instant of [from, ms(from, 1), ms(change, -1), change, ms(change, 1), ms(to, -1)]) {
        await stopAt(instant);
        expect(await holds.act(account, 'pause', because, by)).toBe(true);
        expect(await may(account, stintId)).toBe('held');
        expect(await holds.act(account, 'take-over', because, by)).toBe(true);
        expect(await may(account, stintId)).toBe('held');
        expect(await holds.act(account, 'give-back', because, by)).toBe(true);
        expect(await may(account, stintId)).toBe('allowed');
        await ends.end(account, stintId, 'cut-short', 'A test', by);
        expect(await may(account, stintId)).toBe('ended');
        const { startsAt, endsAt } = (await spanOf(stintId)) ?? {};
        expect([startsAt, endsAt]).toEqual([from, instant > from ? instant : ms(from, 1)]);
        await ends.reinstate(account, stintId, 'A test', by);
        expect(await may(account, stintId)).toBe('allowed');
        expect(await spanOf(stintId)).toEqual({ startsAt: from, endsAt: to });
      }
      await stopAt(ms(to, -1));
      await ends.end(account, stintId, 'cut-short', 'A test', by);
      await stopAt(to);
      await expect(ends.reinstate(account, stintId, 'A test', by)).rejects.toThrow('The time of this turn is over');
      expect(await may(account, stintId)).toBe('ended');
    },
    60_000,
  );

  it('leaves a turn that has reached its end to its handover', async () => {
    const [from, to] = [new Date('2027-04-05T07:00:00Z'), new Date('2027-04-09T17:00:00Z')];
    const { account, stintId } = await running('Ended', from, to);
    await stopAt(to);
    const end = service.app.get(EarlyEnds).end(account, stintId, 'cut-short', 'A test', by);
    await expect(end).rejects.toThrow('Its handover closes it by itself');
    const given = { stintId, applicationId: stintId, way: 'offer', reason: 'A test' } as const;
    await expect(service.app.get(Replacements).replace(account, given, by)).rejects.toThrow('This slot is over');
    await service.app.get(Handovers).resume(account.id);
    expect(await standingOf(service, stintId)).toMatchObject({ state: 'ended', ended_how: 'completed', closed_at: to });
  }, 60_000);

  async function spanOf(stintId: string) {
    const [span] = await service.db.query<{ startsAt: Date; endsAt: Date }>(
      'SELECT starts_at AS "startsAt", ends_at AS "endsAt" FROM stints WHERE id = $1',
      [stintId],
    );
    return span;
  }
});
