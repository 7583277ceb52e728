import { afterAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Account } from '../../src/credentials/account.entity.js';
import { Pulls } from '../../src/feed/pulls.service.js';
import { AccountHolds } from '../../src/handover/account-holds.service.js';
import { EarlyEnds } from '../../src/handover/early-ends.service.js';
import { Handovers } from '../../src/handover/handovers.service.js';
import { Instants } from '../../src/handover/instants.service.js';
import { Planning } from '../../src/handover/planning.service.js';
import { Replacements } from '../../src/handover/replacements.service.js';
import { Deliveries } from '../../src/messages/deliveries.service.js';
import { Outbox } from '../../src/messages/outbox.service.js';
import { instantOf } from '../../src/networks/network.js';
import { Blackouts } from '../../src/rota/blackouts.service.js';
import { Offers } from '../../src/rota/offers.service.js';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { Pretend } from '../support/pretend.js';
import { accepted, accountWithSlots, personCalled } from '../support/rota.js';
import { type Service, startService } from '../support/service.js';
import { connectSimulated } from '../support/simulated.js';
import { type Doing, oracle, type Plan, planOf, week } from '../support/year.js';

/** Four months with every test run, whole years in bin/prove. */
const YEARS = Number(process.env.YEARS ?? 0);
const WEEKS = YEARS ? 52 : 16;
const FIRST_MONDAY = '2026-12-07';
const SOME = { minLength: WEEKS, maxLength: WEEKS };
/** A pull sees the newest twenty: fewer are posted between two. */
const AT_ONCE = 15;
/** The clock nearly stands, so that a test knows the very millisecond at which something is done. */
const STANDING = 1e-5;

jest.setTimeout(180_000 + YEARS * 600_000);

/** A year that happens to an account: what is done is done through the services that pages and jobs use. */
class Living {
  private readonly stints = new Map<number, { id: string; applicationId: string; personId: string }>();
  /** What the service must say of each post: by id, the turn or null. */
  readonly expected = new Map<string, { turn: number | null; by: 'author' | 'grant' | 'house' }>();
  private waiting: { at: Date; post: () => Promise<void> }[];
  private posted = 0;

