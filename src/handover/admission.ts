import { beginning, type Turn } from './boundaries.js';

/** Whether a stint's grant may open: only for a confirmed stint that has begun and is not over. */
export type Admission = 'open' | 'begun' | 'over' | 'moved' | 'gone';

export function admissionOf(turn: Turn, now: Date): Admission {
  if (turn.state === 'active') return 'begun';
  if (turn.state === 'ended' || turn.endsAt <= now) return 'over';
  if (turn.state !== 'confirmed') return 'gone';
  return beginning(turn) <= now ? 'open' : 'moved';
}

/** What became of a stint at the grant step, for the handover's page. */
export const admissionWords: Record<Admission, string> = {
  open: 'Access opened',
  begun: 'Access was open already',
  over: 'No access was opened: the turn was over by then',
  moved: 'No access was opened: the turn has moved to a later date',
  gone: 'No access was opened: the turn was cancelled',
};
