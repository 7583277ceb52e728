import { describe, expect, it } from '@jest/globals';
import type { Turn } from './boundaries.js';
import { plannedLetters } from './letters.js';

const ada: Turn = {
  id: 'ada',
  state: 'confirmed',
  startsAt: new Date('2026-12-07T08:00Z'),
  endsAt: new Date('2026-12-11T18:00Z'),
  confirmedAt: new Date('2026-11-01T12:00Z'),
};
const plan = (now: string, turn = ada) => plannedLetters(turn, 'Europe/London', new Date(now));

describe('the letters before a stint', () => {
  it('are a reminder a week ahead and access at 9am of the working day before', () => {
    expect(plan('2026-11-01T12:00Z')).toEqual([
      { template: 'reminder', dueAt: new Date('2026-11-30T08:00Z') },
      { template: 'access', dueAt: new Date('2026-12-04T09:00Z') },
    ]);
  });

  it('are due at once on short notice', () => {
    const now = '2026-12-02T10:00Z';
    expect(plan(now)[0]).toEqual({ template: 'reminder', dueAt: new Date(now) });
  });

  it('are the access letter alone where both would come at once', () => {
    const now = '2026-12-06T10:00Z';
    expect(plan(now)).toEqual([{ template: 'access', dueAt: new Date(now) }]);
  });

  it('are none once the stint has begun', () => {
    expect(plan('2026-12-07T08:00Z')).toEqual([]);
    expect(plan('2026-11-01T12:00Z', { ...ada, state: 'active' })).toEqual([]);
  });
});
