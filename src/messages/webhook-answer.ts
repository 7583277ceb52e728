import type { CallOutcome } from './ending.js';

/** 4xx answers that ask for another try: time-out, too early, too many requests (RFC 9110, 8470, 6585). */
const TRY_AGAIN = [408, 425, 429];

/** What an answer means. Nothing but the status and `Retry-After` is read of it. `real` is unscaled. */
export function webhookAnswer(status: number, retryAfter: string | undefined, real: Date): CallOutcome {
  if (status >= 200 && status < 300) return { kind: 'done', value: { id: String(status) } };
  if (status >= 500 || TRY_AGAIN.includes(status)) {
    const detail = `The server asked to try later (${status}).`;
    return { kind: 'later', at: retryAt(retryAfter, real), why: 'unavailable', detail };
  }
  const moved = status < 400 ? ' It points to another address, and those are not followed.' : '';
  return { kind: 'refused', why: 'invalid', detail: `The server refused it (${status}).${moved}` };
}

/** What a call without an answer means. `connected`: the request was written, so it may have arrived. */
export function webhookFailure(error: { code?: string; name?: string }, connected: boolean): CallOutcome {
  if (error.code === 'ENOTPUBLIC') {
    return {
      kind: 'refused',
      why: 'invalid',
      detail: 'The name stands for an address that is not on the public internet.',
    };
  }
  if (connected) return { kind: 'unknown', detail: 'The server took it and did not answer: it may have arrived.' };
  return { kind: 'later', at: null, why: 'unreachable', detail: `No server answered (${error.code ?? error.name}).` };
}

/** `Retry-After` in seconds or as a date; null when absent or unreadable. */
function retryAt(given: string | undefined, real: Date): Date | null {
  if (!given) return null;
  const at = /^\d{1,6}$/.test(given) ? real.getTime() + Number(given) * 1000 : Date.parse(given);
  return Number.isNaN(at) ? null : new Date(at);
}
