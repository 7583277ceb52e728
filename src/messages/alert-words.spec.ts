import { describe, expect, it } from '@jest/globals';
import { ALERTS, type Alert, type AlertFacts, type AlertKind, alertWords } from './alert-words.js';

const handover = { handoverId: 'h', at: '2026-12-11T18:00:00Z', from: 'Grace', to: 'Ada' };
const facts: AlertFacts = {
  'first-post': { name: 'Grace', at: '2026-12-07T09:12:00Z', postId: '42' },
  'no-first-post': { name: 'Grace' },
  'access-open': { name: 'Grace', endedAt: '2026-12-11T18:00:00Z', by: 'delegate', overridden: false },
  'handover-stuck': { ...handover, how: 'waits', waitsFor: 'proof' },
  'handover-late': { ...handover, startedAt: '2026-12-11T18:35:00Z' },
  'hand-work': { ...handover, work: ['remove', 'restore', 'thank', 'invite', 'profile', 'announce'] },
  disconnected: {},
  'credits-out': {},
  'post-unknown': { messageId: 'm' },
  'thread-broken': { messageId: 'm', out: [1, 2], at: 3, how: 'refused', rest: [4] },
  'posts-held': { count: 2 },
  'letters-refused': { count: 3 },
  panic: { name: 'Grace', path: '/team/nhs/pauses' },
  test: {},
};
const KINDS = Object.keys(facts) as AlertKind[];

function words<Kind extends AlertKind>(
  kind: Kind,
  change: Partial<AlertFacts[Kind]> = {},
  phase: Alert['phase'] = 'first',
) {
  const given = {
    kind,
    phase,
    account: 'NHS',
    slug: 'nhs',
    zone: 'Europe/London',
    since: '2026-12-11T20:00:00Z',
    until: '2026-12-11T21:10:00Z',
    facts: { ...facts[kind], ...change },
  };
  return alertWords(given as Alert);
}

describe('an alert', () => {
  it.each(KINDS)('of the kind %s says which account, what is so and where to go', (kind) => {
    const { title, lines, action } = words(kind);
    expect(title).toMatch(/^@NHS: \S/);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^[A-Z@0-9].*[.?]$/);
    expect(action.href).toMatch(/^(\/team\/nhs|https:\/\/x\.com\/NHS\/status\/42$)/);
    expect(JSON.stringify([title, lines])).not.toMatch(/undefined|null|NaN|Invalid/);
  });

  it('says how long a handover was late', () => {
    const late = (startedAt: string) => words('handover-late', { startedAt }).lines[0];
    expect(late('2026-12-11T18:35:00Z')).toBe(
      'It was due Friday 11 December 2026 at 6pm and began Friday 11 December 2026 at 6:35pm: 35 minutes late.',
    );
    expect(late('2026-12-11T21:30:00Z')).toContain(': 3 hours late');
    expect(late('2026-12-14T18:30:00Z')).toContain(': 3 days late');
  });

  it('says what is left for people, and who it is about', () => {
    expect(words('hand-work', { work: ['remove', 'invite'] }).lines.slice(1, -1)).toEqual([
      'Take away the access that Grace was given outside Baton, and confirm that it is gone.',
      'Give Ada access, and say so.',
    ]);
  });

  it('says what a stuck handover waits for, where anybody can know', () => {
    expect(words('handover-stuck').lines[1]).toContain('confirm that access given outside Baton is gone');
    expect(words('handover-stuck', { waitsFor: 'rotation' }).lines[1]).toContain('change the password');
    expect(words('handover-stuck', { waitsFor: 'something new' }).lines[1]).toBe('It waits for a person.');
    expect(words('handover-stuck', { how: 'not-begun' }).lines[1]).toContain('Is a worker running?');
  });

  it('says so when a keeper let the next turn begin', () => {
    expect(words('access-open').lines.join(' ')).toContain('Nobody else gets access');
    expect(words('access-open', { overridden: true }).lines.join(' ')).toContain('begin all the same');
  });

  it('says that it is a reminder, since when, and when it is over', () => {
    const again = words('disconnected', {}, 'again');
    expect(again.title).toBe('@NHS: still: not connected to the network');
    expect(again.lines.at(-1)).toContain('first told Friday 11 December 2026 at 8pm');
    const over = words('disconnected', {}, 'over');
    expect([over.title, over.lines]).toEqual([
      '@NHS: over: not connected to the network',
      ['The account is connected again.'],
    ]);
    expect(words('handover-stuck', {}, 'over').lines).toEqual(['It is settled, 3 hours after its time.']);
  });

  it('can be switched off, every kind of it but the test', () => {
    expect(ALERTS.map(({ kind }) => kind as AlertKind).toSorted()).toEqual(
      KINDS.filter((kind) => kind !== 'test').toSorted(),
    );
  });
});
