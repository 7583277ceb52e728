import { listed } from './words.js';

/** A turn as far as its times and its seat matter. */
export interface Timed {
  id: string;
  shownName: string;
  seat: number;
  startsAt: Date;
  endsAt: Date;
}

/** The turns of a handover, which go out or come in at its instant. */
export interface Halves<T extends Timed = Timed> {
  outgoing: T[];
  incoming: T[];
}

/**
 * Why a handover cannot be moved from `at` to `to`, in a sentence for the field; null when it can. `others` are the
 * account's other turns that occupy their times.
 */
export function shiftProblem(
  at: Date,
  to: Date,
  { outgoing, incoming }: Halves,
  others: Timed[],
  now: Date,
): string | null {
  if (to < now) return 'That time has passed. Choose a later one, or run the handover now';
  if (to.getTime() === at.getTime()) return 'The handover is at that time already';
  const notYet = outgoing.filter(({ startsAt }) => to <= startsAt);
  if (notYet.length > 0) return `The turn of ${names(notYet)} would end before it starts`;
  const over = incoming.filter(({ endsAt }) => to >= endsAt);
  if (over.length > 0) return `The turn of ${names(over)} would start after its end`;
  const spans = [
    ...outgoing.map((turn) => ({ ...turn, endsAt: to })),
    ...incoming.map((turn) => ({ ...turn, startsAt: to })),
  ];
  const hit = others.filter((other) => spans.some((span) => overlaps(span, other)));
  return hit.length > 0 ? `It would overlap the turn of ${names(hit)}. Move that one first` : null;
}

function overlaps(one: Timed, other: Timed): boolean {
  return one.seat === other.seat && one.startsAt < other.endsAt && other.startsAt < one.endsAt;
}

function names(turns: Timed[]): string {
  return listed(turns.map(({ shownName }) => shownName));
}
