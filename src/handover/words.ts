import type { Account } from '../credentials/account.entity.js';
import { dateAndTime } from '../credentials/dates.js';
import { textLength } from '../networks/text.js';
import type { TurnRow } from './turns.service.js';

type Speaker = Pick<TurnRow, 'shownName' | 'role' | 'endsAt'>;

/** What stands on the account's profile: X allows 50 characters for the name and 160 for the bio. */
export interface Profile {
  name: string;
  bio: string;
}

const NAME_MAX = 50;
const BIO_MAX = 160;

/** The house's post that introduces who has the account now. Leaves out what does not fit. */
export function introduction(account: Account, curators: Speaker[]): string {
  const until = curators[0] ? ` until ${dateAndTime(account.zone, curators[0].endsAt)}` : '';
  const withRoles = `@${account.handle} is with ${listed(curators.map(inFull))}${until}.`;
  const names = listed(curators.map(({ shownName }) => shownName));
  const shorter = [`@${account.handle} is with ${names}${until}.`, `@${account.handle} is with ${names}.`];
  return fitting(account, [withRoles, ...shorter]);
}

/** The house's post of thanks when a turn has ended. */
export function thanks(account: Account, curators: Speaker[]): string {
  const names = listed(curators.map(({ shownName }) => shownName));
  return fitting(account, [`Thank you, ${names}, for curating @${account.handle}.`]);
}

/** The profile while somebody curates. */
export function curatorProfile(account: Account, curators: Speaker[]): Profile {
  const names = curators.map(({ shownName }) => shownName);
  const about = `Now with ${listed(curators.map(inFull))}.`;
  const bios = [`${about} ${account.houseBio}`.trim(), about, account.houseBio];
  return {
    name: displayName(account, names),
    bio: bios.find((bio) => length(bio) <= BIO_MAX) ?? short(account.houseBio, BIO_MAX),
  };
}

/** The profile's name while these curate. */
export function displayName({ houseName }: Account, names: string[]): string {
  return short(`${houseName} / ${listed(names)}`, NAME_MAX);
}

/** The profile of the house. */
export function houseProfile(account: Account): Profile {
  return { name: account.houseName, bio: account.houseBio };
}

/** "Grace", "Grace and Sam", "Grace, Sam and Ada". */
export function listed(names: string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function inFull({ shownName, role }: Speaker): string {
  return role ? `${shownName} (${role})` : shownName;
}

function fitting(account: Account, sentences: string[]): string {
  const hashtag = account.hashtag ? ` #${account.hashtag.replace(/^#/, '')}` : '';
  const texts = sentences.map((sentence) => `${sentence}${hashtag}`);
  return texts.find((text) => textLength(account.network, text).valid) ?? texts.at(-1) ?? '';
}

function length(text: string): number {
  return Array.from(text).length;
}

function short(text: string, max: number): string {
  return length(text) <= max
    ? text
    : `${Array.from(text)
        .slice(0, max - 1)
        .join('')}…`;
}
