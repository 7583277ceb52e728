import type { Actor } from '../credentials/access.js';

/** The turn that a person sits at the desk for: the one that is on, else the next, else the last. */
export interface Turn {
  stintId: string;
  seat: number;
  state: 'confirmed' | 'active' | 'ended';
  startsAt: Date;
  endsAt: Date;
}

/** Whoever sits at the desk, as the access function asks for them. */
export function actorOf(turn: Turn): Actor {
  return { kind: 'stint', stintId: turn.stintId, seat: turn.seat };
}
