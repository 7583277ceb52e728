import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Account } from '../../src/credentials/account.entity.js';
import { HandOver } from '../../src/credentials/hand-over.service.js';
import { Reveals } from '../../src/credentials/reveals.service.js';
import { AccountHolds } from '../../src/handover/account-holds.service.js';
import { Control } from '../../src/handover/control.service.js';
import { Delegations } from '../../src/handover/delegations.service.js';
import { EarlyEnds } from '../../src/handover/early-ends.service.js';
import { Handovers } from '../../src/handover/handovers.service.js';
import { Instants } from '../../src/handover/instants.service.js';
import { Planning } from '../../src/handover/planning.service.js';
import { Replacements } from '../../src/handover/replacements.service.js';
import { Rotations } from '../../src/handover/rotations.service.js';
import { NotFound, Refusal } from '../../src/platform/errors.js';
import { Blackouts } from '../../src/rota/blackouts.service.js';
import { Changes } from '../../src/rota/changes.service.js';
import { Offers } from '../../src/rota/offers.service.js';
import { Proposals } from '../../src/rota/proposals.service.js';
import { accepted, accountWithSlots, personCalled } from './rota.js';
import type { Service } from './service.js';

const HOUR = 3_600_000;
const PEOPLE = ['Ada', 'Grace', 'Sam'];

const ACTS = [
  'propose',
  'book',
  'approve',
  'confirm',
  'decline',
  'move',
  'cancel',
  'pause',
  'lift',
  'take-over',
  'give-back',
  'pause-own',
  'cut-short',
  'no-show',
  'reinstate',
  'replace',
  'black-out',
  'end-blackout',
  'suspend',
  'resume',
  'shift',
  'run-now',
  'let-pass',
  'reveal',
  'change-password',
  'remove',
  'plan',
  'tick',
  'tick-twice',
  'sweep',
] as const;

type Act = (typeof ACTS)[number];

/** Something that happens: an act on the n-th of what there is, or time that passes, over a boundary with its handover. */
export type Event = { act: Act; on: number; with: number } | { pass: 'to-boundary' | 'over-boundary' | number };

/** What an account is like and what happens to it. */
export interface History {
  seats: 1 | 2;
  by: 'desk' | 'delegate' | 'sealed';
  /** Lengths of the slots and of the house times before them, in hours. */
  slots: { gap: number; length: number }[];
  /** How many of them are booked before anything happens. */
  booked: number;
  events: Event[];
}

const index = fc.nat({ max: 40 });
const act = fc.record({ act: fc.constantFrom(...ACTS), on: index, with: index });
const common = fc.record({ act: fc.constantFrom('book', 'book', 'tick'), on: index, with: index });
/** Acts on what runs or has just ended, which few of all acts would meet. */
const late = fc.record({
  act: fc.constantFrom('reveal', 'reveal', 'cut-short', 'reinstate', 'remove', 'let-pass', 'change-password', 'shift'),
  on: index,
  with: index,
});
const time = fc.record({
  pass: fc.oneof(
    fc.constantFrom('to-boundary' as const, 'over-boundary' as const),
    fc.integer({ min: 1, max: 12 * 60 }),
  ),
});

/** Any history: bookings and time in it are frequent enough for turns to come and go. */
export const histories: fc.Arbitrary<History> = fc.record({
  seats: fc.constantFrom(1, 2),
  by: fc.constantFrom('desk', 'delegate', 'sealed'),
  slots: fc.array(fc.record({ gap: fc.constantFrom(0, 0, 0, 5), length: fc.integer({ min: 1, max: 30 }) }), {
    minLength: 3,
    maxLength: 6,
  }),
  booked: fc.nat({ max: 4 }),
  events: fc.array(
    fc.oneof(
      { weight: 5, arbitrary: act },
      { weight: 3, arbitrary: common },
      { weight: 3, arbitrary: late },
      { weight: 3, arbitrary: time },
    ),
    { minLength: 10, maxLength: 40, size: 'max' },
  ),
});

/** An account of its own to which a history happens, through the services that pages and jobs use. */
export class Life {
  private constructor(
    private readonly service: Service,
    readonly account: Account,
    private readonly applications: string[],
    private readonly by: string,
  ) {}

  static async begin(service: Service, history: History, slug: string): Promise<Life> {
    const given = { seats: history.seats, handOverBy: history.by, selfApproval: true };
    const account = await accountWithSlots(service, slug, given);
    await layOut(service, account.id, history.slots);
    const by = await personCalled(service, 'Olu');
    if (history.by === 'sealed') {
      await service.app.get(HandOver).accept(account, by);
      await service.app.get(Rotations).put(account, { password: 'the first password' }, by);
    }
    const people: string[] = [];
    for (const name of PEOPLE) people.push((await accepted(service, account, name)).applicationId);
    const life = new Life(service, account, people, by);
    for (let each = 0; each < history.booked; each += 1) await life.happen({ act: 'book', on: each, with: each });
    await life.tick();
    return life;
  }