  constructor(
    private readonly service: Service,
    private readonly account: Account,
    private readonly network: Pretend,
    private readonly plan: Plan,
    private readonly by: string,
  ) {
    this.waiting = [
      ...plan.posts.map((at) => ({ at, post: () => this.telephone(at) })),
      ...plan.edits.map(({ first, last }) => ({ at: last, post: () => this.edited(first, last) })),
    ].sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  async live(): Promise<void> {
    for (const { at, does } of this.plan.doings) {
      await this.until(at);
      await this.does(does);
    }
    const last = this.waiting.at(-1)?.at;
    if (last) await this.until(last);
    await this.pull();
  }

  /** Compares what the feed's rows say with what the plan says. */
  async mistakes(): Promise<string[]> {
    const rows = await this.service.db.query<{ id: string; stint: string | null; person: string | null; by: string }>(
      `SELECT network_id AS id, stint_id AS stint, person_id AS person, credited_by AS by FROM feed_posts WHERE account_id = $1`,
      [this.account.id],
    );
    const said = new Map(rows.map((row) => [row.id, row]));
    return [...this.expected].flatMap(([id, { turn, by }]) => {
      const stint = turn === null ? undefined : this.stints.get(turn);
      const [want, got] = [{ id, stint: stint?.id ?? null, person: stint?.personId ?? null, by }, said.get(id)];
      if (JSON.stringify(want) === JSON.stringify(got)) return [];
      return [`${instantOf(id).toISOString()}: ${JSON.stringify(want)} but ${JSON.stringify(got)}`];
    });
  }

  /** Time passes, and what is posted from telephones meanwhile is pulled now and then. */
  private async until(at: Date): Promise<void> {
    await this.service.moveClock(at);
    while (this.waiting[0] && this.waiting[0].at <= at) {
      await this.waiting.shift()?.post();
      if (this.posted >= AT_ONCE) await this.pull();
    }
  }

  private async pull(): Promise<void> {
    expect(await this.service.app.get(Pulls).pull(this.account.id)).toBe(true);
    this.posted = 0;
  }

  private async telephone(at: Date): Promise<void> {
    this.seen(await this.post(at), oracle(this.plan, at));
  }

  private async edited(first: Date, last: Date): Promise<void> {
    this.seen(await this.post(last, await this.post(first)), oracle(this.plan, first));
  }

  private post(at: Date, edits?: string): Promise<string> {
    const post = { handle: this.account.handle, text: `From a telephone at ${at.toISOString()}`, at: at.toISOString() };
    return this.network.post(edits ? { ...post, edits } : post);
  }

  private seen(id: string, turn: number | null): void {
    this.posted += 1;
    this.expected.set(id, { turn, by: turn === null ? 'house' : 'grant' });
  }

  private async does(does: Doing): Promise<unknown> {
    const { app } = this.service;
    const { account, by } = this;
    switch (does.act) {
      case 'book':
        return this.book(does.turn);
      case 'tick':
        return this.tick();
      case 'move':
        return app.get(Instants).move(account, await this.boundary(does.at), does.to, 'A test', by);
      case 'cut-short':
      case 'no-show':
        return app.get(EarlyEnds).end(account, this.stint(does.turn).id, does.act, 'A test', by);
      case 'reinstate':
        return app.get(EarlyEnds).reinstate(account, this.stint(does.turn).id, 'A test', by);
      case 'replace':
        return this.replace(does.turn, does.by);
      case 'pause-own': {
        const { id, personId } = this.stint(does.turn);
        return expect(await app.get(AccountHolds).pauseOwn(account, id, personId, 'A test')).toBe(true);
      }
      case 'black-out': {
        const span = { startsAt: does.from, endsAt: does.to, scope: 'curators' } as const;
        return app.get(Blackouts).add(account.id, { title: 'A test', reason: 'A test', ...span }, by);
      }
      case 'end-blackout':
        return app.get(Blackouts).end(account.id, (await app.get(Blackouts).all(account.id))[0]?.id ?? '', by);
      case 'desk':
        return this.through(does.turn);
      case 'house':
        return this.through(null);
      default:
        return expect(await app.get(AccountHolds).act(account, does.act, { reason: 'A test' }, by)).toBe(true);
    }
  }

  private async book(turn: number): Promise<void> {
    const { who, seat, startsAt, endsAt } = this.plan.bookings[turn] as Plan['bookings'][number];
    const person = await accepted(this.service, this.account, who);
    const id = await this.service.db.write(async (tx) => {
      const [slot] = await tx.query<{ id: string }>(
        `INSERT INTO slots AS s (account_id, kind, starts_at, ends_at) SELECT $1, 'curator', $2, $3
         WHERE NOT EXISTS (SELECT FROM slots WHERE account_id = $1 AND starts_at = $2) RETURNING id`,
        [this.account.id, startsAt, endsAt],
      );
      const [stint] = await tx.query<{ id: string }>(
        `INSERT INTO stints (account_id, slot_id, seat, person_id, application_id, state, starts_at, ends_at, proposed_by, proposed_at, confirmed_at)
         SELECT $1, coalesce($2, (SELECT id FROM slots WHERE account_id = $1 AND starts_at = $6)), $3, $4, $5, 'confirmed', $6, $7, $4, $8, $8 RETURNING id`,
        [this.account.id, slot?.id ?? null, seat, person.personId, person.applicationId, startsAt, endsAt, tx.now],
      );
      return stint?.id ?? '';
    });
    this.stints.set(turn, { ...person, id });
    await this.service.app.get(Planning).plan(this.account.id);
  }

  /** Somebody stands in: asked, and says yes. */
  private async replace(turn: number, by: number): Promise<void> {
    const { app } = this.service;
    const person = await accepted(this.service, this.account, this.plan.bookings[by]?.who ?? '');
    const { id: stintId } = this.stint(turn);
    const given = { stintId, applicationId: person.applicationId, way: 'offer', reason: 'A test' } as const;
    const id = await app.get(Replacements).replace(this.account, given, this.by);
    const [row] = await this.service.db.query<{ revision: number }>('SELECT revision FROM stints WHERE id = $1', [id]);
    const shown = { revision: row?.revision ?? 0, agreementId: null };
    await app.get(Offers).confirm({ stintId: id, personId: person.personId }, shown);
    this.stints.set(by, { ...person, id });
  }

  /** What the doorbells of a change and of an instant do; the posts that it queues go out. */
  private async tick(): Promise<void> {
    await this.service.app.get(Planning).plan(this.account.id);
    await this.service.app.get(Handovers).resume(this.account.id);
    const queued = await this.service.db.query<{ id: string }>(
      `SELECT id FROM messages WHERE account_id = $1 AND channel = 'post' AND state = 'waiting' ORDER BY created_at`,
      [this.account.id],
    );
    for (const { id } of queued) await this.deliver(id, null);
  }

  /** Posts through Baton, as a turn or as the house. Its id has a later instant than the decision to let it go. */
  private async through(turn: number | null): Promise<void> {
    const stint = turn === null ? null : this.stint(turn);
    const text = `Through Baton, number ${this.expected.size}`;
    const cause = { kind: 'account', id: this.account.id } as const;
    const id = await this.service.db.write((tx) =>
      this.service.app.get(Outbox).post(tx, {
        ...{ key: text, accountId: this.account.id, cause, text, dueAt: tx.now },
        ...{ stintId: stint?.id ?? null, authorId: stint?.personId ?? null },
      }),
    );
    await this.deliver(id ?? '', turn);
  }

  private async deliver(message: string, turn: number | null): Promise<void> {
    const { app, db } = this.service;
    await app.get(Deliveries).deliver(message);
    const [row] = await db.query<{ state: string; detail: string; ref: string }>(
      'SELECT state, detail, provider_ref AS ref FROM messages WHERE id = $1',
      [message],
    );
    if (row?.state === 'held') return;
    if (row?.state !== 'sent') throw new Error(`A post was ${row?.state}: ${row?.detail}`);
    this.posted += 1;
    this.expected.set(row.ref, { turn, by: 'author' });
  }

  private stint(turn: number) {
    const stint = this.stints.get(turn);
    if (!stint) throw new Error(`Turn ${turn} was not booked`);
    return stint;
  }

  private async boundary(at: Date): Promise<string> {
    const [row] = await this.service.db.query<{ id: string }>(
      'SELECT id FROM boundaries WHERE account_id = $1 AND at = $2',
      [this.account.id, at],
    );
    return row?.id ?? '';
  }
}

describe('a year of posts around handovers', () => {
  let database: FreshDatabase;
  let years = 0;
  const totals: Record<string, number> = {};
  afterAll(() => database?.drop());

  async function live(plan: Plan): Promise<void> {
    years += 1;
    const clockStart = new Date(Date.parse(FIRST_MONDAY) - 48 * 60 * 60_000);
    database = await freshDatabase({ clockStart, clockSpeed: STANDING });
    const service = await startService({ clockStart, databaseUrl: database.url, env: { RUN: 'web' } });
    try {
      const given = { seats: 2, selfApproval: true, connection: 'api', postingHours: null } as const;
      const account = await accountWithSlots(service, 'nhs', given);
      await service.db.write(async (tx) => {
        await tx.query('DELETE FROM slots');
        await tx.query('INSERT INTO feeds (account_id, changed_at, next_pull_at) VALUES ($1, $2, $2)', [
          account.id,
          tx.now,
        ]);
      });
      await connectSimulated(service, account.id);
      const network = new Pretend(service);
      await network.unlimit();
      const living = new Living(service, account, network, plan, await personCalled(service, 'Olu'));
      await living.live();
      expect(await living.mistakes()).toEqual([]);
      for (const { by } of living.expected.values()) totals[by] = (totals[by] ?? 0) + 1;
    } finally {
      await service.stop();
      await database.drop();
    }
  }

  it('is credited without one mistake: early, late, cut short, given back, replaced, paused, by two, and the house', async () => {
    const begun = performance.now();
    await fc.assert(
      fc.asyncProperty(fc.array(week, SOME), (weeks) => live(planOf(weeks, FIRST_MONDAY))),
      { numRuns: YEARS || 1, endOnFailure: true },
    );
    for (const by of ['author', 'grant', 'house']) expect(totals[by]).toBeGreaterThan(3);
    if (YEARS) {
      const seconds = Math.round((performance.now() - begun) / 1000);
      console.log(`${years} years, ${seconds} s: ${JSON.stringify(totals)}`);
    }
  });
});
