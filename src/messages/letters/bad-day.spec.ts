import { describe, expect, it } from '@jest/globals';
import { type BadDayAct, type BadDayLetters, badDayLetters } from './bad-day.js';
import { asText } from './letter.js';

const link = (path: string) => `https://baton.example${path}`;
const told = {
  ...{ name: 'Grace', account: 'NHS', slug: 'nhs', zone: 'Europe/London', at: '2026-12-09T10:00:00Z' },
  ...{ reason: 'A complaint', stintId: 's1', help: 'Olu, 01632 960 123', by: 'delegate' as const },
  ...{ startsAt: '2026-12-09T10:00:00Z', endsAt: '2026-12-11T18:00:00Z', when: 'this week' },
  ...{ act: 'pause' as BadDayAct, who: 'Olu', curator: 'Grace', byCurator: false },
};
const names = Object.keys(badDayLetters) as (keyof BadDayLetters)[];

describe('the letters of a bad day', () => {
  it.each(names)('%s says what happened, why, and where to go, on one address', (name) => {
    const letter = badDayLetters[name](told, link);
    const text = asText(letter);
    expect(letter.subject).toContain('@NHS');
    expect(text.match(/https:/g)).toHaveLength(1);
    expect(text).not.toMatch(/undefined|null|\[object/);
    if (!['account-open-again', 'account-given-back', 'turn-given'].includes(name))
      expect(text).toContain('A complaint');
  });

  it.each<BadDayAct>([
    'pause',
    'lift',
    'take-over',
    'give-back',
    'cut-short',
    'no-show',
    'reinstate',
    'replace',
    'propose',
  ])('tell the team of %s and whose act it was', (act) => {
    const text = asText(badDayLetters['bad-day']({ ...told, act }, link));
    expect(text).toContain('Olu did this on Wednesday 9 December 2026 at 10am GMT.');
    expect(text).not.toContain('undefined');
  });

  it('ask a curator to leave the apps only where access was given outside Baton', () => {
    expect(asText(badDayLetters['turn-cut-short'](told, link))).toContain('remove @NHS from the apps');
    expect(asText(badDayLetters['turn-cut-short']({ ...told, by: 'desk' }, link))).not.toContain('apps');
  });

  it('are kind to somebody who did not turn up, and thank nobody for it', () => {
    const text = asText(badDayLetters['turn-no-show'](told, link));
    expect(text).toContain('We hope that you are well');
    expect(text).not.toMatch(/thank/i);
  });
});
