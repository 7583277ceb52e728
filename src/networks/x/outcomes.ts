import type { Outcome, Refusal } from '../network.js';

/** How a call to X failed. */
export type Failure =
  | { kind: 'answer'; status: number; body: unknown; limits: Limits | null }
  /** `sent`: whether the request can have reached X. */
  | { kind: 'silence'; sent: boolean; detail: string };

/** A window of X's rate headers: what is left in it, and when (Unix seconds) it is full again. */
interface Window {
  remaining: number;
  reset: number;
}

/** The window of fifteen minutes, and those of 24 hours for the app and for the user where X counts them. */
export interface Limits extends Window {
  day?: Window;
  userDay?: Window;
}

/**
 * What kind of endpoint was called. `read`, `change` (delete, revoke) and `media` may be repeated without harm;
 * `create` and `token` (tokens and codes are single-use) may not.
 */
export type Endpoint = 'read' | 'change' | 'media' | 'create' | 'token';

type Failed = Exclude<Outcome<never>, { kind: 'done' }>;

/** The parts of X's many error shapes that mean something, whichever shape they came in. */
interface Problem {
  detail: string;
  /** The last word of a problem's type, as in …/problems/resource-not-found. */
  type: string;
  code: number | null;
}

/** The v1.1 error codes that still appear: https://docs.x.com/x-api/fundamentals/response-codes-and-errors */
const CODES: Record<number, Refusal> = {
  32: 'not-signed-in',
  64: 'forbidden',
  89: 'not-signed-in',
  144: 'gone',
  186: 'too-long',
  187: 'duplicate',
  323: 'media-refused',
  324: 'media-refused',
  326: 'forbidden',
  385: 'gone',
  433: 'reply-not-allowed',
};
const RATE_LIMITED = 88;
const DAILY_LIMIT = 185;

/** X gives its commonest refusals no code of their own, only a sentence. */
const SENTENCES: [RegExp, Refusal][] = [
  [/duplicate content/i, 'duplicate'],
  [/mentioned or otherwise engaged|reply to this conversation is not allowed/i, 'reply-not-allowed'],
  [/deleted or not visible/i, 'gone'],
  [/too long|too many characters|exceeds? .*(length|characters)/i, 'too-long'],
  [/media/i, 'media-refused'],
];

const TYPES: Record<string, Refusal> = {
  'resource-not-found': 'gone',
  'not-authorized-for-resource': 'forbidden',
  'client-forbidden': 'forbidden',
  'unsupported-authentication': 'forbidden',
};

/** Turns a failed call into its outcome. */
export function outcomeOf(failure: Failure, endpoint: Endpoint): Failed {
  if (failure.kind === 'silence') return ofSilence(failure, endpoint);
  const problem = problemIn(failure.body, failure.status);
  return (
    ofCredits(failure.status, problem) ??
    ofLimits(failure, problem) ??
    ofTrouble(failure.status, problem, endpoint) ?? {
      kind: 'refused',
      why: refusalOf(failure.status, problem, endpoint),
      detail: problem.detail,
    }
  );
}

/** X can answer 200 with nothing but errors: the outcome of the first of them. */
export function outcomeOfErrors(errors: unknown[]): Failed {
  const problem = problemIn(errors[0], 200);
  return { kind: 'refused', why: TYPES[problem.type] ?? 'forbidden', detail: problem.detail };
}

/** For an answer that should have held what was asked for, and did not. */
export function unreadable(endpoint: Endpoint): Failed {
  return ofSilence({ kind: 'silence', sent: true, detail: 'X answered in a shape that is not known here.' }, endpoint);
}

/** The same outcome with another value; anything but `done` stays as it is. */
export function withValue<T, U>(outcome: Outcome<T>, change: (value: T) => U): Outcome<U> {
  return outcome.kind === 'done' ? { kind: 'done', value: change(outcome.value) } : outcome;
}

/** The last word of a problem's type; X writes them under api.x.com and under api.twitter.com. */
export function typeWord(type: unknown): string {
  return typeof type === 'string' ? (type.split('/').pop() ?? '') : '';
}

function ofSilence(failure: { sent: boolean; detail: string; kind: 'silence' }, endpoint: Endpoint): Failed {
  if (!failure.sent) return { kind: 'later', at: null, why: 'unreachable', detail: failure.detail };
  if (onceOnly(endpoint)) return { kind: 'unknown', detail: failure.detail };
  return { kind: 'later', at: null, why: 'unavailable', detail: failure.detail };
}

/** No time helps against an empty purse or a used-up month, whatever the rate headers say. */
function ofCredits(status: number, problem: Problem): Failed | null {
  const empty = status === 402 || problem.type === 'credits-depleted' || problem.type === 'usage-capped';
  return empty ? { kind: 'later', at: null, why: 'no-credits', detail: problem.detail } : null;
}

function ofLimits(failure: Failure & { kind: 'answer' }, problem: Problem): Failed | null {
  const { status, limits } = failure;
  if (problem.code === DAILY_LIMIT) return { kind: 'later', at: null, why: 'rate-limit', detail: problem.detail };
  if (status !== 429 && status !== 420 && problem.code !== RATE_LIMITED) return null;
  return { kind: 'later', at: limits ? resetOf(limits) : null, why: 'rate-limit', detail: problem.detail };
}

/** When every window that is used up is full again. */
function resetOf(limits: Limits): Date | null {
  const windows = [limits, limits.day, limits.userDay].filter((window) => window !== undefined);
  const usedUp = windows.filter((window) => window.remaining === 0);
  const seconds = Math.max(...(usedUp.length > 0 ? usedUp : [limits]).map((window) => window.reset));
  return Number.isFinite(seconds) ? new Date(seconds * 1000) : null;
}

/** A server that failed after it took a create may have applied it. */
function ofTrouble(status: number, problem: Problem, endpoint: Endpoint): Failed | null {
  if (status < 500 && status !== 408) return null;
  return ofSilence({ kind: 'silence', sent: true, detail: problem.detail }, endpoint);
}

function refusalOf(status: number, problem: Problem, endpoint: Endpoint): Refusal {
  // At the token endpoint 401 is about the app's own keys; a dead code or refresh token answers 400.
  if (endpoint === 'token') return status === 400 ? 'not-signed-in' : 'forbidden';
  if (status === 401) return 'not-signed-in';
  const byCode = problem.code === null ? undefined : CODES[problem.code];
  const bySentence = SENTENCES.find(([sentence]) => sentence.test(problem.detail))?.[1];
  const known = byCode ?? bySentence ?? TYPES[problem.type];
  if (known) return known;
  if (status === 404 || status === 410) return 'gone';
  if (status === 403) return 'forbidden';
  return endpoint === 'media' ? 'media-refused' : 'invalid';
}

function onceOnly(endpoint: Endpoint): boolean {
  return endpoint === 'create' || endpoint === 'token';
}

function problemIn(body: unknown, status: number): Problem {
  const top = asRecord(body);
  const first = asRecord(Array.isArray(top.errors) ? top.errors[0] : undefined);
  // A problem's own detail may say only that something was invalid; its first error says what.
  const sentence = [top.error_description, first.message, top.detail, first.detail, top.title, top.error].find(
    (words) => typeof words === 'string' && words !== '',
  );
  return {
    detail: String(sentence ?? `X answered ${status}.`).slice(0, 300),
    type: typeWord(top.type ?? first.type),
    code: typeof first.code === 'number' ? first.code : null,
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
