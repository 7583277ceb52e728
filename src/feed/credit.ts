import { creditedGrant, type Grant, type Hold } from '../credentials/access.js';

/** Who a post is credited to. Both ids are null for the house. */
export interface Credit {
  stintId: string | null;
  personId: string | null;
  by: 'author' | 'grant' | 'house' | 'organiser';
}

/** A grant together with whom it was given to. */
export type HeldGrant = Grant & { personId: string };

/** A post that went out through Baton: its author's ids, both null for the house. */
export interface OwnPost {
  stintId: string | null;
  authorId: string | null;
}

/**
 * Credits a post: one made through Baton to its author; any other to whoever held the grant at its instant, unless a
 * hold was in force; else to the house. Never by calendar date, never by the account's display name.
 */
export function creditOf(postedAt: Date, own: OwnPost | undefined, grants: HeldGrant[], holds: Hold[]): Credit {
  if (own?.stintId) return { stintId: own.stintId, personId: own.authorId, by: 'author' };
  if (own) return { stintId: null, personId: null, by: 'author' };
  const grant = creditedGrant(grants, holds, postedAt);
  if (!grant) return { stintId: null, personId: null, by: 'house' };
  return { stintId: grant.stintId, personId: grant.personId, by: 'grant' };
}

/**
 * Where a post lies to the turn that it is credited to, `[opensAt, endsAt)`: early before the turn's grant opened, late
 * from its end on. A post without a turn is the house's.
 */
export function placeOf(
  postedAt: Date,
  turn: { opensAt: Date; endsAt: Date } | null,
): 'early' | 'in turn' | 'late' | 'house' {
  if (!turn) return 'house';
  if (postedAt < turn.opensAt) return 'early';
  return postedAt < turn.endsAt ? 'in turn' : 'late';
}
