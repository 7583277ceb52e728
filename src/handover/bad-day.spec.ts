import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { creditedGrant, type Grant, type Hold, mayAct } from '../credentials/access.js';
import {
  type AccountAct,
  earlyEnd,
  leaves,
  mayOnAccount,
  mayOnTurn,
  type Standing,
  type TurnAct,
  type TurnFacts,
} from './bad-day.js';

const at = (text: string) => new Date(text);
const ACTS = Object.keys(leaves) as AccountAct[];
const START = at('2026-10-19T07:00:00Z');
const END = at('2026-10-30T18:00:00Z');
const running: TurnFacts = {
  state: 'active',
  endedHow: null,
  endsAt: END,
  plannedEnd: END,
  slotEndsAt: END,
  posts: 0,
  taken: false,
  othersOpen: false,
};
const cut: TurnFacts = { ...running, state: 'ended', endedHow: 'cut-short', endsAt: at('2026-10-21T09:00:00Z') };
const now = at('2026-10-22T09:00:00Z');
const may = (act: TurnAct, facts: TurnFacts, instant = now) => mayOnTurn(act, facts, instant).ok;

describe('the account', () => {
  it.each<[Standing, AccountAct[]]>([
    [null, ['pause', 'take-over']],
    ['pause', ['lift', 'take-over']],
    ['takeover', ['pause', 'give-back']],
  ])('that stands at %s can be changed by %j alone', (standing, acts) => {
    expect(ACTS.filter((act) => mayOnAccount(act, standing).ok)).toEqual(acts);
  });

  it('is never left where an act has just brought it by the same act', () => {
    for (const act of ACTS) expect(mayOnAccount(act, leaves[act]).ok).toBe(false);
  });

  it('has a way back from whatever was begun', () => {
    expect(mayOnAccount('lift', leaves.pause).ok).toBe(true);
    expect(mayOnAccount('give-back', leaves['take-over']).ok).toBe(true);
  });
});

describe('a running turn', () => {
  it('can be ended and replaced up to its end, and not at it', () => {
    const last = new Date(END.getTime() - 1);
    expect([may('cut-short', running, last), may('cut-short', running, END)]).toEqual([true, false]);
    expect([may('no-show', running, last), may('no-show', running, END)]).toEqual([true, false]);
    expect([may('replace', running, last), may('replace', running, END)]).toEqual([true, false]);
    expect(may('reinstate', running)).toBe(false);
  });

  it('is no no-show once something was posted, and the page says what to do instead', () => {
    expect(mayOnTurn('no-show', { ...running, posts: 1 }, now)).toMatchObject({
      problem: expect.stringMatching(/Cut the turn short instead/),
    });
  });

  it('is not empty when it is ended at the instant of its start', () => {
    expect(earlyEnd(START, START) > START).toBe(true);
    expect(earlyEnd(START, now)).toEqual(now);
  });
});

