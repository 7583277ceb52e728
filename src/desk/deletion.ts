import { nextAttempt } from '../messages/delivery.js';
import type { Outcome } from '../networks/network.js';

/** What became of deleting a post at its network. One that waits is asked for again by itself: deleting twice does no harm. */
export type DeletionState = 'waiting' | 'done' | 'refused';

export interface DeletionChange {
  state: DeletionState;
  /** When to ask again (service time); null when it is settled. */
  nextAttemptAt: Date | null;
  detail: string | null;
}

const LONGEST_WAIT_MS = 60 * 60_000;

/** What a deletion becomes by the answer to its n-th call. `now` is service time, `real` unscaled. */
export function afterDeleting(outcome: Outcome<null>, attempts: number, now: Date, real: Date): DeletionChange {
  if (outcome.kind === 'done') return { state: 'done', nextAttemptAt: null, detail: null };
  if (outcome.kind === 'refused') return { state: 'refused', nextAttemptAt: null, detail: outcome.detail };
  const wait = outcome.kind === 'later' && outcome.at ? outcome.at.getTime() - real.getTime() : 0;
  const named = new Date(now.getTime() + Math.min(wait, LONGEST_WAIT_MS));
  return { state: 'waiting', nextAttemptAt: wait > 0 ? named : nextAttempt(attempts, now), detail: outcome.detail };
}
