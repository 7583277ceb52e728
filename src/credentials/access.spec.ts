import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Actor, activeGrant, creditedGrant, type Grant, type Hold, mayAct, type Why } from './access.js';
import { openAt } from './posting-hours.js';
import type { PostingHours, Weekday } from './week.js';

const minute = 60_000;
const day = 24 * 60 * minute;
const grace: Actor = { kind: 'stint', stintId: 'grace', seat: 1 };
const ada: Actor = { kind: 'stint', stintId: 'ada', seat: 1 };
const house: Actor = { kind: 'house' };
const long = { opens: '08:00', closes: '20:00' };
const nhsHours: PostingHours = {
  zone: 'Europe/London',
  days: { 1: long, 2: long, 3: long, 4: long, 5: { opens: '08:00', closes: '18:00' } },
};

const gracesWeek: Grant = {
  stintId: 'grace',
  seat: 1,
  opensAt: new Date('2026-12-07T08:00:00Z'),
  endsAt: new Date('2026-12-11T18:00:00Z'),
  closedAt: null,
};
const adasWeek: Grant = {
  ...gracesWeek,
  stintId: 'ada',
  opensAt: new Date('2026-12-14T08:00:00Z'),
  endsAt: new Date('2026-12-18T18:00:00Z'),
};
const grants = [gracesWeek, adasWeek];

function hold(change: Partial<Hold> = {}): Hold {
  const startsAt = new Date('2026-12-09T10:00:00Z');
  return {
    id: 'hold',
    kind: 'pause',
    scope: 'curators',
    startsAt,
    endsAt: null,
    reason: 'Abuse in replies',
    ...change,
  };
}

function whyAt(actor: Actor, iso: string, holds: Hold[] = [], rows: Grant[] = grants): Why {
  return mayAct(actor, rows, nhsHours, holds, new Date(iso)).why;
}

