import type { Account } from '../credentials/account.entity.js';
import { dateAndTime } from '../credentials/dates.js';
import type { BoundaryRead } from './handover-view.js';
import type { TurnRow } from './turns.service.js';
import { listed } from './words.js';

/** One cell of the table of coming handovers: how it stands, whether that is well (null: it need not be), what mends it. */
export interface Cell {
  text: string;
  ready: boolean | null;
  href: string | null;
}

/** The questions that are asked of each coming handover, in the order of the columns. */
export const QUESTIONS = ['Curator', 'Agreement', 'Picture', 'Password', 'Access outside', 'Access letter'] as const;

/** What the account's rows say beyond the handover. Names are those of former curators. */
export interface Circumstances {
  knowers: string[];
  delegates: string[];
  /** Access letters by stint. */
  letters: { stintId: string; state: string; at: Date }[];
}

/** The cells of a handover; none is asked where nobody comes in. */
export function readinessCells(account: Account, { incoming }: BoundaryRead, about: Circumstances): Cell[] {
  if (incoming.length === 0) return [];
  const { slug } = account;
  return [
    ofEach(incoming, slug, ({ state }) => state !== 'cancelled', 'Confirmed', 'Cancelled'),
    ofEach(incoming, slug, ({ agreed }) => agreed, 'Accepted', 'Not accepted'),
    picture(incoming),
    gone(about.knowers, 'Changed, or not seen', 'must be changed: seen by', `/team/${slug}/credentials/rotation`),
    gone(about.delegates, 'Nobody from before', 'still open:', `/team/${slug}/tasks`),
    letters(account, incoming, about.letters),
  ];
}

function ofEach(turns: TurnRow[], slug: string, is: (turn: TurnRow) => boolean, yes: string, no: string): Cell {
  const lacking = turns.filter((turn) => !is(turn));
  const [first] = lacking;
  if (!first) return { text: yes, ready: true, href: null };
  const names = turns.length > 1 ? `: ${listed(lacking.map(({ shownName }) => shownName))}` : '';
  return { text: `${no}${names}`, ready: false, href: `/team/${slug}/stints/${first.id}` };
}

/** A photo is a gift: without one the picture of the house stays. */
function picture(turns: TurnRow[]): Cell {
  const given = turns.every(({ photo }) => photo !== null);
  return given
    ? { text: 'Given', ready: true, href: null }
    : { text: 'None: the house’s stays', ready: null, href: null };
}

function gone(names: string[], well: string, problem: string, href: string): Cell {
  if (names.length === 0) return { text: well, ready: true, href: null };
  return { text: `${problem} ${listed(names)}`.replace(/^./, (letter) => letter.toUpperCase()), ready: false, href };
}

function letters(account: Account, turns: TurnRow[], known: Circumstances['letters']): Cell {
  const own = known.filter(({ stintId }) => turns.some(({ id }) => id === stintId));
  const href = `/team/${account.slug}/messages`;
  const failed = own.some(({ state }) => state !== 'sent' && state !== 'waiting' && state !== 'sending');
  if (failed) return { text: 'Could not be sent', ready: false, href };
  if (own.length < turns.length) return { text: 'Not planned', ready: false, href };
  const [next] = own.filter(({ state }) => state !== 'sent');
  if (!next) return { text: 'Sent', ready: true, href: null };
  return { text: `Goes ${dateAndTime(account.zone, next.at)}`, ready: null, href: null };
}
