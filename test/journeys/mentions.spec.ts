import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parse } from 'node-html-parser';
import type { Account } from '../../src/credentials/account.entity.js';
import { NetworkBudgets } from '../../src/credentials/network-budgets.service.js';
import { MentionPulls } from '../../src/desk/mentions/mention-pulls.service.js';
import { MentionRechecks } from '../../src/desk/mentions/mention-rechecks.service.js';
import { MentionsJobs } from '../../src/desk/mentions/mentions.jobs.js';
import { Outbox } from '../../src/messages/outbox.service.js';
import { Retention } from '../../src/operations/retention.service.js';
import { makeAccount, onDuty, pastTurn, personId, signedIn } from '../support/community.js';
import { eventually } from '../support/poll.js';
import { Pretend } from '../support/pretend.js';
import { type Service, startService } from '../support/service.js';
import { lag } from '../support/simulated.js';
import type { Visitor } from '../support/visitor.js';

jest.setTimeout(90_000);

const TUESDAY = new Date('2026-12-08T10:00:00Z');
const SLOW = { within: 30_000 };

let service: Service;
let network: Pretend;
let nhs: Account;
let grace: Visitor;
/** A post of the account's own, and one that asks it something. */
let ours: string;
let asked: string;

beforeAll(async () => {
  service = await startService({ clockStart: TUESDAY });
  network = new Pretend(service);
  for (const handle of ['Ada_L', 'Stranger']) await network.profile(handle, { name: `${handle} & co` });
  nhs = await makeAccount(service);
  await onDuty(service, nhs, 'Grace');
  grace = await signedIn(service, 'Grace');
});
afterAll(() => service?.stop());

/** Moves the clock past the next look, and looks. */
async function looked(minutes = 3): Promise<void> {
  const before = await pulled();
  await service.moveClock(new Date((await service.db.now()).getTime() + minutes * 60_000));
  await service.app.get(MentionsJobs).sweep();
  await eventually(async () => (await pulled()) > before, SLOW);
}

async function pulled(): Promise<number> {
  const [row] = await service.db.query<{ at: Date | null }>('SELECT pulled_at AS at FROM mention_pulls');
  return row?.at?.getTime() ?? 0;
}

/** The cards of the page seen last, as words. */
function cards(visitor = grace): string[] {
  return parse(visitor.page.text)
    .querySelectorAll('li.baton-card')
    .map((card) => card.textContent.replace(/\s+/g, ' ').trim());
}

