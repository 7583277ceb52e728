import {
  daysBetween,
  type SlotPattern,
  type Span,
  slotOfWeek,
  slotsFrom,
  weekAfter,
  weekOf,
} from '../credentials/week.js';
import { isLive, type StintState } from './stint.js';

export type RotaSlot = Span & { id: string; kind: 'curator' | 'break' | 'house' };

export type RotaStint = {
  id: string;
  slotId: string;
  seat: number;
  personId: string;
  state: StintState;
  offeredAt: Date | null;
  confirmedAt: Date | null;
};

/** A blackout in force or to come; one without an end has none yet. Removed ones are not for here. */
export type RotaBlackout = { title: string; startsAt: Date; endsAt: Date | null };

export type SlotState = 'free' | 'proposed' | 'offered' | 'booked' | 'break' | 'house' | 'past';

/**
 * One line of the rota. `week` is the ISO date of the Monday of the week in which the slot starts; `slotId` is null
 * where the pattern has a slot that nobody has laid out yet. `stints` are the live ones, by seat.
 */
export type RotaWeek = Span & {
  week: string;
  slotId: string | null;
  state: SlotState;
  stints: RotaStint[];
  problems: string[];
};

export type RotaQuestion = {
  slots: RotaSlot[];
  stints: RotaStint[];
  blackouts: RotaBlackout[];
  pattern: SlotPattern;
  zone: string;
  now: Date;
  weeks: number;
};

/** From how many days before its start a slot without a curator, an approval or an answer is a problem. */
const warnBefore = { free: 21, proposed: 14, offered: 7 };
/** After how many days an offer without an answer is a problem. */
const offerPatience = 3;

/** The coming weeks with their state and what is wrong, in order; a week may have several slots. */
export function rotaWeeks(question: RotaQuestion): RotaWeek[] {
  const names = weekNames(question);
  return names.flatMap((week) => slotsOfWeek(question, week).map((slot) => lineOf(question, week, slot)));
}

/** The first week is the one that holds now, or the earlier one in which a slot that is still running began. */
function weekNames({ pattern, zone, now, weeks }: RotaQuestion): string[] {
  const [running] = slotsFrom(zone, pattern, now, 1);
  const first = running && running.startsAt < now ? weekOf(zone, running.startsAt) : weekOf(zone, now);
  return Array.from({ length: weeks }, (_, index) => weekAfter(first, index));
}

function slotsOfWeek({ slots, pattern, zone }: RotaQuestion, week: string): (Span & Partial<RotaSlot>)[] {
  const laidOut = slots.filter((slot) => weekOf(zone, slot.startsAt) === week);
  if (laidOut.length > 0) return laidOut.toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
  const usual = slotOfWeek(zone, pattern, week);
  return usual ? [usual] : [];
}

function lineOf(question: RotaQuestion, week: string, slot: Span & Partial<RotaSlot>): RotaWeek {
  const live = question.stints.filter((stint) => stint.slotId === slot.id && isLive(stint.state));
  const stints = live.toSorted((a, b) => a.seat - b.seat);
  const state = slotState(slot, stints, question.now);
  const line = { week, slotId: slot.id ?? null, startsAt: slot.startsAt, endsAt: slot.endsAt, state, stints };
  return { ...line, problems: problemsOf(question, line) };
}

/** With several seats the slot is as far as the seat that is furthest behind. */
function slotState(slot: Span & Partial<RotaSlot>, live: RotaStint[], now: Date): SlotState {
  if (slot.endsAt <= now) return 'past';
  if (slot.kind === 'break' || slot.kind === 'house') return slot.kind;
  const states = live.map((stint) => stint.state);
  if (states.length === 0) return 'free';
  if (states.includes('proposed') || states.includes('approved')) return 'proposed';
  return states.includes('offered') ? 'offered' : 'booked';
}

type Line = Omit<RotaWeek, 'problems'>;

function problemsOf(question: RotaQuestion, line: Line): string[] {
  if (line.state === 'past' || line.state === 'break' || line.state === 'house') return [];
  return [
    ...notLaidOut(line),
    ...tooSoon(question, line),
    ...unanswered(question, line),
    ...blackedOut(question, line),
    ...previousNotGone(question, line),
  ];
}

function notLaidOut(line: Line): string[] {
  return line.slotId === null ? ['No slot has been made for this week'] : [];
}

function tooSoon({ zone, now }: RotaQuestion, line: Line): string[] {
  const starts = line.startsAt <= now ? 'has started' : startsIn(daysBetween(zone, now, line.startsAt));
  const near = (days: number) => daysBetween(zone, now, line.startsAt) <= days;
  if (line.state === 'free' && near(warnBefore.free)) return [`No curator and it ${starts}`];
  if (line.state === 'proposed' && near(warnBefore.proposed)) return [`Not approved and it ${starts}`];
  if (line.state === 'offered' && near(warnBefore.offered)) return [`Not confirmed and it ${starts}`];
  return [];
}

function startsIn(days: number): string {
  if (days === 0) return 'starts today';
  return days === 1 ? 'starts tomorrow' : `starts in ${days} days`;
}

function unanswered({ zone, now }: RotaQuestion, line: Line): string[] {
  return line.stints.flatMap(({ state, offeredAt }) => {
    const days = state === 'offered' && offeredAt ? daysBetween(zone, offeredAt, now) : 0;
    return days >= offerPatience ? [`Offer unanswered for ${days} days`] : [];
  });
}

/** A blackout that is over no longer stands in the way of a slot that is still running. */
function blackedOut({ blackouts, now }: RotaQuestion, line: Line): string[] {
  const since = line.startsAt < now ? now : line.startsAt;
  const hits = blackouts.filter(
    ({ startsAt, endsAt }) => startsAt < line.endsAt && (endsAt === null || since < endsAt),
  );
  return hits.map(({ title }) => `Hit by a blackout: ${title}`);
}

/** A stint still active after the end of its slot has not been through its outgoing half. */
function previousNotGone({ slots, stints, now }: RotaQuestion, line: Line): string[] {
  if (line.state === 'free') return [];
  const lingering = stints.some((stint) => {
    const slot = slots.find((each) => each.id === stint.slotId);
    return stint.state === 'active' && slot && slot.endsAt <= now && slot.endsAt <= line.startsAt;
  });
  const isNext = !slots.some((slot) => now < slot.endsAt && slot.kind === 'curator' && slot.endsAt <= line.startsAt);
  return lingering && isNext ? ['Starts before the previous one is confirmed gone'] : [];
}
