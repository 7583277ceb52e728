import { isValidZone, type SlotPattern, type Span, slotOfWeek } from '../credentials/week.js';
import { endOf, readMoment, readTime, startOf } from './moments.js';
import type { SheetRow } from './sheet.js';

const DAY_MS = 24 * 60 * 60_000;
/** A turn that lasts longer is more likely a slip of a date. */
const LONGEST_DAYS = 62;
const NOBODY = /^(|-|–|—|\?+|n\/?a|tb[ac]|none|nobody|no ?one|no curator|empty|vacant|free|house|break|holiday)$/i;
const HANDLE = /^\w{1,15}$/;

/** What the account says about times and seats. */
export interface Frame {
  zone: string;
  slotPattern: SlotPattern;
  seats: number;
}

/** A turn from before Baton, as a line of a spreadsheet tells it. */
export interface PastTurn extends Span {
  line: number;
  name: string;
  /** How the public sees them: the first word of the name unless a column says. */
  shownName: string;
  /** Without the @. */
  handle: string | null;
  note: string | null;
}

/** A line as it is read. With a problem nothing is imported; without a turn the line is left out. */
export interface ReadLine {
  line: number;
  turn: PastTurn | null;
  problem: string | null;
  remark: string | null;
}

/** Reads every line by itself: whose turn from when until when, all of it in the past. */
export function readLine({ line, cells }: SheetRow, frame: Frame, now: Date): ReadLine {
  const left = (problem: string | null, remark: string | null = null) => ({ line, turn: null, problem, remark });
  const name = (cells.name ?? '').replace(/\s+/g, ' ');
  if (NOBODY.test(name)) return left(null, 'Nobody had the account: the line is left out');
  if (name.length > 120) return left('The name is longer than 120 characters');
  const span = spanOf(cells, frame);
  if ('problem' in span) return left(span.problem);
  if (span.endsAt <= span.startsAt) return left('The turn ends before it starts');
  if (span.endsAt > now) return left('The turn is not over yet: put it on the rota instead');
  if (span.endsAt.getTime() - span.startsAt.getTime() > LONGEST_DAYS * DAY_MS)
    return left(`The turn would last more than ${LONGEST_DAYS} days: look at its dates again`);
  const handle = handleOf(cells.handle);
  const turn = { line, name, shownName: shownOf(cells.shown, name), note: cells.note ?? null, ...span };
  const remark = cells.handle && !handle ? `“${cells.handle}” cannot be a handle: none is kept` : null;
  return { line, turn: { ...turn, handle }, problem: null, remark };
}

/** The same name in whatever spelling of case, spaces and accents' encoding. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

function spanOf(cells: SheetRow['cells'], frame: Frame): Span | { problem: string } {
  const zone = cells.zone ?? frame.zone;
  if (!isValidZone(zone)) return { problem: `“${zone}” is not a time zone such as Europe/London` };
  const start = readMoment(joined(cells.start, cells.startTime));
  if (!start) return { problem: wrong('start', joined(cells.start, cells.startTime)) };
  const startsAt = startOf(start, zone, frame.slotPattern);
  if (cells.end === undefined) return withoutEnd(startsAt, start, zone, frame);
  const end = endMoment(cells);
  if (!end) return { problem: wrong('end', joined(cells.end, cells.endTime)) };
  return { startsAt, endsAt: endOf(end, zone, frame.slotPattern) };
}

/** `24:00`, an end time alone, and an end with a time of its own all end where they say. */
function endMoment({ end = '', endTime, start = '' }: SheetRow['cells']) {
  const [alone, first] = [readTime(end), readMoment(start)];
  if (alone && /[:.]|m$/i.test(end) && first && 'date' in first) return { date: first.date, time: alone };
  return readMoment(joined(end, endTime));
}

/** A line that names only the start lasts as long as a slot of the account that begins in that week. */
function withoutEnd(
  startsAt: Date,
  start: NonNullable<ReturnType<typeof readMoment>>,
  zone: string,
  { slotPattern }: Frame,
): Span | { problem: string } {
  const slot = 'date' in start ? slotOfWeek(zone, slotPattern, start.date) : null;
  if (!slot || startsAt >= slot.endsAt) return { problem: 'There is no end, and no slot of the account begins there' };
  return { startsAt: 'date' in start && start.time ? startsAt : slot.startsAt, endsAt: slot.endsAt };
}

function joined(date: string | undefined, time: string | undefined): string {
  return [date, time].filter((each) => each !== undefined && each !== '').join(' ');
}

function wrong(which: 'start' | 'end', written: string): string {
  if (written === '') return `There is no ${which}`;
  return `“${written}” is not a date that can be read. Write the ${which} as 5/1/2026 (day first) or 2026-01-05`;
}

/** `@Ana`, `ana`, or the address of a profile. */
function handleOf(written: string | undefined): string | null {
  const plain = (written ?? '')
    .trim()
    .replace(/^(https?:\/\/)?(www\.)?(twitter|x)\.com\//i, '')
    .replace(/^@|[/?].*$/g, '');
  return HANDLE.test(plain) ? plain : null;
}

function shownOf(given: string | undefined, name: string): string {
  const first = name.replace(/^(dr|prof|professor|mr|mrs|ms|miss|mx|sir|dame|rev)\.?\s+/i, '').split(' ')[0] ?? name;
  return given && given.length <= 60 ? given : first.slice(0, 60);
}