describe('the inbox of the person on duty', () => {
  it('says that nobody has spoken only after X has said so, and not when it failed', async () => {
    await looked();
    await grace.get('/nhs/desk/mentions');
    expect([grace.words.includes('Nobody has spoken to @NHS'), cards()]).toEqual([true, []]);
    await network.fail('mentions', '503');
    await service.moveClock(new Date((await service.db.now()).getTime() + 180_000));
    await service.app.get(MentionsJobs).sweep();
    await eventually(async () => {
      await grace.get('/nhs/desk/mentions');
      return grace.words.includes('X has not answered since');
    }, SLOW);
    expect(grace.words).not.toContain('Nobody has spoken');
    await network.heal();
    await looked(5);
  });

  it('shows who spoke to the account, by name, in answer or by quoting, with nothing that could run', async () => {
    ours = await network.post({ handle: 'NHS', text: 'Ask us anything' });
    asked = await network.post({
      handle: 'Ada_L',
      text: '@NHS <script>alert(1)</script> why #NHScurator? https://nhs.uk',
    });
    const answered = await network.post({ handle: 'Stranger', text: 'Me first', replyTo: ours });
    await network.post({ handle: 'Stranger', text: 'Look at this, @nhs', quoteOf: ours });
    await network.post({ handle: 'Stranger', text: 'Nothing to do with it' });
    await network.post({ handle: 'Stranger', repostOf: ours });
    await looked();
    await grace.get('/nhs/desk/mentions');
    expect(cards().map((card) => /· (.*?) ·/.exec(card)?.[1])).toEqual([
      'Quoted one of our posts',
      'Answered one of our posts',
      'Mentioned us',
    ]);
    expect([grace.page.text.includes('<script>alert'), grace.words.includes('<script>alert(1)</script>')]).toEqual([
      false,
      true,
    ]);
    const links = parse(grace.page.text)
      .querySelectorAll('.baton-card a')
      .map((link) => link.getAttribute('href'));
    expect(links).toEqual(
      expect.arrayContaining([
        ...['https://x.com/Ada_L', 'https://x.com/hashtag/NHScurator', 'https://x.com/NHS'],
        ...[`https://x.com/Ada_L/status/${asked}`, `https://x.com/Stranger/status/${answered}`],
        `/nhs/desk?reply=${asked}`,
      ]),
    );
    expect(grace.words).toMatch(/X was last asked (less than a minute|\d minutes?) ago/);
  });

  it('costs what the network bills, counted by kind where keepers see it', async () => {
    const costs = await service.db.query<{ kind: string; items: number; micro: number }>(
      `SELECT kind, items, micro_dollars::int AS micro FROM network_costs WHERE purpose = 'mentions' ORDER BY kind`,
    );
    expect(costs).toEqual([
      { kind: 'post-read', items: 3, micro: 15_000 },
      { kind: 'user-read', items: 2, micro: 20_000 },
    ]);
    // A pull of the feed may be under way: billed, and not yet counted.
    await eventually(async () => {
      const [row] = await service.db.query<{ all: number }>('SELECT sum(micro_dollars)::int AS all FROM network_costs');
      expect(row?.all).toBe((await network.meter()).microdollars);
      return true;
    });
    const kim = await signedIn(service, 'Kim');
    await kim.get('/team/nhs/connection');
    expect(kim.words).toMatch(/Kind Reading other posts How many 3 Cost \$0\.015/);
  });

  it('is pulled by one process at a time, and when somebody asks, but not twice within a minute', async () => {
    const before = await network.calls('mentions');
    const pulls = service.app.get(MentionPulls);
    await service.db.write((tx) => tx.query('UPDATE mention_pulls SET next_pull_at = $1', [tx.now]));
    await Promise.all(Array.from({ length: 4 }, () => pulls.pull(nhs.id)));
    expect(await network.calls('mentions')).toBe(before + 1);
    await grace.get('/nhs/desk/mentions');
    await grace.submit({}, 'looks');
    expect([grace.page.status, await network.calls('mentions')]).toEqual([200, before + 1]);
    await service.moveClock(new Date((await service.db.now()).getTime() + 61_000));
    await grace.submit({}, 'looks');
    await eventually(async () => (await network.calls('mentions')) === before + 2, SLOW);
  });
});

describe('a look', () => {
  it('that a lost process had begun is made by another', async () => {
    const before = await network.calls('mentions');
    await service.db.write((tx) =>
      tx.query(
        `UPDATE mention_pulls SET next_pull_at = $1, pull_lease_until = clock_timestamp() - interval '1 second'`,
        [new Date(tx.now.getTime() + 3_600_000)],
      ),
    );
    await service.app.get(MentionsJobs).sweep();
    await eventually(async () => (await network.calls('mentions')) > before, SLOW);
  });

  it('misses no post that the network shows later than newer ones', async () => {
    await lag(service, 90_000);
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) ids.push(await network.post({ handle: 'Stranger', text: `@NHS late ${n}` }));
    const late = async () =>
      (await service.db.query(`SELECT 1 FROM mentions WHERE post->>'text' LIKE '@NHS late%'`)).length;
    await service.moveClock(new Date((await service.db.now()).getTime() + 45_000));
    await service.db.write((tx) => tx.query('UPDATE mention_pulls SET next_pull_at = $1', [tx.now]));
    await service.app.get(MentionsJobs).sweep();
    await looked();
    await lag(service, 0);
    expect(await late()).toBe(12);
    await Promise.all(ids.map((id) => network.remove(id)));
    await service.db.write((tx) => tx.query('DELETE FROM mentions WHERE network_id = ANY ($1)', [ids]));
  });

  it('puts an edited post in the place of its older version', async () => {
    const first = await network.post({ handle: 'Ada_L', text: '@NHS frist' });
    await looked();
    const second = await network.post({ handle: 'Ada_L', text: '@NHS first', edits: first });
    await looked();
    const rows = await service.db.query(
      `SELECT network_id AS id, post->>'text' AS text FROM mentions WHERE network_id = ANY ($1)`,
      [[first, second]],
    );
    expect(rows).toEqual([{ id: second, text: '@NHS first' }]);
  });
});