describe('a curator', () => {
  it('may act from the instant the grant opens until the instant it ends', () => {
    expect(whyAt(grace, '2026-12-07T07:59:59.999Z')).toBe('not-yet');
    expect(whyAt(grace, '2026-12-07T08:00:00Z')).toBe('allowed');
    expect(whyAt(grace, '2026-12-11T17:59:59.999Z')).toBe('allowed');
    expect(whyAt(grace, '2026-12-11T18:00:00Z')).toBe('ended');
  });

  it('may not act without a grant of their own, in their own seat', () => {
    expect(whyAt({ kind: 'stint', stintId: 'kim', seat: 1 }, '2026-12-09T12:00:00Z')).toBe('no-grant');
    expect(whyAt({ kind: 'stint', stintId: 'grace', seat: 2 }, '2026-12-09T12:00:00Z')).toBe('no-grant');
    expect(whyAt(ada, '2026-12-09T12:00:00Z')).toBe('not-yet');
  });

  it('may act no longer once the grant was closed early', () => {
    const closed = [{ ...gracesWeek, closedAt: new Date('2026-12-08T12:00:00Z') }];
    expect(whyAt(grace, '2026-12-08T11:59:59.999Z', [], closed)).toBe('allowed');
    expect(whyAt(grace, '2026-12-08T12:00:00Z', [], closed)).toBe('ended');
  });

  it('gains nothing from a grant that was closed late', () => {
    const late = [{ ...gracesWeek, closedAt: new Date('2026-12-11T18:30:00Z') }];
    expect(whyAt(grace, '2026-12-11T18:10:00Z', [], late)).toBe('ended');
  });

  it('may not act outside the posting hours', () => {
    expect(whyAt(grace, '2026-12-07T20:00:00Z')).toBe('outside-hours');
    expect(whyAt(grace, '2026-12-08T08:00:00Z')).toBe('allowed');
  });

  it('may not act while any hold is in force, whatever its scope', () => {
    expect(whyAt(grace, '2026-12-09T09:59:59.999Z', [hold()])).toBe('allowed');
    expect(whyAt(grace, '2026-12-09T10:00:00Z', [hold()])).toBe('held');
    expect(whyAt(grace, '2026-12-09T10:00:00Z', [hold({ scope: 'everyone' })])).toBe('held');
    const over = hold({ endsAt: new Date('2026-12-09T11:00:00Z') });
    expect(whyAt(grace, '2026-12-09T11:00:00Z', [over])).toBe('allowed');
  });

  it('is told when the answer next changes', () => {
    const until = (iso: string, rows = grants) => mayAct(grace, rows, nhsHours, [], new Date(iso)).until;
    expect(until('2026-12-01T12:00:00Z')).toEqual(gracesWeek.opensAt);
    expect(until('2026-12-07T12:00:00Z')).toEqual(new Date('2026-12-07T20:00:00Z'));
    expect(until('2026-12-07T20:00:00Z')).toEqual(new Date('2026-12-08T08:00:00Z'));
    const closing = new Date('2026-12-08T12:00:00Z');
    expect(until('2026-12-08T11:00:00Z', [{ ...gracesWeek, closedAt: closing }])).toEqual(closing);
    expect(until('2026-12-11T18:00:00Z')).toBeNull();
  });

  it('waits for nothing where the grant was closed before it opened', () => {
    const closed = [{ ...gracesWeek, closedAt: gracesWeek.opensAt }];
    expect(whyAt(grace, '2026-12-01T12:00:00Z', [], closed)).toBe('ended');
  });

  it('gives way to the one whose grant opened last, should two rows overlap', () => {
    const overlapping = [{ ...adasWeek, opensAt: new Date('2026-12-10T08:00:00Z') }, gracesWeek];
    expect(whyAt(ada, '2026-12-10T12:00:00Z', [], overlapping)).toBe('allowed');
    expect(whyAt(grace, '2026-12-10T12:00:00Z', [], overlapping)).toBe('ended');
  });

  it('is told of the hold that lasts longest', () => {
    const short = hold({ id: 'short', endsAt: new Date('2026-12-09T11:00:00Z') });
    const answer = mayAct(grace, grants, nhsHours, [short, hold({ id: 'open' })], new Date('2026-12-09T10:30:00Z'));
    expect(answer.hold?.id).toBe('open');
    expect(answer.until).toEqual(gracesWeek.endsAt);
  });
});

describe('the house', () => {
  it('may act at any hour, with or without a curator on duty', () => {
    expect(whyAt(house, '2026-12-12T03:00:00Z')).toBe('allowed');
    expect(whyAt(house, '2026-12-09T12:00:00Z', [hold()])).toBe('allowed');
    expect(mayAct(house, grants, nhsHours, [], new Date('2026-12-12T03:00:00Z')).until).toBeNull();
  });

  it('may not act while a hold for everyone is in force', () => {
    const everyone = hold({ scope: 'everyone', endsAt: new Date('2026-12-09T11:00:00Z') });
    const answer = mayAct(house, grants, nhsHours, [everyone], new Date('2026-12-09T10:30:00Z'));
    expect(answer).toEqual({ allowed: false, why: 'held', hold: everyone, until: everyone.endsAt });
  });
});

describe('a post made elsewhere', () => {
  it('is credited to whoever held the grant at its instant, and to the house at the end', () => {
    expect(creditedGrant(grants, [], new Date('2026-12-11T17:59:59.999Z'))?.stintId).toBe('grace');
    expect(creditedGrant(grants, [], new Date('2026-12-11T18:00:00Z'))).toBeNull();
    expect(creditedGrant(grants, [], new Date('2026-12-14T08:00:00Z'))?.stintId).toBe('ada');
  });

  it('is credited to its curator outside the posting hours too', () => {
    expect(creditedGrant(grants, [], new Date('2026-12-09T23:00:00Z'))?.stintId).toBe('grace');
  });

  it('is credited to the house during a hold', () => {
    const pause = hold({ endsAt: new Date('2026-12-09T11:00:00Z') });
    const credited = ['2026-12-09T10:30:00Z', '2026-12-09T11:00:00Z'].map((at) =>
      creditedGrant(grants, [pause], new Date(at)),
    );
    expect(credited).toEqual([null, gracesWeek]);
  });

  it('is credited to the house where two seats were held', () => {
    const two = [gracesWeek, { ...gracesWeek, stintId: 'olu', seat: 2 }];
    expect(creditedGrant(two, [], new Date('2026-12-09T12:00:00Z'))).toBeNull();
  });
});

