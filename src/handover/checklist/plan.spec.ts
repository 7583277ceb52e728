import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Line } from './line.js';
import { whenInWords } from './line.js';
import { plannedTasks } from './plan.js';
import { STANDARD } from './standard.js';

const ZONE = 'Europe/London';
const TURN = {
  confirmedAt: new Date('2026-09-01T09:00:00Z'),
  startsAt: new Date('2026-10-26T08:00:00Z'),
  endsAt: new Date('2026-10-30T18:00:00Z'),
};
const line = (given: Partial<Line>): Line => ({
  ...{ key: 'a', doer: 'team', anchor: 'start', days: 0, hours: 0, time: null, title: 'A', how: '' },
  ...given,
});
const due = (given: Partial<Line>, turn = TURN) => plannedTasks([line(given)], turn, ZONE)[0]?.dueAt.toISOString();

describe('when a line of the checklist is due', () => {
  it('counts calendar days over a clock change: 10am stays 10am', () => {
    expect(due({ days: -1, time: '10:00' })).toBe('2026-10-25T10:00:00.000Z');
    expect(due({ days: -2, time: '10:00' })).toBe('2026-10-24T09:00:00.000Z');
    expect(due({ days: -7 })).toBe('2026-10-19T07:00:00.000Z');
    expect(due({ anchor: 'end', days: 150, time: '10:00' })).toBe('2027-03-29T09:00:00.000Z');
  });

  it('counts hours as hours', () => {
    expect(due({ anchor: 'end', hours: -2 })).toBe('2026-10-30T16:00:00.000Z');
    expect(due({ hours: -48 })).toBe('2026-10-24T08:00:00.000Z');
  });

  it('gives what comes too late to a turn confirmed at short notice a time soon after, the first thing first', () => {
    const short = { ...TURN, confirmedAt: new Date('2026-10-24T08:00:00Z') };
    const tasks = plannedTasks(STANDARD, short, ZONE);
    const before = tasks.filter(({ dueAt }) => dueAt <= TURN.startsAt).map(({ line: { key } }) => key);
    expect(before).toEqual(['employer', 'plan', 'call', 'introduction', 'introduction-seen', 'on-call', 'colleagues']);
    expect(tasks[0]?.dueAt.toISOString()).toBe('2026-10-24T13:10:00.000Z');
  });
});

const instant = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 0, 1) }).map((ms) => new Date(ms));
const lines = fc.array(
  fc.record({
    key: fc.uuid(),
    doer: fc.constantFrom('curator' as const, 'team' as const),
    anchor: fc.constantFrom('confirmed' as const, 'start' as const, 'end' as const),
    days: fc.integer({ min: -60, max: 60 }),
    hours: fc.integer({ min: -48, max: 48 }),
    time: fc.constantFrom(null, '01:30', '09:00', '24:00'),
    title: fc.constant('A line'),
    how: fc.constant(''),
  }),
  { maxLength: 20 },
);
const turns = fc
  .tuple(
    instant,
    fc.integer({ min: 3_600_000, max: 40 * 86_400_000 }),
    fc.integer({ min: -40 * 86_400_000, max: 90 * 86_400_000 }),
  )
  .map(([startsAt, length, notice]) => {
    const endsAt = new Date(startsAt.getTime() + length);
    return { startsAt, endsAt, confirmedAt: new Date(Math.min(startsAt.getTime() - notice, endsAt.getTime() - 1)) };
  });

describe('the tasks of any turn', () => {
  it('are all there, in order, and none was due before the turn was confirmed', () => {
    fc.assert(
      fc.property(lines, turns, (given, turn) => {
        const tasks = plannedTasks(given, turn, ZONE);
        expect(tasks.map(({ line: { key } }) => key).sort()).toEqual(given.map(({ key }) => key).sort());
        for (const [index, { dueAt }] of tasks.entries()) {
          expect(dueAt >= turn.confirmedAt).toBe(true);
          expect(dueAt >= (tasks[index - 1]?.dueAt ?? turn.confirmedAt)).toBe(true);
        }
      }),
    );
  });

  it('come in the order in which they would have come with all the time in the world', () => {
    fc.assert(
      fc.property(lines, turns, (given, turn) => {
        const anchored = given.filter(({ anchor }) => anchor !== 'confirmed');
        const early = { ...turn, confirmedAt: new Date(0) };
        const order = (planned: typeof turn) => plannedTasks(anchored, planned, ZONE).map(({ line: { key } }) => key);
        expect(order(turn)).toEqual(order(early));
      }),
    );
  });
});

describe('the standard checklist', () => {
  it('has a key of its own for every line', () => {
    expect(new Set(STANDARD.map(({ key }) => key)).size).toBe(STANDARD.length);
    expect(STANDARD.length).toBeGreaterThan(10);
  });

  it('says when in words', () => {
    expect(whenInWords(line({ days: -21, time: '09:00' }))).toBe('21 days before the turn starts, at 09:00');
    expect(whenInWords(line({ anchor: 'end', hours: -2 }))).toBe('2 hours before the turn ends');
    expect(whenInWords(line({}))).toBe('When the turn starts');
    expect(whenInWords(line({ anchor: 'confirmed', days: 1 }))).toBe('1 day after the turn is confirmed');
  });
});
