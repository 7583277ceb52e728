import { nextHoursChange, openAt } from './posting-hours.js';
import type { PostingHours } from './week.js';

/** Who wants to act as the account: a curator by their stint and seat, or the team in the house voice. */
export type Actor = { kind: 'stint'; stintId: string; seat: number } | { kind: 'house' };

/** A stint may act in `[opensAt, endsAt)`, and no longer once it was closed. */
export type Grant = { stintId: string; seat: number; opensAt: Date; endsAt: Date; closedAt: Date | null };

/** No curator may act in `[startsAt, endsAt)`, and with scope `everyone` nor may the house. No `endsAt`: none yet. */
export type Hold = {
  id: string;
  kind: 'pause' | 'takeover' | 'blackout';
  scope: 'curators' | 'everyone';
  startsAt: Date;
  endsAt: Date | null;
  reason: string;
};

export type Why = 'allowed' | 'no-grant' | 'not-yet' | 'ended' | 'outside-hours' | 'held';

/** `hold` is the one that lasts longest. `until` is when `why` next changes as far as is known, null for never. */
export type Answer = { allowed: boolean; why: Why; hold?: Hold; until: Date | null };

type Verdict = Omit<Answer, 'until'>;

/**
 * Whether the actor may act as the account at `now`. `grants` and `holds` are the account's (past ones do no harm);
 * no posting hours means that the account has none. The curator's grant comes first, then holds, then hours.
 */
export function mayAct(
  actor: Actor,
  grants: Grant[],
  postingHours: PostingHours | null,
  holds: Hold[],
  now: Date,
): Answer {
  const at = (instant: Date): Verdict =>
    actor.kind === 'house' ? houseAt(holds, instant) : stintAt(actor, grants, postingHours, holds, instant);
  const verdict = at(now);
  const boundaries = [...grantBoundaries(grants), ...holdBoundaries(holds)];
  if (actor.kind === 'stint' && hoursDecide(verdict))
    boundaries.push(postingHours && nextHoursChange(postingHours, now));
  return { ...verdict, until: following(boundaries, now).find((instant) => at(instant).why !== verdict.why) ?? null };
}

/**
 * The grant that is open in a seat at an instant. The database lets no two overlap; should they, only the one that
 * opened last counts, so that there is never more than one curator to a seat.
 */
export function activeGrant<G extends Grant>(grants: G[], seat: number, now: Date): G | null {
  const open = grants.filter((grant) => grant.seat === seat && grant.opensAt <= now && now < endOf(grant));
  return open.reduce<G | null>((last, grant) => (last && last.opensAt >= grant.opensAt ? last : grant), null);
}

/**
 * Whom a post not made through Baton is credited to: the grant in force at its instant; null (the house) where there
 * was none, where a hold was in force, or where two seats were held, since nobody can know which of them it was.
 */
export function creditedGrant<G extends Grant>(grants: G[], holds: Hold[], at: Date): G | null {
  if (holds.some((hold) => inForce(hold, at))) return null;
  const seats = [...new Set(grants.map((grant) => grant.seat))];
  const held = seats.map((seat) => activeGrant(grants, seat, at)).filter((grant) => grant !== null);
  return held.length === 1 ? (held[0] ?? null) : null;
}

function houseAt(holds: Hold[], now: Date): Verdict {
  const hold = longest(holds.filter((each) => each.scope === 'everyone' && inForce(each, now)));
  return hold ? { allowed: false, why: 'held', hold } : { allowed: true, why: 'allowed' };
}

function stintAt(
  actor: { stintId: string; seat: number },
  grants: Grant[],
  hours: PostingHours | null,
  holds: Hold[],
  now: Date,
): Verdict {
  if (activeGrant(grants, actor.seat, now)?.stintId !== actor.stintId) {
    return { allowed: false, why: absence(actor, grants, now) };
  }
  const hold = longest(holds.filter((each) => inForce(each, now)));
  if (hold) return { allowed: false, why: 'held', hold };
  if (hours && !openAt(hours, now)) return { allowed: false, why: 'outside-hours' };
  return { allowed: true, why: 'allowed' };
}

function absence(actor: { stintId: string; seat: number }, grants: Grant[], now: Date): Why {
  const own = grants.filter((grant) => grant.stintId === actor.stintId && grant.seat === actor.seat);
  if (own.length === 0) return 'no-grant';
  return own.some((grant) => now < grant.opensAt && grant.opensAt < endOf(grant)) ? 'not-yet' : 'ended';
}

/** Only these two answers depend on the hours; the others change at the boundaries of grants and holds alone. */
function hoursDecide(verdict: Verdict): boolean {
  return verdict.why === 'allowed' || verdict.why === 'outside-hours';
}

function grantBoundaries(grants: Grant[]): (Date | null)[] {
  return grants.flatMap((grant) => [grant.opensAt, grant.endsAt, grant.closedAt]);
}

function holdBoundaries(holds: Hold[]): (Date | null)[] {
  return holds.flatMap((hold) => [hold.startsAt, hold.endsAt]);
}

function following(instants: (Date | null)[], now: Date): Date[] {
  const later = instants.filter((instant) => instant !== null).filter((instant) => now < instant);
  return later.sort((a, b) => a.getTime() - b.getTime());
}

function endOf(grant: Grant): Date {
  return grant.closedAt && grant.closedAt < grant.endsAt ? grant.closedAt : grant.endsAt;
}

function inForce(hold: Hold, now: Date): boolean {
  return hold.startsAt <= now && (hold.endsAt === null || now < hold.endsAt);
}

function longest(holds: Hold[]): Hold | undefined {
  return holds.toSorted((a, b) => lastInstant(b) - lastInstant(a))[0];
}

function lastInstant(hold: Hold): number {
  return hold.endsAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
}