/** Mondays around London's clock changes, so that the samples cross them. */
const changes = fc.constantFrom(Date.parse('2026-03-29T01:00:00Z'), Date.parse('2026-10-25T01:00:00Z'));
const around = (change: number, days: number) =>
  fc.integer({ min: -days * day, max: days * day }).map((offset) => new Date(change + offset));
const stints = fc.constantFrom('grace', 'grace', 'grace', 'ada', 'olu');

function anyGrant(change: number): fc.Arbitrary<Grant> {
  const instants = fc.uniqueArray(around(change, 2), {
    minLength: 2,
    maxLength: 2,
    selector: (each) => each.getTime(),
  });
  const closing = fc.option(fc.integer({ min: 0, max: 3 * day }), { freq: 1 });
  return fc.tuple(stints, fc.constantFrom(1, 1, 2), instants, closing).map(([stintId, seat, pair, after]) => {
    const [opensAt, endsAt] = pair.toSorted((a, b) => a.getTime() - b.getTime()) as [Date, Date];
    return { stintId, seat, opensAt, endsAt, closedAt: after === null ? null : new Date(opensAt.getTime() + after) };
  });
}

function anyHold(change: number): fc.Arbitrary<Hold> {
  const length = fc.option(fc.integer({ min: 0, max: day / 4 }), { freq: 9 });
  const scope = fc.constantFrom('curators' as const, 'everyone' as const);
  return fc
    .tuple(scope, around(change, 2), length)
    .map(([each, startsAt, ms]) =>
      hold({ scope: each, startsAt, endsAt: ms === null ? null : new Date(startsAt.getTime() + ms) }),
    );
}

const time = fc.constantFrom('00:00', '01:00', '01:30', '02:00', '02:15', '06:00', '08:00', '18:00', '24:00');
const opening = fc.tuple(time, time).map((times) => {
  const [opens = '00:00', closes = '24:00'] = times.toSorted();
  return opens === closes ? { opens: '00:00', closes: '24:00' } : { opens, closes };
});
const weekday = fc.integer({ min: 1, max: 7 }) as fc.Arbitrary<Weekday>;
const anyHours = fc.option(
  fc.array(fc.tuple(weekday, opening), { minLength: 2, maxLength: 9 }).map((days) => {
    return { zone: 'Europe/London', days: Object.fromEntries(days) } as PostingHours;
  }),
);
const anyActor = fc.oneof(
  { weight: 1, arbitrary: fc.constant(house) },
  { weight: 5, arbitrary: stints.map((stintId): Actor => ({ kind: 'stint', stintId, seat: 1 })) },
);
const anyCase = changes.chain((change) =>
  fc.record({
    actor: anyActor,
    grants: fc.array(anyGrant(change), { maxLength: 4 }),
    hours: anyHours,
    holds: fc.array(anyHold(change), { maxLength: 2 }),
    now: around(change, 1),
  }),
);

type Case = { actor: Actor; grants: Grant[]; hours: PostingHours | null; holds: Hold[]; now: Date };

const answerAt = (rows: Case, at: number) => mayAct(rows.actor, rows.grants, rows.hours, rows.holds, new Date(at));

