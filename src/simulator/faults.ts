import type { EndpointName } from './endpoint.js';
import {
  accessLevel,
  creditsDepleted,
  duplicate,
  invalidToken,
  type Problem,
  replyGate,
  replyTargetGone,
  serverError,
  tooManyRequests,
  tooManyRequestsOld,
  unauthorized,
  unavailable,
} from './problems.js';
import type { Fault } from './rows.js';

/** What can go wrong on purpose, with the words that the page shows. */
export const FAULTS = {
  '429': 'Rate limit, as a problem (429)',
  '429-old': 'Rate limit, in the old shape (429)',
  '401': 'Unauthorised (401)',
  '402': 'Credits depleted (402)',
  '403-duplicate': 'Duplicate content (403)',
  '403-reply': 'Reply not allowed (403)',
  '403-gone': 'Reply to a post that is not visible (403, code 385)',
  '453': 'Not in this access level (403, code 453)',
  '500': 'Server error (500), nothing applied',
  '503': 'Unavailable (503), nothing applied',
  'applied-503': 'Applied, then unavailable (503)',
  silence: 'No answer, nothing applied',
  'applied-silence': 'Applied, then no answer',
  reset: 'Connection reset, nothing applied',
  'applied-reset': 'Applied, then the connection is reset',
  malformed: 'Applied, then an answer that breaks off',
  'empty-page': 'An empty page',
  slow: 'A slow answer',
  'dead-family': 'The tokens of the account die',
  'mail-451': 'Letter refused for now (451)',
  'mail-550': 'Letter refused for good (550)',
  'mail-reset': 'Letter refused by hanging up',
  'mail-applied-reset': 'Letter taken, then hung up before saying so',
} as const;

export type FaultKind = keyof typeof FAULTS;

export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

/** Faults that are nothing but an answer. */
const ANSWERS: Partial<Record<FaultKind, Problem>> = {
  '429': tooManyRequests,
  '429-old': tooManyRequestsOld,
  '401': unauthorized,
  '402': creditsDepleted,
  '403-duplicate': duplicate,
  '403-reply': replyGate,
  '403-gone': replyTargetGone,
  '453': accessLevel,
  '500': serverError,
  '503': unavailable,
};

/** The answer that a fault gives instead of doing anything; null when it does something else. */
export function answerOfFault(kind: FaultKind, endpoint: EndpointName): Problem | null {
  if (kind === 'empty-page') return { status: 200, body: { meta: { result_count: 0 } } };
  if (kind === 'dead-family') return endpoint === 'token' ? invalidToken : unauthorized;
  return ANSWERS[kind] ?? null;
}

/** What a call does to the faults that wait: which one hits it, and what each becomes (null: it is used up). */
export function faultsAfter(
  waiting: readonly Fault[],
  endpoint: EndpointName,
): { hit: Fault | null; next: Map<string, Fault | null> } {
  const next = new Map<string, Fault | null>();
  let hit: Fault | null = null;
  for (const fault of waiting.filter((each) => concerns(each, endpoint))) {
    if (fault.skip > 0) next.set(fault.id, { ...fault, skip: fault.skip - 1 });
    else if (!hit) {
      hit = fault;
      if (fault.left !== null) next.set(fault.id, fault.left > 1 ? { ...fault, left: fault.left - 1 } : null);
    }
  }
  return { hit, next };
}

function concerns(fault: Fault, endpoint: EndpointName): boolean {
  const forMail = fault.kind.startsWith('mail-');
  if (forMail !== (endpoint === 'mail') && fault.kind !== 'slow') return false;
  return fault.endpoint === 'any' || fault.endpoint === endpoint;
}
