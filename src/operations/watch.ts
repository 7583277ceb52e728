import { openTime } from '../credentials/posting-hours.js';
import type { PostingHours } from '../credentials/week.js';
import type { AlertKind } from '../messages/alert-words.js';
import type { AlertRow, News } from '../people/alerts.service.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Something that is so now. `every` is how often the team is reminded while it stays so; null for never. */
export interface Finding {
  news: News;
  every: number | null;
}

export type Move =
  | { act: 'tell'; news: News }
  | { act: 'open'; news: News; remindAt: Date | null }
  | { act: 'remind'; row: AlertRow; news: News; remindAt: Date }
  | { act: 'close'; row: AlertRow; say: boolean };

/** Told when they happen; they do not last. */
const EVENTS: AlertKind[] = ['first-post', 'handover-late'];
/** Never told twice of the same cause, even if it comes again. */
const ONCE: AlertKind[] = [...EVENTS, 'no-first-post'];
/** What is found by looking: only these end by not being found any more. */
const FOUND: AlertKind[] = [
  ...ONCE,
  'access-open',
  'handover-stuck',
  'hand-work',
  'disconnected',
  'credits-out',
  'post-unknown',
  'thread-broken',
  'posts-held',
  'letters-refused',
];
/** Whose end is worth a message; of the others somebody has taken care, or another message tells. */
const TELLS_END: AlertKind[] = ['access-open', 'handover-stuck', 'disconnected', 'credits-out'];

/** What to tell, given what is so now and what was told: `rows` are the open alerts and all those of the findings' keys. */
export function movesOf(found: Finding[], rows: AlertRow[], now: Date): Move[] {
  const open = rows.filter(({ closedAt }) => closedAt === null);
  const ended = open.filter(({ key, kind }) => FOUND.includes(kind) && !found.some(({ news }) => news.key === key));
  return [
    ...found.flatMap((finding) => moveOf(finding, rows, now)),
    ...ended.map((row): Move => ({ act: 'close', row, say: TELLS_END.includes(row.kind) })),
  ];
}

function moveOf({ news, every }: Finding, rows: AlertRow[], now: Date): Move[] {
  const known = rows.filter(({ key }) => key === news.key);
  const row = known.find(({ closedAt }) => closedAt === null);
  const remindAt = every === null ? null : new Date(now.getTime() + every);
  if (row) {
    return remindAt && row.remindAt && row.remindAt <= now ? [{ act: 'remind', row, news, remindAt }] : [];
  }
  if (known.length > 0 && ONCE.includes(news.kind)) return [];
  return EVENTS.includes(news.kind) ? [{ act: 'tell', news }] : [{ act: 'open', news, remindAt }];
}

/** A boundary that is due and not finished. */
export interface DueHandover {
  at: Date;
  startedAt: Date | null;
  suspendedAt: Date | null;
  /** A step has failed, or has been at work for long. */
  fails: boolean;
}

/** How a handover is stuck at `now` and how often that is told, or null while it is within its limits. */
export function stuckness({ at, startedAt, suspendedAt, fails }: DueHandover, now: Date) {
  const beyond = (since: Date, limit: number) => now.getTime() - since.getTime() >= limit;
  if (suspendedAt) return beyond(at, 10 * MINUTE) ? ({ how: 'suspended', every: 4 * HOUR } as const) : null;
  if (!startedAt) return beyond(at, 10 * MINUTE) ? ({ how: 'not-begun', every: HOUR } as const) : null;
  if (fails) return beyond(startedAt, 10 * MINUTE) ? ({ how: 'fails', every: HOUR } as const) : null;
  return beyond(startedAt, HOUR) ? ({ how: 'waits', every: 4 * HOUR } as const) : null;
}

/** A turn that runs and in which no post has been seen. */
export interface SilentTurn {
  opensAt: Date;
  postingHours: PostingHours | null;
  /** A hold is in force now. */
  held: boolean;
  /** When the last hold of the turn ended; null when there was none. */
  heldUntil: Date | null;
}

/** Whether a first post should have been there: after four hours in which the curator could have posted without a break by a hold. */
export function isSilent({ opensAt, postingHours, held, heldUntil }: SilentTurn, now: Date): boolean {
  if (held) return false;
  const since = heldUntil && heldUntil > opensAt ? heldUntil : opensAt;
  const time = postingHours
    ? openTime(postingHours, { startsAt: since, endsAt: now })
    : now.getTime() - since.getTime();
  return time >= 4 * HOUR;
}
