import type { Answer } from '../credentials/access.js';

/** Whether somebody has the account at this moment, be it that they may not post: outside posting hours, or in a pause. */
export function isOnDuty({ why }: Pick<Answer, 'why'>): boolean {
  return why === 'allowed' || why === 'outside-hours' || why === 'held';
}