  /** Does it; what the service refuses has not happened. Gives whether it was done. */
  async happen(event: Event): Promise<boolean> {
    if ('pass' in event) return this.pass(event.pass);
    try {
      return (await this.act(event.act, event.on, event.with)) !== 'nothing';
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }

  /** Lets everything go on that a person keeps back, and time pass until nothing is left to be done. */
  async end(): Promise<void> {
    const { db, app } = this.service;
    const suspended = await this.ids('SELECT id FROM boundaries WHERE account_id = $1 AND suspended_at IS NOT NULL');
    for (const id of suspended) await app.get(Control).resume(this.account, id, this.by);
    await db.moveClock(new Date((await db.now()).getTime() + 30 * 24 * HOUR));
    for (let round = 0; round < 8; round += 1) {
      await this.tick();
      while (await this.happen({ act: 'remove', on: 0, with: 0 }));
      await this.happen({ act: 'change-password', on: 0, with: 0 });
    }
  }

  private async pass(how: 'to-boundary' | 'over-boundary' | number): Promise<boolean> {
    const { db } = this.service;
    const now = await db.now();
    const [next] = await db.query<{ at: Date }>(
      'SELECT at FROM boundaries WHERE account_id = $1 AND at > $2 ORDER BY at LIMIT 1',
      [this.account.id, now],
    );
    const to = typeof how === 'number' ? new Date(now.getTime() + how * 60_000) : next?.at;
    if (to) await db.moveClock(to);
    if (how === 'over-boundary') await this.tick();
    return to !== undefined;
  }

  private async act(act: Act, on: number, other: number): Promise<unknown> {
    const { app } = this.service;
    const { account, by } = this;
    const stint = (where = 'true') =>
      this.one(`SELECT id FROM stints WHERE account_id = $1 AND ${where} ORDER BY proposed_at, id`, on);
    const running = () => stint(`state = 'active'`);
    const slot = () => this.one('SELECT id FROM slots WHERE account_id = $1 ORDER BY starts_at', on);
    const handover = () =>
      this.one('SELECT id FROM boundaries WHERE account_id = $1 AND done_at IS NULL ORDER BY at', on);
    const hold = (what: 'pause' | 'lift' | 'take-over' | 'give-back') =>
      app.get(AccountHolds).act(account, what, { reason: 'A test' }, by);
    const acts: Record<Act, () => Promise<unknown>> = {
      propose: async () => this.propose(await slot(), other),
      book: async () => this.book(await slot(), other),
      approve: async () => app.get(Proposals).approve(account, await stint(`state = 'proposed'`), by),
      confirm: async () => this.confirm(await stint(`state = 'offered'`)),
      decline: async () => app.get(Offers).decline(await this.claim(await stint(`state = 'offered'`)), ''),
      move: async () =>
        app
          .get(Changes)
          .move(
            account,
            await stint(),
            await this.one('SELECT id FROM slots WHERE account_id = $1 ORDER BY starts_at', other),
            'x',
            by,
          ),
      cancel: async () => app.get(Changes).cancel(account, await stint(), 'x', by),
      pause: () => hold('pause'),
      lift: () => hold('lift'),
      'take-over': () => hold('take-over'),
      'give-back': () => hold('give-back'),
      'pause-own': async () => {
        const claim = await this.claim(await running());
        return app.get(AccountHolds).pauseOwn(account, claim.stintId, claim.personId, 'x');
      },
      'cut-short': async () => app.get(EarlyEnds).end(account, await running(), 'cut-short', 'x', by),
      'no-show': async () => app.get(EarlyEnds).end(account, await running(), 'no-show', 'x', by),
      reinstate: async () =>
        app.get(EarlyEnds).reinstate(account, await stint(`ended_how IN ('cut-short', 'no-show')`), 'x', by),
      replace: async () => {
        const given = {
          stintId: await stint(`state IN ('confirmed', 'active')`),
          applicationId: this.applicant(other),
          way: 'offer',
          reason: 'x',
        } as const;
        return app.get(Replacements).replace(account, given, by);
      },
      'black-out': () => this.blackOut(on, other),
      'end-blackout': async () =>
        app
          .get(Blackouts)
          .end(account.id, await this.one('SELECT id FROM blackouts WHERE account_id = $1 ORDER BY made_at', on), by),
      suspend: async () => app.get(Control).suspend(account, await handover(), 'x', by),
      resume: async () => app.get(Control).resume(account, await handover(), by),
      shift: async () => this.shift(await handover(), other),
      'run-now': async () => app.get(Instants).move(account, await handover(), null, 'x', by),
      'let-pass': async () =>
        app.get(Control).override(account, await handover(), other % 2 === 0 ? 'check' : 'rotate', 'x', by),
      reveal: async () => this.reveal(await running()),
      'change-password': async () =>
        account.handOverBy === 'sealed'
          ? app.get(Rotations).put(account, { password: `password ${randomUUID()}` }, by)
          : 'nothing',
      remove: async () =>
        app
          .get(Delegations)
          .removed(
            account.id,
            await this.one('SELECT id FROM delegations WHERE account_id = $1 AND removed_at IS NULL ORDER BY id', on),
            by,
          ),
      plan: () => app.get(Planning).plan(account.id),
      tick: () => this.tick(),
      'tick-twice': () => Promise.all([this.tick(), this.tick()]),
      sweep: () => app.get(Handovers).sweep(),
    };
    return acts[act]();
  }

  /** What the doorbells of a change and of an instant do. */
  private async tick(): Promise<void> {
    await this.service.app.get(Planning).plan(this.account.id);
    await this.service.app.get(Handovers).resume(this.account.id);
  }

  private propose(slotId: string, who: number): Promise<string> {
    const seat = 1 + (who % this.account.seats);
    return this.service.app
      .get(Proposals)
      .propose(this.account, { slotId, seat, applicationId: this.applicant(who) }, this.by);
  }

  private async book(slotId: string, who: number): Promise<void> {
    const stintId = await this.propose(slotId, who);
    await this.service.app.get(Proposals).approve(this.account, stintId, this.by);
    await this.confirm(stintId);
  }

  private async confirm(stintId: string): Promise<void> {
    const { revision, ...claim } = await this.claim(stintId);
    await this.service.app.get(Offers).confirm(claim, { revision, agreementId: null });
  }

  private async claim(stintId: string): Promise<{ stintId: string; personId: string; revision: number }> {
    const [row] = await this.service.db.query<{ personId: string; revision: number }>(
      'SELECT person_id AS "personId", revision FROM stints WHERE id = $1',
      [stintId],
    );
    return { stintId, personId: row?.personId ?? '', revision: row?.revision ?? 0 };
  }

  private async blackOut(after: number, length: number): Promise<unknown> {
    const now = await this.service.db.now();
    const startsAt = new Date(now.getTime() + after * HOUR);
    const endsAt = length % 4 === 0 ? null : new Date(startsAt.getTime() + length * HOUR);
    const given = {
      title: 'Test',
      scope: length % 2 === 0 ? 'curators' : 'everyone',
      startsAt,
      endsAt,
      reason: 'x',
    } as const;
    return this.service.app.get(Blackouts).add(this.account.id, given, this.by);
  }

  /** Half an hour to twenty hours, both ways. */
  private async shift(handoverId: string, span: number): Promise<void> {
    const [row] = await this.service.db.query<{ at: Date }>('SELECT at FROM boundaries WHERE id = $1', [handoverId]);
    const to = new Date((row?.at.getTime() ?? 0) + ((span - 20) * HOUR) / 2);
    await this.service.app.get(Instants).move(this.account, handoverId, to, 'x', this.by);
  }

  private async reveal(stintId: string): Promise<unknown> {
    if (this.account.handOverBy !== 'sealed') return 'nothing';
    const { personId } = await this.claim(stintId);
    const [row] = await this.service.db.query<{ seat: number }>('SELECT seat FROM stints WHERE id = $1', [stintId]);
    const actor = { kind: 'stint', stintId, seat: row?.seat ?? 1 } as const;
    const { password } = await this.service.app.get(Reveals).open(this.account, { personId, actor });
    return password ?? 'nothing';
  }

  private applicant(which: number): string {
    return this.applications[which % this.applications.length] ?? '';
  }

  private async one(sql: string, which: number): Promise<string> {
    const all = await this.ids(sql);
    const id = all[which % all.length];
    if (!id) throw new NotFound('There is none.');
    return id;
  }

  private async ids(sql: string): Promise<string[]> {
    return (await this.service.db.query<{ id: string }>(sql, [this.account.id])).map(({ id }) => id);
  }
}

/** Slots of the history instead of those of the pattern, from now on. */
async function layOut(service: Service, accountId: string, slots: History['slots']): Promise<void> {
  await service.db.write(async (tx) => {
    await tx.query('DELETE FROM slots WHERE account_id = $1', [accountId]);
    let at = tx.now.getTime() + HOUR;
    for (const { gap, length } of slots) {
      const startsAt = at + gap * HOUR;
      at = startsAt + length * HOUR;
      await tx.query(`INSERT INTO slots (account_id, kind, starts_at, ends_at) VALUES ($1, 'curator', $2, $3)`, [
        accountId,
        new Date(startsAt),
        new Date(at),
      ]);
    }
  });
}