describe('an answer from the inbox', () => {
  async function answer(id: string, text: string): Promise<void> {
    await grace.get(`/nhs/desk?reply=${id}`);
    await grace.submit({ text }, 'publications');
  }

  async function sent(text: string): Promise<{ state: string; replyTo: string; detail: string | null } | undefined> {
    const [row] = await service.db.query<{ state: string; replyTo: string; detail: string | null }>(
      `SELECT state, reply_to AS "replyTo", detail FROM messages WHERE data->>'text' = $1 ORDER BY created_at DESC LIMIT 1`,
      [text],
    );
    return row;
  }

  async function atNetwork(text: string) {
    const posts = await network.posts();
    return posts.filter((post) => post.text.endsWith(text));
  }

  it('goes through the desk and reaches the network as an answer, at its price', async () => {
    await grace.get(`/nhs/desk?reply=${asked}`);
    expect([grace.words.includes('In answer to Ada_L & co @Ada_L'), grace.words.includes('Price: $0.01')]).toEqual([
      true,
      true,
    ]);
    await grace.submit({ text: 'Because we care' }, 'publications');
    expect(grace.words).toContain('Your post is on its way');
    await eventually(async () => (await sent('Because we care'))?.state === 'sent', SLOW);
    expect((await atNetwork('Because we care')).map(({ text, replyTo }) => [text, replyTo])).toEqual([
      ['@Ada_L Because we care', asked],
    ]);
    await grace.get('/nhs/desk/mentions');
    expect(cards().find((card) => card.includes('why #NHScurator'))).toMatch(
      /^Answered By Grace · View the answer on X/,
    );
    const [cost] = await service.db.query(`SELECT items FROM network_costs WHERE kind = 'summoned-reply'`);
    expect(cost).toEqual({ items: 1 });
  });

  it('that X refuses says why in plain words, and is not offered again', async () => {
    const closed = await network.post({ handle: 'Stranger', text: '@NHS but do not answer' });
    await looked();
    await network.failOnce('create', '403-reply', 1);
    await answer(closed, 'We would like to');
    const refused = await eventually(async () => {
      const row = await sent('We would like to');
      return row?.state === 'refused' ? row : null;
    }, SLOW);
    expect(refused.detail).toMatch(/^X does not let this account answer that post: its author has limited/);
    await grace.get('/nhs/desk/mentions');
    const card = cards().find((each) => each.includes('but do not answer')) ?? '';
    expect([card.includes('You cannot answer it through Baton'), /Answer(?: again)? to/.test(card)]).toEqual([
      true,
      false,
    ]);
    expect(card).toContain('View on X');
  });

  it('that nobody asked for has a reason in place of a way, and is refused here before X is asked', async () => {
    const named = await network.post({ handle: 'Stranger', text: '@NHS this will be edited' });
    await looked();
    await service.db.write((tx) =>
      tx.query(`UPDATE mentions SET post = jsonb_set(post, '{entities,mentions}', '[]') WHERE network_id = $1`, [
        named,
      ]),
    );
    await grace.get('/nhs/desk/mentions');
    const card = cards().find((each) => each.includes('this will be edited')) ?? '';
    expect([card.includes('X lets us answer only where'), /Answer to/.test(card)]).toEqual([true, false]);
    const calls = await network.calls('create');
    await answer(named, 'Hello there');
    expect([grace.page.status, grace.words.includes('Here nobody did')]).toEqual([403, true]);
    expect([await sent('Hello there'), await network.calls('create')]).toEqual([undefined, calls]);
  });

  it('without an answer from X is found by what it answers, not mixed up with the same words elsewhere', async () => {
    const [one, two] = [
      await network.post({ handle: 'Stranger', text: '@NHS first question' }),
      await network.post({ handle: 'Ada_L', text: '@NHS second question' }),
    ];
    await looked();
    await answer(one, 'Thank you');
    await eventually(async () => (await sent('Thank you'))?.state === 'sent', SLOW);
    await network.failOnce('create', 'applied-reset', 1);
    await answer(two, 'Thank you');
    await eventually(async () => (await sent('Thank you'))?.state === 'unknown', SLOW);
    await service.moveClock(new Date((await service.db.now()).getTime() + 25_000));
    await eventually(async () => (await sent('Thank you'))?.state === 'sent', SLOW);
    const rows = await service.db.query<{ replyTo: string; ref: string }>(
      `SELECT reply_to AS "replyTo", provider_ref AS ref FROM messages WHERE data->>'text' = 'Thank you'`,
    );
    const shown = await atNetwork('Thank you');
    expect(shown).toHaveLength(2);
    for (const { replyTo, ref } of rows) expect(shown.find(({ id }) => id === ref)?.replyTo).toBe(replyTo);
  });

  it('can be undone within the time for that, and is an answer still; with four eyes it waits for the other two', async () => {
    const question = await network.post({ handle: 'Ada_L', text: '@NHS may I come?' });
    await looked();
    const rule = (change: string) => service.db.write((tx) => tx.query(`UPDATE desk_settings SET ${change}`));
    await rule('undo_seconds = 90');
    await answer(question, 'You may');
    await grace.submit({}, 'take-backs');
    expect([(await sent('You may'))?.state, grace.words.includes('In answer to Ada_L & co')]).toEqual([
      'withdrawn',
      true,
    ]);
    await rule(`undo_seconds = 0, approval = 'always'`);
    await grace.submit({ text: 'You may indeed' }, 'publications');
    expect([grace.words.includes('waits for the team'), await sent('You may indeed')]).toEqual([true, undefined]);
    const olu = await signedIn(service, 'Olu');
    await olu.get('/team/nhs/approvals');
    expect(olu.words).toMatch(/In answer to Ada_L & co @Ada_L .* may I come\?/);
    await olu.submit({}, '/approvals');
    await rule(`approval = 'off'`);
    await eventually(async () => (await sent('You may indeed'))?.state === 'sent', SLOW);
    expect((await atNetwork('You may indeed')).map(({ replyTo }) => replyTo)).toEqual([question]);
  });

  it('goes on with a post of the account’s own, at the price of a post', async () => {
    const [row] = await service.db.query<{ ref: string }>(
      `SELECT provider_ref AS ref FROM messages WHERE data->>'text' = 'Because we care'`,
    );
    await grace.get(`/nhs/desk?reply=${row?.ref}`);
    expect(grace.words).toContain('Price: $0.015');
    await grace.submit({ text: 'And always will' }, 'publications');
    await eventually(async () => (await sent('And always will'))?.state === 'sent', SLOW);
    expect((await atNetwork('And always will')).map(({ text, replyTo }) => [text, replyTo])).toEqual([
      ['And always will', row?.ref],
    ]);
  });

  it('in several parts still answers when its first part was left out', async () => {
    const question = await network.post({ handle: 'Ada_L', text: '@NHS tell me all of it' });
    await looked();
    await network.failOnce('create', '453', 1);
    const id = await service.db.write((tx) => {
      const given = { accountId: nhs.id, stintId: null, authorId: null, dueAt: tx.now, key: 'an answer in parts' };
      const parts = [{ text: 'The first of all' }, { text: 'The rest of all' }];
      const cause = { kind: 'account' as const, id: nhs.id };
      return service.app.get(Outbox).thread(tx, { ...given, cause, parts, replyTo: question, summoned: true });
    });
    await eventually(async () => (await sent('The first of all'))?.state === 'refused', SLOW);
    const olu = await signedIn(service, 'Olu');
    await olu.get(`/team/nhs/messages/${id}`);
    await olu.submit({}, 'omissions');
    await eventually(async () => (await sent('The rest of all'))?.state === 'sent', SLOW);
    expect((await atNetwork('The rest of all')).map(({ replyTo }) => replyTo)).toEqual([question]);
  });

  it('to a post that has gone is kept as a draft with the reason', async () => {
    const going = await network.post({ handle: 'Stranger', text: '@NHS I shall delete this' });
    await looked();
    await network.remove(going);
    await service.moveClock(new Date('2026-12-09T10:00:00Z'));
    await grace.get(`/nhs/desk?reply=${going}`);
    await service.app.get(MentionRechecks).sweep();
    const rows = await service.db.query<{ id: string }>('SELECT network_id AS id FROM mentions');
    expect([rows.length > 4, rows.some(({ id }) => id === going)]).toEqual([true, false]);
    await grace.submit({ text: 'Too late' }, 'publications');
    expect([grace.page.status, grace.words.includes('is gone, or is not kept here any more')]).toEqual([403, true]);
    expect(grace.page.text).toContain('>Too late</textarea>');
  });
});

