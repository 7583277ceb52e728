import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { budgetUse } from '../../credentials/budget.js';
import type { PostingHours } from '../../credentials/week.js';
import type { Outcome } from '../../networks/network.js';
import { instantOf } from '../../networks/network.js';
import { nextDay, nextLook, nextTry, roomFor, sinceFor } from './cadence.js';

const day = { opens: '08:00', closes: '20:00' };
const hours: PostingHours = { zone: 'Europe/London', days: { 1: day, 2: day, 3: day, 4: day, 5: day } };
const rhythm = { zone: 'Europe/London', hours, use: null };
const at = (time: string) => new Date(`2026-12-08T${time}:00Z`);
const minutesUntil = (next: Date, now: Date) => (next.getTime() - now.getTime()) / 60_000;
const instant = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });

describe('looks at mentions', () => {
  it('come often in posting hours, more rarely outside them and seldom at night', () => {
    expect(minutesUntil(nextLook(rhythm, at('10:00')), at('10:00'))).toBe(2);
    expect(minutesUntil(nextLook(rhythm, at('20:30')), at('20:30'))).toBe(5);
    expect(minutesUntil(nextLook(rhythm, at('23:00')), at('23:00'))).toBe(15);
    expect(nextLook(rhythm, at('07:58'))).toEqual(at('08:00'));
  });

  it('of an account without posting hours come often by day', () => {
    expect(minutesUntil(nextLook({ ...rhythm, hours: null }, at('21:00')), at('21:00'))).toBe(2);
  });

  it('are always ahead, and the rarer the more of the budget is used', () => {
    fc.assert(
      fc.property(instant, fc.nat(2_000_000), fc.nat(2_000_000), (now, one, more) => {
        const poorer = nextLook({ ...rhythm, use: budgetUse(one + more, 1_000_000) }, now);
        const richer = nextLook({ ...rhythm, use: budgetUse(one, 1_000_000) }, now);
        return richer > now && poorer >= richer;
      }),
    );
  });

  it('wait after a failure for as long as the network says, and never less than otherwise', () => {
    const limited: Outcome<never> = { kind: 'later', at: at('09:20'), why: 'rate-limit', detail: 'Slow down' };
    const poor: Outcome<never> = { kind: 'later', at: null, why: 'no-credits', detail: 'Empty' };
    const now = at('10:00');
    expect(minutesUntil(nextTry(limited, rhythm, now, at('09:00')), now)).toBe(20);
    expect(minutesUntil(nextTry({ ...limited, at: at('08:00') }, rhythm, now, at('09:00')), now)).toBe(2);
    expect(minutesUntil(nextTry(poor, rhythm, now, now), now)).toBe(15);
  });
});

describe('where a look begins', () => {
  it('is five minutes before the newest post that is known, and always an id', () => {
    const newest = '2130243755767234560';
    const began = instantOf(sinceFor(newest)).getTime();
    expect(instantOf(newest).getTime() - began).toBe(5 * 60_000);
    expect(sinceFor('20')).toBe('1');
  });
});

describe('the room that a day’s budget leaves', () => {
  it('is all that is wanted without a budget', () => {
    expect(roomFor('x', null, 150)).toBe(150);
  });

  it('never costs more than is left, and is none where it is too small for a page', () => {
    fc.assert(
      fc.property(fc.nat(5_000_000), fc.integer({ min: 10_000, max: 5_000_000 }), (spent, budget) => {
        const room = roomFor('x', budgetUse(spent, budget), 150);
        const left = budget - spent;
        return room === 0 ? left < 5 * 15_000 : room >= 5 && room <= 150 && room * 15_000 <= left;
      }),
    );
  });

  it('is whole again with the next UTC day', () => {
    expect(nextDay(at('23:59'))).toEqual(new Date('2026-12-09T00:00:00Z'));
    expect(nextDay(new Date('2026-12-31T00:00:00Z'))).toEqual(new Date('2027-01-01T00:00:00Z'));
  });
});
