import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { settings } from '../../config/settings.js';
import { nextHoursChange } from '../credentials/posting-hours.js';
import type { PostingHours } from '../credentials/week.js';
import { nextLook, nextTry, type Rhythm } from './cadence.js';

const MINUTE = 60_000;
const day = { opens: '08:00', closes: '20:00' };
const hours: PostingHours = { zone: 'Europe/London', days: { 1: day, 2: day, 3: day, 4: day } };
const nhs: Rhythm = { zone: 'Europe/London', hours, postedAt: null };
const at = (text: string) => new Date(text);
const minutesTo = (rhythm: Rhythm, now: string) => (nextLook(rhythm, at(now)).getTime() - Date.parse(now)) / MINUTE;

const anyTime = fc.constantFrom('00:00', '00:10', '06:00', '08:00', '12:20', '20:00', '23:55', '24:00');
const anyDay = fc
  .tuple(anyTime, anyTime)
  .map((times) => times.toSorted())
  .map(([opens = '', closes = '']) => (opens === closes ? day : { opens, closes }));
const anyHours = fc.option(
  fc.record({
    zone: fc.constantFrom('Europe/London', 'America/New_York', 'Australia/Lord_Howe'),
    days: fc.dictionary(fc.constantFrom('1', '2', '3', '4', '5', '6', '7'), anyDay),
  }),
) as fc.Arbitrary<PostingHours | null>;
const anyNow = fc.date({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z'), noInvalidDate: true });
const anyRhythm = fc.record({ zone: fc.constant('Europe/London'), hours: anyHours, postedAt: fc.option(anyNow) });

describe('the next look', () => {
  it('is in five minutes on an ordinary day', () => {
    expect(minutesTo(nhs, '2026-12-08T12:00:00Z')).toBe(5);
    expect(minutesTo({ ...nhs, hours: null }, '2026-12-08T12:00:00Z')).toBe(5);
  });

  it('is sooner just after a post, also at night', () => {
    const posted = { ...nhs, postedAt: at('2026-12-08T02:00:00Z') };
    expect(minutesTo(posted, '2026-12-08T02:09:59Z')).toBe(1);
    expect(minutesTo(posted, '2026-12-08T02:10:00Z')).toBe(10);
  });

  it('is sooner around the opening and the closing of posting hours', () => {
    for (const now of ['2026-12-08T07:45:00Z', '2026-12-08T08:10:00Z', '2026-12-08T19:50:00Z', '2026-12-08T20:14:00Z'])
      expect([now, minutesTo(nhs, now)]).toEqual([now, 2]);
    expect(minutesTo(nhs, '2026-12-08T20:16:00Z')).toBe(5);
  });

  it('is later at night, unless posting hours are open then', () => {
    expect(minutesTo(nhs, '2026-12-08T23:00:00Z')).toBe(10);
    const always = { opens: '00:00', closes: '24:00' };
    const open = { zone: 'Europe/London', days: { 1: always, 2: always, 3: always, 4: always, 5: always } };
    expect(minutesTo({ ...nhs, hours: open }, '2026-12-08T23:00:00Z')).toBe(5);
  });

  it('is never passed over when posting hours near', () => {
    expect(nextLook(nhs, at('2026-12-08T07:43:00Z'))).toEqual(at('2026-12-08T07:45:00Z'));
  });

  it('comes, within what a feed may be old, and never after posting hours have neared unseen', () => {
    fc.assert(
      fc.property(anyRhythm, anyNow, (rhythm, now) => {
        const next = nextLook(rhythm, now);
        expect(next.getTime()).toBeGreaterThan(now.getTime());
        expect(next.getTime() - now.getTime()).toBeLessThanOrEqual(settings.feedEveryAtNight);
        const edge = rhythm.hours && nextHoursChange(rhythm.hours, now);
        const nearing = edge ? edge.getTime() - settings.feedAroundHours : 0;
        if (nearing > now.getTime()) expect(next.getTime()).toBeLessThanOrEqual(nearing);
      }),
    );
  });

  it('comes often enough and seldom enough on any day', () => {
    fc.assert(
      fc.property(anyHours, anyNow, (some, start) => {
        let looks = 0;
        for (let now = start; now.getTime() < start.getTime() + 24 * 60 * MINUTE; looks++)
          now = nextLook({ ...nhs, hours: some, postedAt: null }, now);
        expect(looks).toBeGreaterThanOrEqual(200);
        expect(looks).toBeLessThanOrEqual(24 * 30 + 4);
      }),
      { numRuns: 4 },
    );
  });
});

it('waits longer when the day’s budget is nearly used, even where posting hours open', () => {
  const now = at('2026-12-08T12:00:00Z');
  const wait = (slowdown: number) => (nextLook({ ...nhs, slowdown }, now).getTime() - now.getTime()) / MINUTE;
  expect([wait(1), wait(4), wait(12)]).toEqual([5, 20, 60]);
});

describe('the next try after a failure', () => {
  const [now, real] = [at('2026-12-08T12:00:00Z'), at('2026-11-01T09:00:00Z')];
  const minutes = (answer: Parameters<typeof nextTry>[0]) =>
    (nextTry(answer, nhs, now, real).getTime() - now.getTime()) / MINUTE;

  it('is the next look, when the network says nothing else', () => {
    expect(minutes({ kind: 'later', at: null, why: 'unavailable', detail: '' })).toBe(5);
    expect(minutes({ kind: 'refused', why: 'forbidden', detail: '' })).toBe(5);
  });

  it('is when the network says, by unscaled time', () => {
    const at = new Date(real.getTime() + 12 * MINUTE);
    expect(minutes({ kind: 'later', at, why: 'rate-limit', detail: '' })).toBe(12);
  });

  it('is seldom while there are no credits', () => {
    expect(minutes({ kind: 'later', at: null, why: 'no-credits', detail: '' })).toBe(15);
  });
});