describe('hiding a mention', () => {
  it('puts it away for one person, who can have it back', async () => {
    await grace.get('/nhs/desk/mentions');
    const all = cards().length;
    await grace.submit({}, `${asked}/hidings`);
    expect([cards().length, grace.words.includes('Show the one that you have hidden')]).toEqual([all - 1, true]);
    const olu = await signedIn(service, 'Olu');
    await olu.get('/team/nhs/mentions');
    expect([cards(olu).length, olu.page.text.includes('hidings'), olu.page.text.includes('?reply=')]).toEqual([
      all,
      false,
      false,
    ]);
    await grace.get('/nhs/desk/mentions?hidden=yes');
    expect(cards().map((card) => card.includes('why #NHScurator'))).toEqual([true]);
    await grace.submit({}, `${asked}/returns`);
    await grace.get('/nhs/desk/mentions');
    expect(cards()).toHaveLength(all);
    const verbs = await service.db.query(`SELECT verb FROM audit_entries WHERE verb LIKE 'mention.%' ORDER BY seq`);
    expect(verbs).toEqual([{ verb: 'mention.hidden' }, { verb: 'mention.shown-again' }]);
  });

  it('and reading are for nobody but the person on duty and organisers', async () => {
    await pastTurn(service, nhs, 'Hana', {
      startsAt: new Date('2026-11-30T08:00:00Z'),
      endsAt: new Date('2026-12-04T18:00:00Z'),
    });
    const [hana, rhian] = [await signedIn(service, 'Hana'), await signedIn(service, 'Rhian')];
    expect((await hana.get('/nhs/desk/mentions')).status).toBe(403);
    expect(hana.words).toContain('You can read them while it is your turn');
    await hana.get('/nhs/desk');
    expect((await hana.post(`/nhs/desk/mentions/${asked}/hidings`, formToken(hana))).status).toBe(403);
    expect((await hana.post('/nhs/desk/mentions/looks', formToken(hana))).status).toBe(403);
    expect((await rhian.get('/team/nhs/mentions')).status).toBe(403);
    expect(await service.db.query('SELECT 1 FROM hidden_mentions')).toEqual([]);
  });
});

