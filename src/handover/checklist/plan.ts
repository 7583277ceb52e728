import { dayAfter, instantAt, localDate, wallTimeOf } from '../../credentials/week.js';
import type { Line } from './line.js';

/** A turn, as far as its checklist depends on it. */
export interface PlannedTurn {
  confirmedAt: Date;
  startsAt: Date;
  endsAt: Date;
}

/** A line with the instant at which it is due. */
export interface Planned<L extends Line = Line> {
  line: L;
  dueAt: Date;
}

/**
 * When each line of a turn is due, in order. Days are calendar days of the zone. A line whose time had passed when the
 * turn was confirmed comes soon after that instead: all of those in their own order, spread evenly over the time until
 * the next line that is still in time (or the start, or the end when the turn has begun), so that nothing is overdue
 * when it is born and what should have been first still is.
 */
export function plannedTasks<L extends Line>(lines: L[], turn: PlannedTurn, zone: string): Planned<L>[] {
  const natural = lines.map((line) => ({ line, dueAt: dueOf(line, turn, zone) })).sort(byTime);
  const late = natural.filter(({ dueAt }) => dueAt < turn.confirmedAt);
  const inTime = natural.slice(late.length);
  const spread = spreadOver(late, turn.confirmedAt, roomAfter(turn, inTime));
  return [...spread, ...inTime];
}

function dueOf({ anchor, days, hours, time }: Line, turn: PlannedTurn, zone: string): Date {
  const from = { confirmed: turn.confirmedAt, start: turn.startsAt, end: turn.endsAt }[anchor];
  if (days === 0 && time === null) return new Date(from.getTime() + hours * 3_600_000);
  const { date } = dayAfter(localDate(zone, from), days);
  return new Date(instantAt(zone, date, time ?? wallTimeOf(zone, from)).getTime() + hours * 3_600_000);
}

/** Until when the late lines have time. */
function roomAfter({ confirmedAt, startsAt, endsAt }: PlannedTurn, inTime: Planned[]): Date {
  const ends = [startsAt, endsAt, ...inTime.map(({ dueAt }) => dueAt)].filter((each) => each > confirmedAt);
  return ends.reduce((soonest, each) => (each < soonest ? each : soonest), ends[0] ?? confirmedAt);
}

function spreadOver<L extends Line>(late: Planned<L>[], from: Date, until: Date): Planned<L>[] {
  const gap = (until.getTime() - from.getTime()) / (late.length + 1);
  return late.map(({ line }, index) => ({ line, dueAt: new Date(Math.floor(from.getTime() + gap * (index + 1))) }));
}

function byTime(a: Planned, b: Planned): number {
  return a.dueAt.getTime() - b.dueAt.getTime();
}
