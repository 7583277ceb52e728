import type { Answer } from '../credentials/access.js';
import type { Channel, MessageState } from './message.entity.js';

/** What the decision about one row of the outbox is made from. */
export interface Delivery {
  channel: Channel;
  state: MessageState;
  dueAt: Date;
  nextAttemptAt: Date;
  attempts: number;
  leaseUntil: Date | null;
  /** A stop on its cause is in force. */
  stopped: boolean;
  /** For a post: whether its author may act at this instant. */
  access: Answer | null;
  /** For a post: a hold was in force at some instant from its due time until now. */
  overtakenByHold: boolean;
}

export type Verdict =
  | { act: 'send' }
  /** Look again at this instant (service time), or when rung. */
  | { act: 'wait'; until: Date | null }
  /** The call was begun and its end is not known: ask the network. */
  | { act: 'look-up' }
  /** It does not go out by itself any more: a person decides. */
  | { act: 'hold'; why: string }
  | { act: 'nothing' };

/** How long after its due time an unsent public post is no longer timely and goes to a person. */
export const OVERDUE_MS = 15 * 60_000;

/**
 * Decides what happens to a row now. Of interrupted sendings a letter is sent again (the mail server may then have
 * two), a post never: it is looked up. `now` is service time, `real` unscaled (leases).
 */
export function decide(row: Delivery, now: Date, real: Date): Verdict {
  if (row.state === 'unknown')
    return row.nextAttemptAt <= now ? { act: 'look-up' } : { act: 'wait', until: row.nextAttemptAt };
  if (row.state === 'sending') return interrupted(row, real);
  if (row.state !== 'waiting') return { act: 'nothing' };
  if (row.stopped) return { act: 'wait', until: null };
  if (row.nextAttemptAt > now) return { act: 'wait', until: row.nextAttemptAt };
  return row.channel === 'post' ? post(row, now) : { act: 'send' };
}

function interrupted(row: Delivery, real: Date): Verdict {
  if (row.leaseUntil && row.leaseUntil > real) return { act: 'nothing' };
  return row.channel === 'letter' ? { act: 'send' } : { act: 'look-up' };
}

function post(row: Delivery, now: Date): Verdict {
  if (row.overtakenByHold) return { act: 'hold', why: 'It fell due during a hold.' };
  if (!row.access?.allowed)
    return { act: 'hold', why: `Its author could not act when it was due (${row.access?.why ?? 'no-grant'}).` };
  if (now.getTime() - row.dueAt.getTime() > OVERDUE_MS)
    return { act: 'hold', why: 'It is overdue by more than 15 minutes.' };
  return { act: 'send' };
}

/** When to try again after the n-th failure: 15 s, 30 s, 1 min … at most an hour. */
export function nextAttempt(attempts: number, now: Date): Date {
  return new Date(now.getTime() + Math.min(15_000 * 2 ** Math.max(0, attempts - 1), 3_600_000));
}
