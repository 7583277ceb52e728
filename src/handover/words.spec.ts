import { describe, expect, it } from '@jest/globals';
import type { Account } from '../credentials/account.entity.js';
import { textLength } from '../networks/text.js';
import { curatorProfile, introduction, thanks } from './words.js';

const account = {
  network: 'x',
  handle: 'NHS',
  zone: 'Europe/London',
  houseName: '@NHS',
  houseBio: 'A new voice of the NHS each week.',
  hashtag: 'NHScurator',
} as Account;
const grace = { shownName: 'Grace', role: 'district nurse', endsAt: new Date('2026-12-11T18:00Z') };

describe('what the house says', () => {
  it('introduces the curator with their role, how long, and the hashtag', () => {
    expect(introduction(account, [grace])).toBe(
      '@NHS is with Grace (district nurse) until Friday 11 December 2026 at 6pm. #NHScurator',
    );
  });

  it('leaves out what does not fit a post, and keeps the name', () => {
    const long = introduction(account, [{ ...grace, role: 'nurse '.repeat(60) }]);
    expect(long).toBe('@NHS is with Grace until Friday 11 December 2026 at 6pm. #NHScurator');
    expect(textLength('x', long).valid).toBe(true);
  });

  it('names everybody who curated', () => {
    const names = ['Grace', 'Sam', 'Ada'].map((shownName) => ({ ...grace, shownName }));
    expect(thanks({ ...account, hashtag: '#NHScurator' } as Account, names)).toBe(
      'Thank you, Grace, Sam and Ada, for curating @NHS. #NHScurator',
    );
  });

  it('fits the profile into what X allows', () => {
    expect(curatorProfile(account, [grace])).toEqual({
      name: '@NHS / Grace',
      bio: 'Now with Grace (district nurse). A new voice of the NHS each week.',
    });
    const { name, bio } = curatorProfile(account, [{ ...grace, shownName: 'G'.repeat(80), role: 'r'.repeat(200) }]);
    expect(Array.from(name)).toHaveLength(50);
    expect(bio).toBe(account.houseBio);
  });
});
