import { describe, expect, it } from '@jest/globals';
import type { PostingHours } from '../credentials/week.js';
import type { Turn } from './boundaries.js';
import { plannedLetters } from './letters.js';

const ada: Turn = {
  id: 'ada',
  state: 'confirmed',
  startsAt: new Date('2026-12-07T08:00Z'),
  endsAt: new Date('2026-12-11T18:00Z'),
  confirmedAt: new Date('2026-11-01T12:00Z'),
};
const hours: PostingHours = {
  zone: 'Europe/London',
  days: { 1: { opens: '08:00', closes: '20:00' }, 5: { opens: '08:00', closes: '17:00' } },
};
const planned = (now: string, turn = ada, postingHours: PostingHours | null = hours) =>
  plannedLetters(turn, { zone: 'Europe/London', postingHours }, new Date(now));
const plan = (now: string, turn = ada) => planned(now, turn).filter(({ template }) => template !== 'sign-off');
const signOff = (now: string, turn = ada, postingHours: PostingHours | null = hours) =>
  planned(now, turn, postingHours).find(({ template }) => template === 'sign-off')?.dueAt;

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

describe('the sign-off reminder', () => {
  it('comes two hours before the last posting hours end', () => {
    expect(signOff('2026-11-01T12:00Z')).toEqual(new Date('2026-12-11T15:00Z'));
    expect(signOff('2026-11-01T12:00Z', { ...ada, endsAt: new Date('2026-12-09T10:00Z') })).toEqual(
      new Date('2026-12-07T18:00Z'),
    );
  });

  it('comes two hours before the end where there are no posting hours', () => {
    expect(signOff('2026-11-01T12:00Z', ada, null)).toEqual(new Date('2026-12-11T16:00Z'));
  });

  it('is planned while the turn runs too, at once when there is less time', () => {
    const active: Turn = { ...ada, state: 'active' };
    expect(signOff('2026-12-08T12:00Z', active)).toEqual(new Date('2026-12-11T15:00Z'));
    expect(signOff('2026-12-11T16:30Z', active)).toEqual(new Date('2026-12-11T16:30Z'));
    expect(signOff('2026-12-11T17:00Z', active)).toBeUndefined();
  });

  it('is not planned for a turn that is not confirmed, nor for one of two hours', () => {
    expect(signOff('2026-11-01T12:00Z', { ...ada, state: 'offered' })).toBeUndefined();
    const short = { ...ada, startsAt: new Date('2026-12-11T15:00Z') };
    expect(signOff('2026-11-01T12:00Z', short)).toBeUndefined();
  });
});
