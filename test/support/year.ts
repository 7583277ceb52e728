import fc from 'fast-check';
import { slotOfWeek } from '../../src/credentials/week.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PEOPLE = ['Ada', 'Grace', 'Sam', 'Noor', 'Bea'];

const KINDS = [
  'plain',
  'early',
  'late',
  'cut-short',
  'no-show',
  'given-back',
  'replaced',
  'paused',
  'paused-over',
  'taken-over',
  'blacked-out',
  'own-pause',
  'together',
  'empty',
] as const;

/** What becomes of a week. Shares are of its length; `lag` is by how much the worker that hands over is late. */
export interface Week {
  kind: (typeof KINDS)[number];
  lag: number;
  slip: number;
  from: number;
  to: number;
  /** The turn goes on until the next begins, over the weekend. */
  touches: boolean;
  /** Shares of the week at which somebody posts from a telephone. */
  posts: number[];
}

export const week: fc.Arbitrary<Week> = fc.record({
  kind: fc.constantFrom(...KINDS),
  lag: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 90_000 })),
  slip: fc.integer({ min: MINUTE, max: 3 * HOUR }),
  from: fc.double({ min: 0.2, max: 0.45, noNaN: true }),
  to: fc.double({ min: 0.55, max: 0.8, noNaN: true }),
  touches: fc.boolean(),
  posts: fc.array(fc.double({ min: 0, max: 0.99, noNaN: true }), { minLength: 1, maxLength: 4 }),
});

/** Something that is done at an instant, by whoever does it. `turn` is the number of its booking. */
export type Doing =
  | { act: 'book'; turn: number }
  | { act: 'tick' }
  | { act: 'move'; at: Date; to: Date }
  | { act: 'cut-short' | 'no-show' | 'reinstate' | 'pause-own'; turn: number }
  | { act: 'replace'; turn: number; by: number }
  | { act: 'pause' | 'lift' | 'take-over' | 'give-back' }
  | { act: 'black-out'; from: Date; to: Date | null }
  | { act: 'end-blackout' }
  | { act: 'desk'; turn: number }
  | { act: 'house' };

export interface Booking {
  who: string;
  seat: number;
  startsAt: Date;
  endsAt: Date;
}

/** A year as it will be: what is done when, and who has the account then. All of it follows from the weeks alone. */
export interface Plan {
  bookings: Booking[];
  doings: { at: Date; does: Doing }[];
  /** Who has a seat, half-open: the answer that the service is held against. */
  spans: { turn: number; from: number; to: number }[];
  holds: { from: number; to: number }[];
  /** Instants at which somebody posts from a telephone. */
  posts: Date[];
  edits: { first: Date; last: Date }[];
}

/** Whose a post of this instant is that was not made through Baton: the turn, or null for the house. */
export function oracle({ spans, holds }: Pick<Plan, 'spans' | 'holds'>, at: Date): number | null {
  const within = ({ from, to }: { from: number; to: number }) => from <= at.getTime() && at.getTime() < to;
  const [one, other] = spans.filter(within);
  return one && !other && !holds.some(within) ? one.turn : null;
}

/** Lays out the weeks from a Monday on, in London. */
export function planOf(weeks: Week[], firstMonday: string): Plan {
  return new Planner(weeks, firstMonday).plan();
}

class Planner {
  private readonly bookings: Booking[] = [];
  private readonly doings: { at: number; does: Doing }[] = [];
  private readonly spans: Plan['spans'] = [];
  private readonly holds: Plan['holds'] = [];
  private readonly telephone: number[] = [];

  constructor(
    private readonly weeks: Week[],
    private readonly firstMonday: string,
  ) {}

  plan(): Plan {
    for (const [index, each] of this.weeks.entries()) this.week(index, each);
    const edges = [...this.spans, ...this.holds].flatMap(({ from, to }) => [from, to]);
    const around = edges.flatMap((edge) => [edge - 1, edge, edge + 1]);
    const dated = (at: number) => new Date(at);
    return {
      bookings: this.bookings,
      doings: this.doings.sort((a, b) => a.at - b.at).map(({ at, does }) => ({ at: dated(at), does })),
      spans: this.spans,
      holds: this.holds,
      posts: [...this.telephone, ...around].sort((a, b) => a - b).map(dated),
      edits: edges.map((edge) => ({ first: dated(edge - 1), last: dated(edge + 5 * MINUTE) })),
    };
  }

  private week(index: number, given: Week): void {
    const { startsAt, endsAt } = this.slot(index);
    for (const share of given.posts) this.telephone.push(this.between(startsAt, endsAt + 60 * HOUR, share));
    if (given.kind === 'empty') return;
    const start = this.start(index);
    const [a, b] = [this.between(startsAt, endsAt, given.from), this.between(startsAt, endsAt, given.to)];
    const turn = this.book(startsAt, endsAt, 1, startsAt - 30 * HOUR);
    if (start !== startsAt)
      this.does(startsAt - 2 * given.slip, { act: 'move', at: new Date(startsAt), to: new Date(start) });
    this.does(start + given.lag, { act: 'tick' });
    const end = this.end(index);
    if (!this.meets(index)) this.does(end + given.lag, { act: 'tick' });
    const from = start + given.lag;
    this.middle(given, { turn, from, a, b, end }, index);
  }

