import { describe, expect, it } from '@jest/globals';
import type { Account } from '../credentials/account.entity.js';
import { type BoundaryRead, lateness, readinessOf, standing, whoToWhom } from './handover-view.js';
import type { TurnRow } from './turns.service.js';

const account = { zone: 'Europe/London' } as Account;
const ada = { shownName: 'Ada', state: 'confirmed', agreed: true } as TurnRow;
const monday: BoundaryRead = {
  id: 'monday',
  at: new Date('2026-12-14T08:00Z'),
  startedAt: null,
  doneAt: null,
  latenessMs: null,
  outgoing: [],
  incoming: [ada],
};

describe('how a handover is told', () => {
  it('names who gives to whom', () => {
    expect(whoToWhom(monday)).toBe('The house to Ada');
    expect(whoToWhom({ outgoing: [ada], incoming: [] })).toBe('Ada to the house');
  });

  it('says what should be so before it', () => {
    expect(readinessOf(monday, []).every(({ ready }) => ready)).toBe(true);
    const missing = readinessOf({ ...monday, incoming: [{ ...ada, agreed: false }] }, ['@grace']);
    expect(missing.filter(({ ready }) => !ready).map(({ text }) => text)).toEqual([
      'Ada has not accepted the agreement',
      'Access given outside Baton is still open. @grace must be confirmed gone',
    ]);
  });

  it('says how it stands', () => {
    expect(standing(account, monday, [])).toBe('Begins by itself Monday 14 December 2026 at 8am GMT.');
    const begun = { ...monday, startedAt: monday.at };
    const grant = { name: 'grant', half: 'incoming', state: 'waiting', outcome: null, doneAt: null } as const;
    expect(standing(account, begun, [{ ...grant, waitsFor: 'earlier-access' }])).toMatch(/^Open access: Waits until/);
    expect(standing(account, { ...begun, doneAt: monday.at, latenessMs: 12 }, [])).toMatch(/It began on time\.$/);
  });

  it('rounds how late it began', () => {
    expect([999, 1_000, 125_000, 3_600_000, 200_000_000].map(lateness)).toEqual([
      'on time',
      '1 second late',
      '2 minutes late',
      '1 hour late',
      '2 days late',
    ]);
  });
});
