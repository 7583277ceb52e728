import type { Actor, Answer, Hold } from '../credentials/access.js';
import type { Channel, MessageState } from './message.entity.js';

/** What the decision about one row of the outbox is made from. */
export interface Delivery {
  channel: Channel;
  state: MessageState;
  dueAt: Date;
  /** From then on it is no longer true. Never of a post. */
  expiresAt: Date | null;
  nextAttemptAt: Date | null;
  leaseUntil: Date | null;
  /** A stop on its cause is in force. */
  stopped: boolean;
  /** For a post: whether its author may act at this instant. */
  access: Pick<Answer, 'allowed' | 'why'> | null;
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
  /** It would come too late to be true. */
  | { act: 'withdraw'; why: string }
  | { act: 'nothing' };

/** How long after its due time an unsent public post is no longer timely and goes to a person. */
const OVERDUE_MS = 15 * 60_000;
/** After so many failures, about two days of them, a letter is given up. */
export const LETTER_ATTEMPTS = 55;
/** After so many failures, about half a day of them, an alert to a webhook is given up. */
export const WEBHOOK_ATTEMPTS = 20;

const REASONS: Record<Answer['why'], string> = {
  allowed: '',
  'no-grant': 'Its author does not have the account.',
  'not-yet': 'The turn of its author has not started.',
  ended: 'The turn of its author has ended.',
  'outside-hours': 'The account is outside its posting hours.',
  held: 'The account is paused.',
};

/** Why an author may not act, in a sentence for the team. */
export const reason = (why: Answer['why']): string => REASONS[why];

/**
 * Decides what happens to a row now. Of interrupted sendings a letter or a webhook is sent again (there may then be
 * two), a post never: it is looked up. `now` is service time, `real` unscaled (leases).
 */
export function decide(row: Delivery, now: Date, real: Date): Verdict {
  const { state, channel, nextAttemptAt } = row;
  if (row.leaseUntil && row.leaseUntil > real) return { act: 'nothing' };
  if (state !== 'waiting' && state !== 'sending' && state !== 'unknown') return { act: 'nothing' };
  if (state === 'sending' && channel === 'post') return { act: 'look-up' };
  if (!nextAttemptAt || nextAttemptAt > now) return { act: 'wait', until: nextAttemptAt };
  if (state === 'unknown') return { act: 'look-up' };
  if (row.stopped) return { act: 'wait', until: null };
  if (channel === 'post') return post(row, now);
  if (row.expiresAt && row.expiresAt <= now) return { act: 'withdraw', why: 'It would have come too late.' };
  return { act: 'send' };
}

function post(row: Delivery, now: Date): Verdict {
  if (row.overtakenByHold) return { act: 'hold', why: 'It fell due while the account was paused.' };
  if (!row.access?.allowed) return { act: 'hold', why: reason(row.access?.why ?? 'no-grant') };
  if (now.getTime() - row.dueAt.getTime() > OVERDUE_MS)
    return { act: 'hold', why: 'It could not go out within 15 minutes of its time.' };
  return { act: 'send' };
}

/** Whether a hold that concerns the actor was in force at some instant of [dueAt, now]. */
export function overtaken(actor: Actor, holds: Hold[], dueAt: Date, now: Date): boolean {
  return holds
    .filter((hold) => actor.kind === 'stint' || hold.scope === 'everyone')
    .filter((hold) => hold.endsAt === null || hold.startsAt < hold.endsAt)
    .some((hold) => hold.startsAt <= now && (hold.endsAt === null || hold.endsAt > dueAt));
}

/** When to try again after the n-th failure: 15 s, 30 s, 1 min … at most an hour. */
export function nextAttempt(attempts: number, now: Date): Date {
  return new Date(now.getTime() + Math.min(15_000 * 2 ** Math.max(0, attempts - 1), 3_600_000));
}
