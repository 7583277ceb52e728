import { describe, expect, it } from '@jest/globals';
import { type PublicTurn, rotaIcs, rotaJson } from './public-rota.js';

const account = { slug: 'nhs', handle: 'NHS', name: 'The NHS', zone: 'Europe/London' };
const turn: PublicTurn = {
  id: '0b1c',
  state: 'confirmed',
  startsAt: new Date('2026-06-01T07:00:00Z'),
  endsAt: new Date('2026-06-05T17:00:00Z'),
  name: 'Ada; of York, \n"the first"',
  role: 'Nurse',
  seat: 1,
  revision: 3,
  confirmedAt: new Date('2026-05-01T12:00:00Z'),
};

describe('the public rota', () => {
  it('says in JSON who is on when, and nothing else', () => {
    expect(rotaJson(account, [turn])).toEqual({
      version: 1,
      account: { slug: 'nhs', handle: 'NHS', name: 'The NHS' },
      zone: 'Europe/London',
      turns: [
        {
          id: '0b1c',
          state: 'confirmed',
          startsAt: '2026-06-01T07:00:00.000Z',
          endsAt: '2026-06-05T17:00:00.000Z',
          name: turn.name,
          role: 'Nurse',
        },
      ],
    });
  });

  it('says the same as a calendar: UTC, a lasting UID, the revision as its sequence', () => {
    const lines = rotaIcs(account, [turn], 'https://baton.example/nhs')
      .replace(/\r\n[ \t]/g, '')
      .split('\r\n');
    for (const line of [
      'UID:0b1c@baton.example',
      'SEQUENCE:3',
      'DTSTAMP:20260501T120000Z',
      'DTSTART:20260601T070000Z',
      'DTEND:20260605T170000Z',
      'SUMMARY:Ada\\; of York\\, \\n"the first" curates @NHS',
      'TRANSP:TRANSPARENT',
    ])
      expect(lines).toContain(line);
  });

  it('is the same text for the same turns, so that it can be cached', () => {
    expect(rotaIcs(account, [turn], 'https://baton.example/nhs')).toBe(
      rotaIcs(account, [turn], 'https://baton.example/nhs'),
    );
  });
});