  private middle(
    { kind, lag }: Week,
    { turn, from, a, b, end }: { turn: number; from: number; a: number; b: number; end: number },
    index: number,
  ): void {
    const span = (of: number, begins: number, ends: number) => this.spans.push({ turn: of, from: begins, to: ends });
    if (kind === 'cut-short' || kind === 'no-show') {
      this.does(a, { act: kind, turn });
      return void span(turn, from, a);
    }
    if (kind === 'given-back') {
      this.does(a, { act: 'cut-short', turn });
      this.does(a + lag, { act: 'tick' });
      this.does(b, { act: 'reinstate', turn });
      span(turn, from, a);
      span(turn, b, end);
    } else if (kind === 'replaced') {
      const { startsAt, endsAt, who } = this.bookings[turn] as Booking;
      const next = PEOPLE[(PEOPLE.indexOf(who) + 2) % PEOPLE.length] as string;
      const by = this.bookings.push({ who: next, seat: 1, startsAt, endsAt }) - 1;
      this.does(a, { act: 'replace', turn, by });
      // No worker is so quick that it hands over within the millisecond of the press.
      const begins = a + Math.max(1, lag);
      this.does(begins, { act: 'tick' });
      span(turn, from, a);
      span(by, begins, end);
      turn = by;
    } else span(turn, from, end);
    if (kind === 'together') this.together(index, from, a, end);
    this.hold(kind, turn, a, b, end, index);
    const { spans, holds } = this;
    if (oracle({ spans, holds }, new Date(end - 1)) === turn) this.does(end - 1, { act: 'desk', turn });
    if (kind !== 'paused') this.does(a + 1, { act: 'house' });
  }

  /** Another seat of the same week, given up in the middle of it. */
  private together(index: number, from: number, a: number, end: number): void {
    const { startsAt, endsAt } = this.slot(index);
    const turn = this.book(startsAt, endsAt, 2, startsAt - 29 * HOUR);
    this.spans.push({ turn, from, to: Math.min(a, end) });
    this.does(a, { act: 'cut-short', turn });
  }

  private hold(kind: Week['kind'], turn: number, a: number, b: number, end: number, index: number): void {
    const over = this.slot(index + 1).startsAt + 4 * HOUR;
    const between = (from: number, to: number, begin: Doing, done: Doing | null, told = from) => {
      this.does(told, begin);
      if (done) this.does(to, done);
      this.holds.push({ from, to });
    };
    const blackOut = { act: 'black-out' as const, from: new Date(a) };
    if (kind === 'paused') between(a, b, { act: 'pause' }, { act: 'lift' });
    if (kind === 'paused-over') between(end - HOUR, over, { act: 'pause' }, { act: 'lift' });
    if (kind === 'taken-over') between(a, b, { act: 'take-over' }, { act: 'give-back' });
    if (kind === 'own-pause') between(a, b, { act: 'pause-own', turn }, { act: 'lift' });
    if (kind === 'blacked-out' && index % 2 === 0) between(a, b, { ...blackOut, to: new Date(b) }, null, a - HOUR);
    if (kind === 'blacked-out' && index % 2 === 1)
      between(a, b, { ...blackOut, to: null }, { act: 'end-blackout' }, a - HOUR);
  }

  private book(startsAt: number, endsAt: number, seat: number, at: number): number {
    const who = PEOPLE[this.bookings.length % PEOPLE.length] as string;
    const turn = this.bookings.push({ who, seat, startsAt: new Date(startsAt), endsAt: new Date(endsAt) }) - 1;
    this.does(at, { act: 'book', turn });
    return turn;
  }

  private does(at: number, does: Doing): void {
    this.doings.push({ at, does });
  }

  /** When a turn begins: its slot's start, or where an organiser moved it. */
  private start(index: number): number {
    const { kind = 'plain', slip = 0 } = this.weeks[index] ?? {};
    const { startsAt } = this.slot(index);
    return kind === 'early' ? startsAt - slip : kind === 'late' ? startsAt + slip : startsAt;
  }

  /** A turn that meets the next one ends with that one's start, wherever it was moved to. */
  private end(index: number): number {
    const { endsAt } = this.slot(index);
    return this.meets(index) ? this.start(index + 1) : endsAt;
  }

  /** One handover ends this turn and begins the next. */
  private meets(index: number): boolean {
    return this.touching(index) && this.weeks[index + 1]?.kind !== 'empty';
  }

  private touching(index: number): boolean {
    return this.weeks[index]?.touches === true && index + 1 < this.weeks.length;
  }

  private slot(index: number): { startsAt: number; endsAt: number } {
    const own = this.monday(index);
    return { startsAt: own.startsAt, endsAt: this.touching(index) ? this.monday(index + 1).startsAt : own.endsAt };
  }

  private monday(index: number): { startsAt: number; endsAt: number } {
    const date = new Date(Date.parse(this.firstMonday) + index * 7 * 24 * HOUR).toISOString().slice(0, 10);
    const span = slotOfWeek('Europe/London', { startsOn: 1, startsAt: '08:00', endsOn: 5, endsAt: '18:00' }, date);
    if (!span) throw new Error(`No week of ${date}`);
    return { startsAt: span.startsAt.getTime(), endsAt: span.endsAt.getTime() };
  }

  /** A whole millisecond, as X's ids and our rows have. */
  private between(from: number, to: number, share: number): number {
    return Math.round(from + (to - from) * share);
  }
}
