import { localDate } from '../credentials/week.js';

/** Whose posts wait for a second pair of eyes: nobody's, everybody's, or everybody's on the first day of their turn. */
export type ApprovalRule = 'off' | 'first-day' | 'always';

/** Whether a post that its author sends at `now` waits for somebody else. Days are the account's own. */
export function mustWait(rule: ApprovalRule, zone: string, turnStartsAt: Date, now: Date): boolean {
  if (rule === 'always') return true;
  return rule === 'first-day' && localDate(zone, now) <= localDate(zone, turnStartsAt);
}
