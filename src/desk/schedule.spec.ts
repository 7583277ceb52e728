import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Answer } from '../credentials/access.js';
import { momentOf, typedAs, whenIn, whyNotThen } from './schedule.js';

const london = 'Europe/London';
const typed = (date: string, time: string, which = '') => {
  const [year = '', month = '', day = ''] = date.split('-');
  return { year, month, day, time, which };
};
const read = (date: string, time: string, which?: string) => momentOf(london, typed(date, time, which));

describe('the time of a scheduled post', () => {
  it.each([
    ['in winter', '2026-12-08', '14:30', '2026-12-08T14:30:00Z'],
    ['in summer, an hour ahead of UTC', '2026-07-08', '9:05', '2026-07-08T08:05:00Z'],
    ['with a dot, or without a sign', '2026-12-08', '0805', '2026-12-08T08:05:00Z'],
    ['a minute before the clocks go forward', '2026-03-29', '00:59', '2026-03-29T00:59:00Z'],
    ['when they have gone forward', '2026-03-29', '02:00', '2026-03-29T01:00:00Z'],
    ['when they have gone back', '2026-10-25', '02:00', '2026-10-25T02:00:00Z'],
  ])('is read in the zone of the account: %s', (_, date, time, instant) => {
    expect(read(date, time)).toEqual({ at: new Date(instant) });
  });

  it.each([
    ['nothing', '--', ''],
    ['a day that no month has', '2026-02-30', '10:00'],
    ['an hour that no day has', '2026-12-08', '24:30'],
    ['words', '2026-12-08', 'noon'],
  ])('is asked for again when it is %s', (_, date, time) => {
    expect(read(date, time)).toEqual({ problem: 'Enter a date and a time, such as 14:30' });
  });

  it('that the clocks leave out is explained', () => {
    expect(read('2026-03-29', '01:30')).toEqual({
      problem:
        'There is no 01:30 on Sunday 29 March 2026: the clocks go forward over it. Choose an earlier or a later time',
    });
  });

  it('that happens twice is explained, and taken as the author says', () => {
    expect(read('2026-10-25', '01:30')).toEqual({
      problem: 'The clocks go back on Sunday 25 October 2026, so 1:30am happens twice. Choose which one you mean',
      twice: ['Sunday 25 October 2026 at 1:30am BST (12:30am UTC)', 'Sunday 25 October 2026 at 1:30am GMT'],
    });
    expect(read('2026-10-25', '01:30', 'first')).toEqual({ at: new Date('2026-10-25T00:30:00Z') });
    expect(read('2026-10-25', '01:30', 'second')).toEqual({ at: new Date('2026-10-25T01:30:00Z') });
  });

  it('is typed and read as the same instant, in any zone and at any clock change', () => {
    const minute = fc.integer({ min: 29_000_000, max: 31_000_000 }).map((n) => new Date(n * 60_000));
    const zone = fc.constantFrom('Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia');
    fc.assert(
      fc.property(zone, minute, (where, at) => {
        const when = typedAs(where, at);
        const readings = ['', 'first', 'second'].map((which) => momentOf(where, { ...when, which }));
        return readings.some((moment) => 'at' in moment && moment.at.getTime() === at.getTime());
      }),
    );
  });

  it('is read from the form and nothing else', () => {
    expect(
      whenIn({ 'when-day': ' 8 ', 'when-month': '12', 'when-year': '2026', 'when-time': '10:00', text: 'x' }),
    ).toEqual({ day: '8', month: '12', year: '2026', time: '10:00', which: '' });
    expect(whenIn(undefined)).toEqual({ day: '', month: '', year: '', time: '', which: '' });
  });
});

describe('a post may be scheduled', () => {
  const now = new Date('2026-12-08T10:00:00Z');
  const later = new Date('2026-12-08T11:00:00Z');
  const answer = (why: Answer['why']): Answer => ({ allowed: why === 'allowed', why, until: null });

  it('for any later instant at which its author may act, and for no other', () => {
    expect(whyNotThen(answer('allowed'), later, now)).toBeNull();
    for (const why of ['no-grant', 'not-yet', 'ended', 'outside-hours', 'held'] as const)
      expect([why, whyNotThen(answer(why), later, now)]).toEqual([why, expect.any(String)]);
  });

  it('not for this instant or one before it', () => {
    for (const at of [now, new Date('2026-12-08T09:00:00Z')])
      expect(whyNotThen(answer('allowed'), at, now)).toMatch(/has passed/);
  });
});
