import type { StintState } from '../rota/stint.js';

/** A stint, as far as its boundaries depend on it. */
export interface Turn {
  id: string;
  state: StintState;
  startsAt: Date;
  endsAt: Date;
  confirmedAt: Date | null;
}

/** An instant at which stints end or start. Back-to-back stints share one. */
export interface Boundary {
  at: Date;
  outgoing: string[];
  incoming: string[];
}

/**
 * The boundaries that these stints still need. `started` are those of the account that have begun: what they hold is
 * settled, so a stint that comes too late for one gets a boundary of its own at `now`.
 */
export function boundariesOf(turns: Turn[], started: Boundary[], now: Date): Boundary[] {
  const found = new Map<number, Boundary>();
  for (const half of ['outgoing', 'incoming'] as const) {
    for (const turn of turns) {
      const at = instantOf(turn, half, started, now);
      if (at) boundaryAt(found, at)[half].push(turn.id);
    }
  }
  return [...found.values()].sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** What a boundary holds when it begins: what was planned and is still so, and what has joined its instant since. */
export function heldAt(boundary: Boundary, turns: Turn[], started: Boundary[], now: Date): Boundary {
  const [joined] = boundariesOf(turns, started, now).filter((each) => each.at.getTime() === boundary.at.getTime());
  const still = (half: Half, id: string) => turns.some((turn) => turn.id === id && isDue(turn, half, started, now));
  const held = (half: Half) => [
    ...new Set([...boundary[half].filter((id) => still(half, id)), ...(joined?.[half] ?? [])]),
  ];
  return { at: boundary.at, outgoing: held('outgoing'), incoming: held('incoming') };
}

/** When a stint begins: at its start, or when it was confirmed after that. */
export function beginning(turn: Pick<Turn, 'startsAt' | 'confirmedAt'>): Date {
  const { startsAt, confirmedAt } = turn;
  return confirmedAt && confirmedAt > startsAt ? confirmedAt : startsAt;
}

type Half = 'outgoing' | 'incoming';

function isDue(turn: Turn, half: Half, started: Boundary[], now: Date): boolean {
  const at = instantOf(turn, half, started, now);
  return at !== null && at <= now;
}

function instantOf(turn: Turn, half: Half, started: Boundary[], now: Date): Date | null {
  if (turn.state !== 'confirmed' && (half === 'incoming' || turn.state !== 'active')) return null;
  const at = half === 'outgoing' ? turn.endsAt : beginning(turn);
  if (started.some((boundary) => boundary.at >= at && boundary[half].includes(turn.id))) return null;
  return started.some((boundary) => boundary.at.getTime() === at.getTime()) ? now : at;
}

function boundaryAt(found: Map<number, Boundary>, at: Date): Boundary {
  const boundary = found.get(at.getTime()) ?? { at, outgoing: [], incoming: [] };
  found.set(at.getTime(), boundary);
  return boundary;
}
