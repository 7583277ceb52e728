import { dateAndTime } from '../credentials/dates.js';
import type { SlotState } from './rota.js';
import type { EndedHow, StintState } from './stint.js';
import type { Suits } from './suits.js';

/** A tag of the NHS design system. */
export type Tag = { text: string; colour: string };

/** How pages show a slot. */
export const slotTags: Record<SlotState, Tag> = {
  free: { text: 'Free', colour: 'white' },
  proposed: { text: 'Proposed', colour: 'yellow' },
  offered: { text: 'Offered', colour: 'blue' },
  booked: { text: 'Confirmed', colour: 'green' },
  break: { text: 'Break', colour: 'purple' },
  house: { text: 'House voice', colour: 'grey' },
  past: { text: 'Over', colour: 'grey' },
};

const stintTags: Record<StintState, Tag> = {
  proposed: { text: 'Proposed', colour: 'yellow' },
  approved: { text: 'Approved', colour: 'yellow' },
  offered: { text: 'Offered', colour: 'blue' },
  confirmed: { text: 'Confirmed', colour: 'green' },
  active: { text: 'On duty', colour: 'green' },
  ended: { text: 'Ended', colour: 'grey' },
  returned: { text: 'Returned', colour: 'orange' },
  declined: { text: 'Declined', colour: 'orange' },
  cancelled: { text: 'Cancelled', colour: 'red' },
};

const endedTags: Record<EndedHow, Tag> = {
  completed: { text: 'Completed', colour: 'grey' },
  'cut-short': { text: 'Cut short', colour: 'red' },
  'no-show': { text: 'No-show', colour: 'red' },
};

/** How pages show a turn. */
export function stintTag({ state, endedHow }: { state: StintState; endedHow: EndedHow | null }): Tag {
  return endedHow ? endedTags[endedHow] : stintTags[state];
}

/** How a slot suits somebody, as the picker says it. */
export const suitsWords: Record<Suits, string> = {
  first: 'First choice of theirs',
  second: 'Second choice of theirs',
  flexible: 'Flexible',
  unavailable: 'Said they cannot do this week',
  'not-said': 'Said nothing about this week',
};

const deeds: Record<string, string> = {
  'stint.proposed': 'Proposed',
  'stint.approved': 'Approved',
  'stint.offered': 'Offered',
  'stint.offered-again': 'Offered again',
  'stint.returned': 'Returned',
  'stint.moved': 'Moved',
  'stint.shifted': 'Given other times',
  'stint.confirmed': 'Confirmed',
  'stint.declined': 'Declined',
  'stint.cancelled': 'Cancelled',
  'stint.started': 'Started',
  'stint.completed': 'Completed',
  'stint.cut-short': 'Cut short',
  'stint.marked-no-show': 'Marked as a no-show',
  'stint.given-back': 'Given back',
  'stint.help-asked': 'Asked for help',
  'checklist.done': 'Ticked on the checklist',
  'checklist.undone': 'Tick taken back on the checklist',
  'checklist.skipped': 'Left out of the checklist',
  'turn.notes-kept': 'Notes kept for the next curator',
  'slot.marked-break': 'Marked as a break',
  'slot.unmarked-break': 'No longer a break',
};

/** One line of a history. */
export type HistoryLine = { what: string; when: string; who: string; reason: string };

/** An audit entry as a line of a page's history; `names` maps the ids of persons. */
export function historyLine(
  entry: { verb: string; at: Date; actorId: string | null; particulars: Record<string, unknown> | null },
  names: Map<string, string>,
  zone: string,
): HistoryLine {
  return {
    what: deeds[entry.verb] ?? entry.verb,
    when: dateAndTime(zone, entry.at),
    who: entry.actorId ? (names.get(entry.actorId) ?? 'Somebody') : 'Baton',
    reason: String(entry.particulars?.reason ?? ''),
  };
}
