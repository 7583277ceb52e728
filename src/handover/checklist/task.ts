import type { Line } from './line.js';

/** A turn that has a checklist: confirmed, running, or over for less than a month. */
export interface OpenTurn {
  id: string;
  accountId: string;
  personId: string;
  state: 'confirmed' | 'active' | 'ended';
  shownName: string;
  confirmedAt: Date;
  startsAt: Date;
  endsAt: Date;
}

/** A line of a turn's checklist, and what became of it. */
export interface Task {
  turn: OpenTurn;
  line: Line;
  dueAt: Date;
  /** Null while it is open. */
  mark: { at: Date; by: string; skippedBecause: string | null } | null;
}

/** It is open, and its time has come. */
export function isOverdue({ dueAt, mark }: Task, now: Date): boolean {
  return !mark && dueAt <= now;
}
