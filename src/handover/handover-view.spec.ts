import { describe, expect, it } from '@jest/globals';
import type { Account } from '../credentials/account.entity.js';
import {
  type BoundaryRead,
  lateness,
  readinessOf,
  type StepRead,
  shownSteps,
  standing,
  whoToWhom,
} from './handover-view.js';
import type { TurnRow } from './turns.service.js';

const account = { zone: 'Europe/London' } as Account;
const ada = { shownName: 'Ada', state: 'confirmed', agreed: true } as TurnRow;
const monday: BoundaryRead = {
  id: 'monday',
  at: new Date('2026-12-14T08:00Z'),
  startedAt: null,
  doneAt: null,
  latenessMs: null,
  suspendedAt: null,
  suspendedByName: null,
  suspendedReason: null,
  outgoing: [],
  incoming: [ada],
};

const held = {
  suspendedAt: new Date('2026-12-13T16:00Z'),
  suspendedByName: 'Olu',
  suspendedReason: 'Ada is ill.',
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
    const grant = { name: 'grant', half: 'incoming', state: 'waiting', outcome: null, doneAt: null } as StepRead;
    expect(standing(account, begun, [{ ...grant, waitsFor: 'earlier-access' }])).toMatch(/^Open access: Waits until/);
    expect(standing(account, { ...begun, doneAt: monday.at, latenessMs: 12 }, [])).toMatch(/It began on time\.$/);
  });

  it('says that it is suspended, by whom, why, and that access still ends', () => {
    const told = standing(account, { ...monday, ...held }, []);
    expect(told).toContain('Suspended by Olu Sunday 13 December 2026 at 4pm: Ada is ill. No step is taken until');
    expect(told).toContain('still ends by itself');
  });

  it('says who let a step pass or did it by hand, when and why', () => {
    const step = { name: 'check', state: 'done', doneAt: monday.at, byName: 'Kim', reason: 'She rang me.' } as StepRead;
    const settled = (row: StepRead) => shownSteps(account, [row], {})[0]?.settled;
    expect(settled({ ...step, byName: null })).toBeNull();
    expect(settled({ ...step, overriddenAt: null })).toMatch(/^Kim did it by hand Monday .* at 8am: She rang me\.$/);
    expect(settled({ ...step, overriddenAt: monday.at })).toMatch(
      /^Kim let it pass without proof Monday .*: She rang me/,
    );
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
