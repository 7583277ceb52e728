import { describe, expect, it } from '@jest/globals';
import type { Reveal } from '../credentials/reveals.js';
import { rotationWords } from '../credentials/reveals.js';
import { accessWords, passwordWords, revealWords } from './credentials-view.js';

const at = new Date('2026-12-07T08:00:00Z');
const told = () => 'on Monday';
const sealed: Reveal = {
  id: 'r',
  secretId: 's',
  stintId: 'grace',
  personId: 'p',
  state: 'sealed',
  revealedAt: null,
  rotatedAt: null,
  overriddenAt: null,
};
const seen: Reveal = { ...sealed, state: 'revealed', revealedAt: at };
const turn = { startsAt: new Date('2026-12-07T08:00:00Z'), endsAt: new Date('2026-12-11T18:00:00Z') };

describe('what a curator reads about the password', () => {
  it('fits what became of it', () => {
    expect(passwordWords(sealed, true, true, told)).toContain('Nobody has seen it');
    expect(passwordWords(sealed, true, false, told)).toContain('sealed until then');
    expect(passwordWords(seen, true, true, told)).toContain('You have seen the password, on Monday');
    expect(passwordWords({ ...seen, rotatedAt: at }, true, true, told)).toContain('has been changed since');
    expect(passwordWords({ ...sealed, state: 'burned' }, true, false, told)).toContain('not opened');
    expect(passwordWords(null, false, true, told)).toContain('not put the password in yet');
  });

  it('says why the account is not theirs', () => {
    const answer = { allowed: false, until: at, now: at };
    expect(accessWords({ ...answer, why: 'held' }, turn, told).heading).toContain('paused');
    expect(accessWords({ ...answer, why: 'ended' }, turn, told).heading).toContain('ended');
    expect(accessWords({ ...answer, why: 'outside-hours' }, turn, told).text).toContain('from on Monday');
    expect(accessWords({ ...answer, why: 'no-grant' }, turn, told).heading).toBe('The account is not free yet');
    const early = { ...answer, why: 'no-grant' as const, now: new Date('2026-12-04T08:00:00Z') };
    expect(accessWords(early, turn, told).heading).toBe('Your turn has not started');
  });
});

describe('what a keeper reads about a reveal', () => {
  it('goes on saying what was not changed', () => {
    expect(revealWords(seen, false, told)).toBe('Seen on Monday');
    expect(revealWords(seen, true, told)).toBe('Seen on Monday; not changed yet');
    expect(revealWords({ ...seen, overriddenAt: at }, true, told)).toContain('not changed, which a keeper let pass');
    expect(revealWords({ ...seen, overriddenAt: at, rotatedAt: at }, true, told)).toContain('changed on Monday');
  });

  it('is put in one sentence for the step', () => {
    expect(rotationWords([])).toContain('No secret was shown');
    expect(rotationWords([{ ...sealed, state: 'burned' }])).toContain('No secret was shown');
    expect(rotationWords([{ ...seen, rotatedAt: at }])).toContain('has been changed');
    expect(
      rotationWords([
        { ...seen, rotatedAt: at },
        { ...seen, overriddenAt: at },
      ]),
    ).toContain('may still know it');
  });
});