describe('a turn that was ended early', () => {
  it('can be given back until its planned end, and not at it', () => {
    expect(may('reinstate', cut, new Date(END.getTime() - 1))).toBe(true);
    expect(may('reinstate', { ...cut, endedHow: 'no-show' })).toBe(true);
    expect(may('reinstate', cut, END)).toBe(false);
  });

  it.each<[string, Partial<TurnFacts>]>([
    ['somebody else is put down for the seat', { taken: true }],
    ['somebody else still has access that nobody proved gone', { othersOpen: true }],
    ['it ended as it should', { endedHow: 'completed' }],
    ['its access was never opened', { plannedEnd: null }],
    ['it was cancelled', { state: 'cancelled', endedHow: null }],
  ])('cannot be given back when %s', (_, change) => {
    expect(may('reinstate', { ...cut, ...change })).toBe(false);
  });

  it('can be replaced while its slot lasts and nobody is put down', () => {
    expect([may('replace', cut), may('replace', { ...cut, taken: true }), may('replace', cut, END)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

it('a turn that has not begun can be replaced, and is cancelled instead of cut short', () => {
  const coming: TurnFacts = { ...running, state: 'confirmed', plannedEnd: null };
  expect([may('replace', coming), may('cut-short', coming), may('no-show', coming)]).toEqual([true, false, false]);
});

type Act = AccountAct | 'cut-short' | 'reinstate';

/** What the acts write, in memory: the same rules on the same rows. */
function lived(history: { act: Act; at: Date }[]) {
  const grants: Grant[] = [{ stintId: 'grace', seat: 1, opensAt: START, endsAt: END, closedAt: null }];
  const holds: Hold[] = [];
  let turn = running;
  for (const { act, at: instant } of history) {
    const standing = holds.find(({ endsAt }) => endsAt === null);
    if (act === 'cut-short' || act === 'reinstate') {
      if (!mayOnTurn(act, turn, instant).ok) continue;
      const open = grants.find(({ closedAt }) => closedAt === null);
      if (act === 'cut-short' && open) open.closedAt = instant;
      if (act === 'reinstate')
        grants.push({ stintId: 'grace', seat: 1, opensAt: instant, endsAt: END, closedAt: null });
      turn = act === 'cut-short' ? { ...cut, endsAt: earlyEnd(START, instant) } : running;
    } else if (mayOnAccount(act, (standing?.kind ?? null) as Standing).ok) {
      if (standing) standing.endsAt = instant;
      const kind = leaves[act];
      const scope = act === 'pause' ? 'everyone' : 'curators';
      if (kind) holds.push({ id: String(holds.length), kind, scope, startsAt: instant, endsAt: null, reason: '' });
    }
  }
  return { grants, holds };
}

/** Instants where something may go wrong: the start, the end, London's autumn clock change, each and a millisecond beside. */
const edges = [START, END, at('2026-10-25T00:00:00Z'), at('2026-10-25T01:00:00Z')].flatMap((instant) =>
  [-1, 0, 1].map((ms) => new Date(instant.getTime() + ms)),
);
const anInstant = fc.oneof(
  fc.constantFrom(...edges),
  fc.integer({ min: START.getTime(), max: END.getTime() }).map((ms) => new Date(ms)),
);
const anAct = fc.constantFrom<Act>(...ACTS, 'cut-short', 'reinstate');
const histories = fc
  .array(fc.record({ act: anAct, at: anInstant.filter((instant) => instant >= START) }), { maxLength: 14 })
  .map((acts) => acts.toSorted((a, b) => a.at.getTime() - b.at.getTime()));

describe('any history of acts', () => {
  it('leaves one hold at most, no two spans of access at once, and nothing granted outside a span or in a hold', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const { grants, holds } = lived(history);
        const beside = history.flatMap(({ at: instant }) => [-1, 0, 1].map((ms) => new Date(instant.getTime() + ms)));
        for (const instant of [...edges, ...beside]) holdsAt(instant, grants, holds);
      }),
      { numRuns: 200 },
    );
  });
});

/** What must be so at an instant, worked out from the rows without the code that decides. */
function holdsAt(instant: Date, grants: Grant[], holds: Hold[]): void {
  const within = (from: Date, to: Date | null) => from <= instant && (to === null || instant < to);
  const standing = holds.filter(({ startsAt, endsAt }) => within(startsAt, endsAt));
  const spans = grants.filter(({ opensAt, endsAt, closedAt }) => within(opensAt, closedAt ?? endsAt));
  const actor = { kind: 'stint', stintId: 'grace', seat: 1 } as const;
  const answer = mayAct(actor, grants, null, holds, instant);
  const hers = spans.length === 1 && standing.length === 0;
  expect(standing.length).toBeLessThanOrEqual(1);
  expect(spans.length).toBeLessThanOrEqual(1);
  expect(answer.allowed).toBe(hers);
  expect(creditedGrant(grants, holds, instant) !== null).toBe(hers);
  expect(mayAct({ kind: 'house' }, grants, null, holds, instant).allowed).toBe(standing[0]?.scope !== 'everyone');
  if (answer.until) expect(mayAct(actor, grants, null, holds, answer.until).why).not.toBe(answer.why);
}
