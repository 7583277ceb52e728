import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shiftProblem, type Timed } from './instants.js';

const at = new Date('2026-12-11T18:00Z');
const hours = (count: number) => new Date(at.getTime() + count * 3_600_000);
const turn = (shownName: string, from: number, to: number, seat = 1): Timed => ({
  id: shownName,
  shownName,
  seat,
  startsAt: hours(from),
  endsAt: hours(to),
});
const grace = turn('Grace', -100, 0);
const ada = turn('Ada', 0, 100);
const both = { outgoing: [grace], incoming: [ada] };
const now = hours(-10);
const problem = (to: number, others: Timed[] = [], halves = both) => shiftProblem(at, hours(to), halves, others, now);

describe('running a handover early or late', () => {
  it('is possible from now until the turns of both halves would be turned round', () => {
    expect([-10, -5, 5, 99].map((to) => problem(to))).toEqual([null, null, null, null]);
    expect(problem(-11)).toMatch(/has passed/);
    expect(problem(0)).toMatch(/already/);
    expect(problem(100)).toBe('The turn of Ada would start after its end');
    expect(shiftProblem(at, hours(-100), both, [], hours(-200))).toBe('The turn of Grace would end before it starts');
  });

  it('never reaches into another turn of the seat', () => {
    const sam = turn('Sam', 2, 50);
    expect(problem(2, [sam], { outgoing: [grace], incoming: [] })).toBeNull();
    expect(problem(3, [sam], { outgoing: [grace], incoming: [] })).toMatch(/overlap the turn of Sam/);
    expect(problem(3, [{ ...sam, seat: 2 }], { outgoing: [grace], incoming: [] })).toBeNull();
    expect(problem(-5, [turn('Sam', -50, -4)], { outgoing: [], incoming: [ada] })).toMatch(/overlap the turn of Sam/);
  });

  it('leaves no two turns of a seat at once, whatever is chosen', () => {
    const times = fc.integer({ min: -300, max: 300 });
    fc.assert(
      fc.property(times, times, fc.nat(100), (to, from, length) => {
        const other = turn('Sam', from, from + 1 + length);
        if ([grace, ada].some((each) => each.startsAt < other.endsAt && other.startsAt < each.endsAt)) return;
        if (problem(to, [other])) return;
        const [before, after] = [turn('Grace', -100, to), turn('Ada', to, 100)];
        expect(before.startsAt < before.endsAt && after.startsAt < after.endsAt).toBe(true);
        for (const each of [before, after])
          expect(each.startsAt < other.endsAt && other.startsAt < each.endsAt).toBe(false);
      }),
    );
  });
});
