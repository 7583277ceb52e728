import { describe, expect, it } from '@jest/globals';
import { slotOfWeek } from '../credentials/week.js';
import { type Availability, suits } from './suits.js';

const london = 'Europe/London';
const ada: Availability = {
  first: ['2026-12-07'],
  second: ['2026-12-14'],
  unavailable: ['2026-12-21'],
  flexible: false,
};

function suitsIn(week: string, availability = ada) {
  const slot = slotOfWeek(london, { startsOn: 1, startsAt: '08:00', endsOn: 5, endsAt: '18:00' }, week);
  return slot && suits(availability, slot, london);
}

describe('how a slot suits an applicant', () => {
  it('is what they said about its week', () => {
    expect(['2026-12-07', '2026-12-14', '2026-12-21', '2027-01-04'].map((week) => suitsIn(week))).toEqual([
      'first',
      'second',
      'unavailable',
      'not-said',
    ]);
  });

  it('is flexible where they said so and nothing about that week', () => {
    const flexible = { ...ada, flexible: true };
    expect(suitsIn('2027-01-04', flexible)).toBe('flexible');
    expect(suitsIn('2026-12-21', flexible)).toBe('unavailable');
  });

  it('is unavailable even where the same week was chosen', () => {
    expect(suitsIn('2026-12-07', { ...ada, unavailable: ['2026-12-07'] })).toBe('unavailable');
  });

  it('is unavailable where the slot runs into such a week, but not where it ends as that week begins', () => {
    const intoWeek = { startsAt: new Date('2026-12-16T08:00:00Z'), endsAt: new Date('2026-12-21T00:00:00.001Z') };
    expect(suits(ada, intoWeek, london)).toBe('unavailable');
    expect(suits(ada, { ...intoWeek, endsAt: new Date('2026-12-21T00:00:00Z') }, london)).toBe('second');
  });

  it('goes by the local week of the account', () => {
    const mondayMorning = { startsAt: new Date('2026-12-06T21:00:00Z'), endsAt: new Date('2026-12-11T07:00:00Z') };
    expect(suits(ada, mondayMorning, 'Australia/Lord_Howe')).toBe('first');
  });
});