describe('pages of the inbox', () => {
  it('hold twenty mentions each, without gaps or repeats', async () => {
    for (let n = 0; n < 42; n += 1) await network.post({ handle: 'Stranger', text: `@NHS number ${n}.` });
    await looked();
    const numbers: string[] = [];
    await grace.get('/nhs/desk/mentions');
    for (let pages = 0; pages < 3; pages += 1) {
      numbers.push(...cards().flatMap((card) => /number (\d+)\./.exec(card)?.[1] ?? []));
      const older = parse(grace.page.text).querySelector('a[href*="before="]')?.getAttribute('href');
      if (pages < 2) await grace.get(older?.replaceAll('&amp;', '&') ?? '');
    }
    expect(numbers).toEqual(Array.from({ length: 42 }, (_, n) => String(41 - n)));
  });
});

describe('the day’s budget', () => {
  afterAll(() => budget(null));

  async function budget(microDollars: number | null): Promise<void> {
    await service.db.write((tx) => service.app.get(NetworkBudgets).set(tx, nhs.id, microDollars));
  }

  it('when it is used up stops the looks until the next day, and the page says so', async () => {
    await budget(100_000);
    const before = await network.calls('mentions');
    await service.moveClock(new Date((await service.db.now()).getTime() + 180_000));
    await service.app.get(MentionsJobs).sweep();
    expect(await network.calls('mentions')).toBe(before);
    await grace.get('/nhs/desk/mentions');
    expect(grace.words).toContain('The budget for calls to X is used up for today');
    const [row] = await service.db.query<{ next: Date }>('SELECT next_pull_at AS next FROM mention_pulls');
    expect(row?.next).toEqual(new Date('2026-12-10T00:00:00Z'));
  });

  it('lets no look read more than it pays for', async () => {
    const [spent] = await service.db.query<{ micro: number }>(
      `SELECT sum(micro_dollars)::int AS micro FROM network_costs WHERE day = '2026-12-09'`,
    );
    // A pull of the feed meanwhile may cost a little.
    await budget((spent?.micro ?? 0) + 6 * 15_000 + 14_000);
    for (let n = 0; n < 9; n += 1) await network.post({ handle: 'Stranger', text: `@NHS of nine ${n}` });
    await service.db.write((tx) => tx.query('UPDATE mention_pulls SET next_pull_at = $1', [tx.now]));
    await service.app.get(MentionsJobs).sweep();
    const [kept] = await service.db.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM mentions WHERE post->>'text' LIKE '@NHS of nine%'`,
    );
    await grace.get('/nhs/desk/mentions');
    expect([kept?.count, grace.words.includes('More people wrote at once than Baton reads')]).toEqual([6, true]);
  });
});

describe('notes for the next curator', () => {
  it('are kept with the turn, changed until it ends, and read by the next curator and by organisers', async () => {
    await grace.get('/nhs/desk/notes');
    await grace.submit({ text: 'Ada <b>waits</b> for an answer' }, 'desk/notes');
    await grace.get('/nhs/desk/notes');
    await grace.submit({ text: 'Ada has <b>her</b> answer' }, 'desk/notes');
    expect([grace.words.includes('Your notes are kept'), grace.page.text.includes('<b>her')]).toEqual([true, false]);
    expect(grace.words).not.toMatch(/From .*Turn of/);
    const audited = await service.db.query<{ detail: object }>(
      `SELECT detail FROM audit_entries WHERE verb = 'turn.notes-kept' ORDER BY seq`,
    );
    expect(audited).toEqual([{ detail: { characters: 30 } }, { detail: { characters: 25 } }]);
    const olu = await signedIn(service, 'Olu');
    await olu.get('/team/nhs/notes');
    expect(olu.words).toContain('Ada has <b>her</b> answer');
    await nextTurn('Ivo');
    const ivo = await signedIn(service, 'Ivo');
    await ivo.get('/nhs/desk');
    expect([ivo.words.includes('Ada has <b>her</b> answer'), ivo.words.includes('From Grace')]).toEqual([true, true]);
    await ivo.get('/nhs/desk/notes');
    expect(ivo.words).toMatch(/From Grace Ada has <b>her<\/b> answer\s*Turn of Monday 7 December/);
    const hana = await signedIn(service, 'Hana');
    await hana.get('/nhs/desk');
    expect(hana.words).not.toContain('Ada has');
    await hana.post('/nhs/desk/notes', { ...formToken(hana), text: 'Mine' });
    expect(hana.page.status).toBe(403);
  });

  it('have room for so much', async () => {
    await grace.get('/nhs/desk/notes');
    await grace.submit({ text: 'x'.repeat(2001) }, 'desk/notes');
    expect([grace.page.status, grace.words.includes('under 2000 characters')]).toEqual([422, true]);
  });
});

describe('when nobody is on duty', () => {
  it('nobody is asked, and nobody can answer, hide or write notes', async () => {
    await grace.get('/nhs/desk/mentions');
    const { page } = grace;
    await service.moveClock(new Date('2026-12-11T18:20:00Z'));
    await looked(3);
    await service.moveClock(new Date('2026-12-12T12:00:00Z'));
    const before = await network.calls('mentions');
    await service.app.get(MentionsJobs).sweep();
    await service.app.get(MentionRechecks).sweep();
    expect(await network.calls('mentions')).toBe(before);
    grace.page = page;
    await grace.submit({}, '/hidings');
    expect([grace.page.status, await service.db.query('SELECT 1 FROM hidden_mentions')]).toEqual([403, []]);
    await grace.get(`/nhs/desk?reply=${asked}`);
    expect([grace.words.includes('why #NHScurator'), grace.words.includes('while it is your turn')]).toEqual([
      false,
      true,
    ]);
    await grace.submit({ text: 'After my turn' }, 'publications');
    expect(grace.page.status).toBe(403);
    expect(await service.db.query(`SELECT 1 FROM messages WHERE data->>'text' = 'After my turn'`)).toEqual([]);
    await grace.get('/nhs/desk/notes');
    expect([grace.words.includes('They cannot be changed now'), grace.page.text.includes('<textarea')]).toEqual([
      true,
      false,
    ]);
  });
});

describe('what strangers said', () => {
  it('goes after thirty days, with what was hidden, and notes and plans go with their author', async () => {
    const graceId = await personId(service, 'Grace');
    await service.db.write((tx) =>
      tx.query(
        `INSERT INTO hidden_mentions (account_id, network_id, person_id, hidden_at)
         SELECT account_id, network_id, $1, $2 FROM mentions WHERE network_id = $3`,
        [graceId, tx.now, asked],
      ),
    );
    await service.db.write((tx) =>
      tx.query(
        `INSERT INTO turn_plans (stint_id, person_id, text, saved_at) SELECT stint_id, person_id, 'Plan', saved_at FROM turn_notes`,
      ),
    );
    await service.moveClock(new Date('2027-01-20T12:00:00Z'));
    await service.app.get(Retention).sweep();
    expect(await service.db.query('SELECT 1 FROM mentions UNION ALL SELECT 1 FROM hidden_mentions')).toEqual([]);
    expect(await service.db.query('SELECT 1 FROM turn_notes')).toHaveLength(1);
    await service.db.write((tx) =>
      tx.query(`UPDATE accounts SET retention = jsonb_set(retention, '{curators}', '10')`),
    );
    // The turn's handover may still be at work after so long a jump.
    await eventually(async () => {
      await service.app.get(Retention).sweep();
      return (await service.db.query('SELECT 1 FROM turn_notes UNION ALL SELECT 1 FROM turn_plans')).length === 0;
    }, SLOW);
  });
});

/** The form token of the page seen last. */
function formToken(visitor: Visitor): Record<string, string> {
  return { _csrf: parse(visitor.page.text).querySelector('input[name=_csrf]')?.getAttribute('value') ?? '' };
}

/** Somebody's confirmed turn of next week. */
async function nextTurn(name: string): Promise<void> {
  const span = { startsAt: new Date('2026-12-14T08:00:00Z'), endsAt: new Date('2026-12-18T18:00:00Z') };
  const stintId = await pastTurn(service, nhs, name, span);
  await service.db.write(async (tx) => {
    await tx.query('DELETE FROM grants WHERE stint_id = $1', [stintId]);
    await tx.query(`UPDATE stints SET state = 'confirmed', ended_how = NULL WHERE id = $1`, [stintId]);
  });
}
