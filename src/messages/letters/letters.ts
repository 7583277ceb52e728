import { type AlertLetters, alertLetters } from './alerts.js';
import { type ApplicationLetters, applicationLetters } from './applications.js';
import { type ApprovalLetters, approvalLetters } from './approvals.js';
import { type BadDayLetters, badDayLetters } from './bad-day.js';
import { type DigestLetters, digestLetters } from './digest.js';
import { type HandoverLetters, handoverLetters } from './handover.js';
import type { Letter, Link } from './letter.js';
import { type PeopleLetters, peopleLetters } from './people.js';
import { type PostLetters, postLetters } from './posts.js';
import { type RotaLetters, rotaLetters } from './rota.js';
import { type ThreadLetters, threadLetters } from './threads.js';

/** What each letter needs to know, by its name. */
export type LetterData = PeopleLetters &
  ApplicationLetters &
  RotaLetters &
  HandoverLetters &
  AlertLetters &
  BadDayLetters &
  DigestLetters &
  ThreadLetters &
  PostLetters &
  ApprovalLetters;
export type LetterName = keyof LetterData & string;

const letters: { [Name in LetterName]: (data: LetterData[Name], link: Link) => Letter } = {
  ...peopleLetters,
  ...applicationLetters,
  ...rotaLetters,
  ...handoverLetters,
  ...alertLetters,
  ...badDayLetters,
  ...digestLetters,
  ...threadLetters,
  ...postLetters,
  ...approvalLetters,
};

/** Writes a letter from its name and data. `link` mints what its one-time links need. */
export function writeLetter<Name extends LetterName>(name: Name, data: LetterData[Name], link: Link): Letter {
  const write = letters[name];
  if (!write) throw new Error(`There is no letter called ${name}`);
  return write(data, link);
}
