import { describe, expect, it } from '@jest/globals';
import type { Answers } from './question.js';
import { checkRows, weekChoices } from './shown.js';

const account = {
  zone: 'Europe/London',
  slotPattern: { startsOn: 1, startsAt: '08:00', endsOn: 5, endsAt: '18:00' },
  postingHours: null,
} as const;

describe('the weeks to choose from', () => {
  it('are the coming turns of half a year, without the one that runs', () => {
    const weeks = weekChoices(account, new Date('2026-11-18T10:30:00Z'));
    expect(weeks[0]).toEqual({ monday: '2026-11-23', words: expect.stringContaining('23 November 2026') });
    expect(weeks.length).toBeGreaterThanOrEqual(25);
    expect(new Set(weeks.map((week) => week.monday)).size).toBe(weeks.length);
  });

  it('begin with the next one on a weekend', () => {
    expect(weekChoices(account, new Date('2026-11-21T10:30:00Z'))[0]?.monday).toBe('2026-11-23');
  });
});

describe('answers in words', () => {
  const worded = (answers: Answers, key: string) =>
    checkRows(answers, true, false).find((row) => row.key === key)?.value;

  it('say weeks as dates that people read', () => {
    const weeks = { first: ['2026-12-07', '2026-12-14'], second: [], unavailable: ['2027-01-04'], flexible: true };
    expect(worded({ weeks }, 'Which weeks suit you?')).toBe(
      'First choice: weeks of 7 December 2026, 14 December 2026. Cannot: week of 4 January 2027. Flexible: any week that is not ruled out.',
    );
    expect(
      worded({ weeks: { first: [], second: [], unavailable: [], flexible: false } }, 'Which weeks suit you?'),
    ).toBe('No preference');
  });

  it('name a choice by its text, and say that health was told, never what', () => {
    expect(worded({ experience: '3' }, 'How used are you to social media?')).toBe('I post now and then');
    expect(worded({ health: 'asthma' }, 'About your health')).toBe('Given (encrypted)');
    expect(worded({}, 'Photo')).toBe('None');
    expect(worded({ directMessages: true }, 'We may send you direct messages on X')).toBe('Yes');
  });

  it('have a row for each thing that was asked', () => {
    const keys = checkRows({ capacity: 'patient' }, false, false).map((row) => row.key);
    expect(keys).not.toContain('Your role');
    expect(new Set(keys).size).toBe(keys.length);
  });
});
