import type { Answer } from '../credentials/access.js';
import type { Reveal } from '../credentials/reveals.js';
import type { SecretVersion } from '../credentials/secrets.js';

type Told = (instant: Date) => string;

export interface AccessShown {
  heading: string;
  text: string;
}

/** Whether the account is the curator's now, for the page with its password. */
export function accessWords(
  { allowed, why, until, now }: Pick<Answer, 'allowed' | 'why' | 'until'> & { now: Date },
  turn: { startsAt: Date; endsAt: Date },
  told: Told,
): AccessShown {
  if (allowed) return { heading: 'The account is yours now', text: `Until ${told(turn.endsAt)}.` };
  if (why === 'held') return { heading: 'The team has paused the account', text: 'Nothing is shown for now.' };
  if (why === 'ended') return { heading: 'Your turn has ended', text: 'Thank you for curating.' };
  if (why === 'outside-hours') {
    return { heading: 'Outside posting hours', text: until ? `You can look again from ${told(until)}.` : '' };
  }
  if (turn.startsAt <= now) {
    return {
      heading: 'The account is not free yet',
      text: 'Your turn has begun, but the access of everybody before you is not proven to have ended. The team has been told.',
    };
  }
  return { heading: 'Your turn has not started', text: `Nothing is shown before ${told(turn.startsAt)}.` };
}

/** What became of the password that was laid for a curator. */
export function passwordWords(reveal: Reveal | null, kept: boolean, allowed: boolean, told: Told): string {
  if (reveal?.state === 'revealed' && reveal.revealedAt && !reveal.rotatedAt) {
    return `You have seen the password, ${told(reveal.revealedAt)}. It is shown once. If you have lost it, ask the team: they change it, and you can look at the new one.`;
  }
  if (reveal?.state === 'burned') return 'The password was not opened in your turn and is no longer kept for you.';
  if (reveal?.state === 'revealed') return 'The password that you saw has been changed since.';
  if (!kept) return 'The team has not put the password in yet. Ask them.';
  return allowed ? 'It is sealed. Nobody has seen it in your turn.' : 'It is sealed until then.';
}

/** How a kept secret stands, for the keeper's page. */
export function keptTag(
  reveals: Pick<Reveal, 'state' | 'rotatedAt'>[],
  due: boolean,
): { text: string; colour: string } {
  if (due) return { text: 'Change is due', colour: 'red' };
  if (reveals.some(({ state }) => state === 'revealed')) return { text: 'Seen in this turn', colour: 'yellow' };
  return { text: 'Sealed', colour: 'green' };
}

/** What a kept secret is called. */
export const kindWords: Record<SecretVersion['kind'], string> = { password: 'Password', totp: 'Seed for codes' };

/** What became of one reveal, for the keeper's page. */
export function revealWords({ state, revealedAt, rotatedAt, overriddenAt }: Reveal, over: boolean, told: Told): string {
  if (state === 'sealed') return 'Not opened yet';
  if (state === 'burned') return 'Burned: not opened in time';
  const seen = `Seen ${revealedAt ? told(revealedAt) : ''}`;
  if (rotatedAt) return `${seen}; changed ${told(rotatedAt)}`;
  if (overriddenAt) return `${seen}; not changed, which a keeper let pass ${told(overriddenAt)}`;
  return over ? `${seen}; not changed yet` : seen;
}

/** What to click on x.com to change a password so that nobody who was in stays in. */
export function clicksToChange(handle: string): string[] {
  return [
    `Sign in to x.com as the owner of @${handle}.`,
    'Open Settings and privacy, then Your account, then Change your password.',
    'Enter the current password. If you do not have it, choose Forgot password?: X writes to the account’s own email address.',
    'Enter the new password twice and save.',
    'Open Security and account access, then Apps and sessions. End all other sessions, and disconnect every app that you do not know; leave the one that Baton uses.',
    'Under Your account, then Account information, check that the email address and the phone number are the team’s own.',
  ];
}
