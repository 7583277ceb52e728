import { settings } from '../../config/settings.js';
import type { Outcome, Refusal } from '../networks/network.js';
import { LETTER_ATTEMPTS, nextAttempt, WEBHOOK_ATTEMPTS } from './delivery.js';
import type { Message } from './message.entity.js';

/** How a call outside ended; `unknown` from a mail server or a webhook: it may have arrived. */
export type CallOutcome = Outcome<{ id: string }>;

/** The call that was made: which attempt of the row, begun when (service time). */
export interface Begun {
  attempt: number;
  at: Date;
}

type Row = Pick<Message, 'channel' | 'attempts' | 'startedAt' | 'possibleCopies' | 'replyTo' | 'part'>;
export type Change = Partial<
  Pick<
    Message,
    'state' | 'detail' | 'nextAttemptAt' | 'providerRef' | 'settledAt' | 'startedAt' | 'possibleCopies' | 'attempts'
  >
> & { state: Message['state'] };

/** How often a reply to our own post is tried that X does not find yet. */
const REPLY_TRIES = 5;
const LONGEST_WAIT_MS = 60 * 60_000;

/** How the detail of a refused answer begins when no other words would help. */
const ANSWER_REFUSED: Partial<Record<Refusal, string>> = {
  'reply-not-allowed':
    'X does not let this account answer that post: its author has limited who may answer, or has not named or quoted the account.',
  gone: 'The post that this answers is gone from X, or is not shown to this account.',
};

/** Whether a refused answer's detail says that X takes none to that post. */
export function takesNoAnswer(detail: string | null): boolean {
  return Object.values(ANSWER_REFUSED).some((sentence) => detail?.startsWith(sentence));
}

/**
 * Whether the answer to a call may still change the row. A late answer that says what really happened counts even when
 * the row was already put to look-up, to a person, or withdrawn; anything else only while the call was all there was.
 */
export function stillCounts(row: Pick<Message, 'state' | 'attempts'>, begun: Begun, outcome: CallOutcome): boolean {
  if (row.attempts !== begun.attempt || row.state === 'sent') return false;
  if (outcome.kind === 'done') return true;
  return row.state === 'sending' || (row.state === 'unknown' && outcome.kind !== 'unknown');
}

/** What a row becomes by the answer to its call. `now` is service time, `real` unscaled. */
export function afterCall(row: Row, begun: Begun, outcome: CallOutcome, clock: { now: Date; real: Date }): Change {
  if (outcome.kind === 'done') {
    return { state: 'sent', providerRef: outcome.value.id, detail: null, nextAttemptAt: null, settledAt: clock.now };
  }
  return row.channel === 'post' ? post(row, begun, outcome, clock) : repeatable(row, outcome, clock);
}

type Failed = Exclude<CallOutcome, { kind: 'done' }>;

/** A letter or a webhook: a copy does less harm than none. */
function repeatable(row: Row, outcome: Failed, { now, real }: { now: Date; real: Date }): Change {
  const { detail } = outcome;
  if (outcome.kind === 'refused') return { state: 'refused', detail, nextAttemptAt: null, settledAt: now };
  const copies = outcome.kind === 'unknown' ? { possibleCopies: row.possibleCopies + 1 } : {};
  if (row.attempts >= (row.channel === 'letter' ? LETTER_ATTEMPTS : WEBHOOK_ATTEMPTS)) {
    return {
      state: 'refused',
      detail: `Given up after ${row.channel === 'letter' ? 'two days' : 'half a day'}: ${detail}`,
      nextAttemptAt: null,
      settledAt: now,
      ...copies,
    };
  }
  return { state: 'waiting', detail, nextAttemptAt: again(row, outcome, now, real), startedAt: null, ...copies };
}

function post(row: Row, begun: Begun, outcome: Failed, { now, real }: { now: Date; real: Date }): Change {
  const { detail } = outcome;
  const unansweredBefore = row.startedAt !== null && row.startedAt < begun.at;
  const startedAt = unansweredBefore ? row.startedAt : null;
  if (outcome.kind === 'unknown') {
    return { state: 'unknown', detail, nextAttemptAt: new Date(now.getTime() + settings.settleAfter) };
  }
  // "Duplicate" after a call without an answer means that the first one went through.
  if (outcome.kind === 'refused' && outcome.why === 'duplicate' && unansweredBefore) {
    return { state: 'unknown', detail, nextAttemptAt: now };
  }
  if (tooSoon(row, outcome)) {
    const wait = settings.threadPause * 2 ** row.attempts;
    return { state: 'waiting', detail, nextAttemptAt: new Date(now.getTime() + wait), startedAt };
  }
  const obstacle = needsPerson(outcome);
  if (obstacle) return { state: 'held', detail: obstacle, nextAttemptAt: null, startedAt };
  if (outcome.kind === 'refused')
    return { state: 'refused', detail: refusalOf(row, outcome), nextAttemptAt: null, settledAt: now };
  return { state: 'waiting', detail, nextAttemptAt: again(row, outcome, now, real), startedAt };
}

