import type { Span } from '../credentials/week.js';
import { type Frame, nameKey, type PastTurn, type ReadLine } from './past-turns.js';

/** A turn or a grant that is there already. */
export interface HeldTurn extends Span {
  name: string;
  seat: number;
}

/** What an account holds of the time from before. */
export interface There {
  turns: HeldTurn[];
  slots: (Span & { id: string; kind: 'curator' | 'break' })[];
  people: Known[];
}

/** Somebody of the account who may be meant. Only people that an import made are known by their name alone. */
export interface Known {
  id: string;
  name: string;
  handle: string | null;
  imported: boolean;
}

/** A line with the seat that it gets, and who of the account's people it is; `person` tells the others apart. */
export interface FittedLine extends ReadLine {
  seat: number;
  person: string;
  knownId: string | null;
}

/** Fits lines to one another and to what is there: seats, overlaps, the same people. Pure: in the order of the file. */
export function fitted(lines: ReadLine[], there: There, { seats }: Frame): FittedLine[] {
  const taken: (HeldTurn & { line: number | null })[] = there.turns.map((turn) => ({ ...turn, line: null }));
  const persons = personsOf(lines);
  return lines.map((line): FittedLine => {
    const { turn } = line;
    const person = turn ? (persons.get(turn.line) ?? '') : '';
    const known = turn && knownOf(turn, there.people);
    const fit = { ...line, seat: 0, person: known?.id ?? person, knownId: known?.id ?? null };
    if (!turn) return fit;
    const same = taken.find((each) => spanIs(each, turn) && nameKey(each.name) === nameKey(turn.name));
    if (same)
      return {
        ...fit,
        turn: null,
        remark: same.line ? `The same as line ${same.line}: left out` : 'Already there: left out',
      };
    const problem = slotProblem(turn, there.slots) ?? overlap(turn, taken, seats);
    if (problem) return { ...fit, turn: null, problem };
    const seat = freeSeat(turn, taken, seats);
    taken.push({ ...turn, seat });
    return { ...fit, seat, remark: line.remark ?? (known ? `Joins ${known.name}, who is known already` : null) };
  });
}

/** By line, whose turn it is: by handle, else by name where one line of that name has a handle it is theirs. */
function personsOf(lines: ReadLine[]): Map<number, string> {
  const turns = lines.flatMap(({ turn }) => turn ?? []);
  const handles = new Map<string, string>();
  for (const { name, handle } of turns) if (handle && !handles.has(nameKey(name))) handles.set(nameKey(name), handle);
  return new Map(
    turns.map(({ line, name, handle }) => [
      line,
      (handle ?? handles.get(nameKey(name)))?.toLowerCase() ?? nameKey(name),
    ]),
  );
}

function knownOf({ name, handle }: PastTurn, people: Known[]): Known | null {
  const by = (fits: (one: Known) => boolean) => people.find(fits) ?? null;
  if (handle) return by((one) => one.handle?.toLowerCase() === handle.toLowerCase());
  return by((one) => one.imported && nameKey(one.name) === nameKey(name));
}

/** Slots never overlap: a turn has one of its own, or the very one that is there. */
function slotProblem(turn: PastTurn, slots: There['slots']): string | null {
  const hit = slots.find((slot) => overlaps(slot, turn));
  if (!hit || (spanIs(hit, turn) && hit.kind === 'curator')) return null;
  return hit.kind === 'break'
    ? 'The rota has a break at that time'
    : 'The rota has a slot at that time that starts or ends otherwise';
}

function overlap(turn: PastTurn, taken: (HeldTurn & { line: number | null })[], seats: number): string | null {
  const hits = taken.filter((each) => overlaps(each, turn));
  const shares = hits.length < seats && hits.every((each) => spanIs(each, turn));
  const hit = hits[0];
  if (!hit || shares) return null;
  return hit.line
    ? `It overlaps line ${hit.line}, the turn of ${hit.name}`
    : `It overlaps the turn of ${hit.name}, which is there already`;
}

function freeSeat(turn: PastTurn, taken: HeldTurn[], seats: number): number {
  const used = new Set(taken.filter((each) => overlaps(each, turn)).map(({ seat }) => seat));
  return Array.from({ length: seats }, (_, index) => index + 1).find((seat) => !used.has(seat)) ?? 1;
}

function overlaps(one: Span, other: Span): boolean {
  return one.startsAt < other.endsAt && other.startsAt < one.endsAt;
}

function spanIs(one: Span, other: Span): boolean {
  return one.startsAt.getTime() === other.startsAt.getTime() && one.endsAt.getTime() === other.endsAt.getTime();
}