/** Every instant at which something changes by the rows, a millisecond before and after it too. */
function edges({ grants: rows, holds }: Case): number[] {
  const instants = [
    ...rows.flatMap((row) => [row.opensAt, row.endsAt, row.closedAt]),
    ...holds.flatMap((row) => [row.startsAt, row.endsAt]),
  ];
  return instants.flatMap((at) => (at ? [at.getTime() - 1, at.getTime(), at.getTime() + 1] : []));
}

/** The rule of promise 2 in one expression, written apart from the code. */
function ruleAllows({ actor, grants: rows, hours, holds, now }: Case): boolean {
  const held = holds.some((each) => each.startsAt <= now && !(each.endsAt && each.endsAt <= now));
  if (actor.kind === 'house')
    return !holds.some(
      (each) => each.scope === 'everyone' && each.startsAt <= now && !(each.endsAt && each.endsAt <= now),
    );
  const own = rows.some(
    (row) =>
      row.stintId === actor.stintId &&
      row.seat === actor.seat &&
      row.opensAt <= now &&
      now < row.endsAt &&
      !(row.closedAt && row.closedAt <= now),
  );
  return own && !held && (hours === null || openAt(hours, now));
}

describe('over random grants, hours and holds around both clock changes', () => {
  it('nobody acts outside their grant, the hours or during a hold', () => {
    fc.assert(
      fc.property(anyCase, (rows) => {
        for (const at of [rows.now.getTime(), ...edges(rows)]) {
          const { allowed, why } = answerAt(rows, at);
          if (allowed) expect(ruleAllows({ ...rows, now: new Date(at) })).toBe(true);
          expect(allowed).toBe(why === 'allowed');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('whoever has the seat to themselves acts whenever the rule allows it', () => {
    fc.assert(
      fc.property(anyCase, (rows) => {
        const alone = { ...rows, grants: rows.grants.slice(0, 1) };
        for (const at of [rows.now.getTime(), ...edges(alone)]) {
          expect(answerAt(alone, at).allowed).toBe(ruleAllows({ ...alone, now: new Date(at) }));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('at most one curator to a seat may act, even by rows that overlap', () => {
    fc.assert(
      fc.property(anyCase, (rows) => {
        for (const at of [rows.now.getTime(), ...edges(rows)]) {
          const actors = ['grace', 'ada', 'olu'].map((stintId): Actor => ({ kind: 'stint', stintId, seat: 1 }));
          const allowed = actors.filter((actor) => answerAt({ ...rows, actor }, at).allowed);
          expect(allowed.length).toBeLessThanOrEqual(1);
          const active = activeGrant(rows.grants, 1, new Date(at));
          for (const actor of allowed) expect(actor).toMatchObject({ stintId: active?.stintId });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('the answer holds at every minute and every edge until `until`, and is another at it', () => {
    fc.assert(
      fc.property(anyCase, (rows) => {
        let from = rows.now.getTime();
        const end = from + 8 * 60 * minute;
        while (from < end) {
          const { why, until } = answerAt(rows, from);
          const to = until?.getTime() ?? Number.POSITIVE_INFINITY;
          expect(to).toBeGreaterThan(from);
          const samples = minutesBetween(from, Math.min(to, end)).concat(
            edges(rows).filter((at) => from < at && at < to),
          );
          expect(samples.filter((at) => answerAt(rows, at).why !== why)).toEqual([]);
          expect(samples.filter((at) => answerAt(rows, at).until?.getTime() !== until?.getTime())).toEqual([]);
          if (until === null) return;
          expect(answerAt(rows, to - 1).why).toBe(why);
          expect(answerAt(rows, to).why).not.toBe(why);
          from = to;
        }
      }),
      { numRuns: 70 },
    );
  });
});

function minutesBetween(from: number, to: number): number[] {
  return Array.from(
    { length: Math.max(0, Math.ceil((to - from) / minute) - 1) },
    (_, index) => from + (index + 1) * minute,
  );
}