/**
 * What stands in for a call whose process stood still after it had marked the row, until another may have taken the row
 * over; null when there is still time for the call. `waited` is in real milliseconds.
 */
export function tooLateToCall(waited: number): CallOutcome | null {
  if (waited < settings.lease) return null;
  return { kind: 'later', at: null, why: 'unreachable', detail: 'The process that was to send it stood still.' };
}

/** What a post becomes when its pictures or its access token could not be made ready: no call was begun. */
export function afterPreparing(
  row: Row,
  outcome: Outcome<null>,
  { now, real }: { now: Date; real: Date },
): Change | null {
  if (outcome.kind === 'done') return null;
  const { detail } = outcome;
  const obstacle = needsPerson(outcome);
  if (obstacle) return { state: 'held', detail: obstacle, nextAttemptAt: null };
  if (outcome.kind === 'refused') return { state: 'refused', detail, nextAttemptAt: null, settledAt: now };
  const attempts = row.attempts + 1;
  return { state: 'waiting', detail, attempts, nextAttemptAt: again({ attempts }, outcome, now, real) };
}

/** What a post becomes whose worker ended between the call and its answer. */
export function interrupted(row: Pick<Row, 'startedAt'>, now: Date): Change {
  const first = (row.startedAt ?? now).getTime() + settings.settleAfter;
  const nextAttemptAt = new Date(Math.max(first, now.getTime()));
  const detail = 'The process that was sending it ended before the network had answered.';
  return { state: 'unknown', detail, nextAttemptAt };
}

/** What a row becomes after an error of ours, when no call is open; null when it must be left alone. */
export function afterError(
  row: Pick<Message, 'channel' | 'state' | 'attempts' | 'leaseUntil'>,
  { now, real }: { now: Date; real: Date },
): Change | null {
  const abandoned = row.channel !== 'post' && row.state === 'sending' && (row.leaseUntil ?? real) <= real;
  if (row.state !== 'waiting' && !abandoned) return null;
  const attempts = row.attempts + 1;
  const detail = 'Baton could not prepare it: the log says why.';
  if (attempts > LETTER_ATTEMPTS) return { state: 'refused', attempts, detail, nextAttemptAt: null, settledAt: now };
  return { state: 'waiting', attempts, detail, nextAttemptAt: nextAttempt(attempts, now) };
}

/**
 * X has refused replies to a post of the same account that it had taken a moment before (403, code 385). What is no later
 * part of a thread answers an older post: there a refusal is one.
 */
function tooSoon(row: Row, outcome: Failed): boolean {
  if (outcome.kind !== 'refused' || !row.replyTo || row.attempts >= REPLY_TRIES) return false;
  if ((row.part ?? 1) === 1) return false;
  return outcome.why === 'gone' || outcome.why === 'reply-not-allowed';
}

function refusalOf({ replyTo }: Row, { why, detail }: Failed & { kind: 'refused' }): string {
  const sentence = replyTo ? ANSWER_REFUSED[why] : undefined;
  return sentence ? `${sentence} X said: “${detail}”` : detail;
}

/** What no waiting helps against, in a sentence for the team; null when there is no such thing. */
function needsPerson(outcome: Failed): string | null {
  if (outcome.kind === 'later' && outcome.why === 'no-credits') {
    return 'The network takes no more posts until its credits are topped up.';
  }
  if (outcome.kind === 'refused' && outcome.why === 'not-signed-in') {
    return 'The account is no longer connected to the network: a keeper has to connect it again.';
  }
  return null;
}

/** When a server that named an instant (unscaled) is asked again, else the usual growing gaps. */
function again(row: Pick<Row, 'attempts'>, outcome: Failed, now: Date, real: Date): Date {
  const wait = outcome.kind === 'later' && outcome.at ? outcome.at.getTime() - real.getTime() : 0;
  if (wait <= 0) return nextAttempt(row.attempts, now);
  return new Date(now.getTime() + Math.min(wait, LONGEST_WAIT_MS));
}
