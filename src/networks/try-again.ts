import { settings } from '../../config/settings.js';
import type { Outcome } from './network.js';

/**
 * When to read again after a read that failed: when the network says so, with no credits left seldom, and never before
 * `next`, when it would have been read anyway. `now` and `next` are service time, `real` is unscaled, as the network's times.
 */
export function tryAgainAt(answer: Outcome<unknown>, next: Date, now: Date, real: Date): Date {
  if (answer.kind !== 'later') return next;
  const wait = answer.at ? answer.at.getTime() - real.getTime() : 0;
  const poor = answer.why === 'no-credits' ? settings.feedEveryWithoutCredits : 0;
  return new Date(Math.max(next.getTime(), now.getTime() + wait, now.getTime() + poor));
}
