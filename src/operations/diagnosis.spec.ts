import { describe, expect, it } from '@jest/globals';
import { exitCode, type Finding, lineOf, ofSkew } from './diagnosis.js';

describe('the doctor', () => {
  it('says what to do next on a line of its own', () => {
    const line = lineOf({ how: 'bad', about: 'mail', says: 'does not answer', todo: 'Look at SMTP_URL.' });
    expect(line.split('\n').map((each) => each.trim())).toEqual([
      'BAD   mail                   does not answer',
      '→ Look at SMTP_URL.',
    ]);
  });

  it('ends with 1 for what is bad, not for what is worth a look', () => {
    const of = (...hows: Finding['how'][]) => exitCode(hows.map((how) => ({ how, about: '', says: '' })));
    expect([of(), of('ok', 'look'), of('ok', 'bad', 'look')]).toEqual([0, 0, 1]);
  });

  it.each([
    [0, 'ok'],
    [-4_999, 'ok'],
    [5_000, 'look'],
    [-60_000, 'bad'],
    [null, 'look'],
  ] as const)('finds clocks that are %s ms apart %s', (apart, how) => {
    expect(ofSkew('clock', apart).how).toBe(how);
  });
});
