import type { CallOutcome } from './ending.js';

/** What nodemailer throws: the server's code where it answered, and at which command. */
export interface MailError extends Error {
  code?: string;
  responseCode?: number;
  command?: string;
}

/** Commands at which the server judges this letter, rather than us or its own state (RFC 5321). */
const ABOUT_THE_LETTER = new Set(['MAIL FROM', 'RCPT TO', 'DATA', 'API']);
const UNUSABLE = new Set(['EENVELOPE', 'EMESSAGE']);

/**
 * Reads a failed sending. `handedOver`: the whole letter was written to the server before the failure, so that without
 * an answer it may have arrived. Addresses do not belong into the detail: servers quote them, so only the code is kept.
 */
export function mailOutcome(error: MailError, handedOver: boolean): CallOutcome {
  const { responseCode, command = '' } = error;
  if (responseCode && responseCode >= 500 && ABOUT_THE_LETTER.has(command)) {
    return { kind: 'refused', why: 'invalid', detail: `The mail server refused it (${responseCode}).` };
  }
  if (!responseCode && command === 'API' && UNUSABLE.has(error.code ?? '')) {
    return { kind: 'refused', why: 'invalid', detail: 'The address cannot be used.' };
  }
  if (responseCode) {
    const detail = `The mail server asked to try later (${responseCode}).`;
    return { kind: 'later', at: null, why: 'unavailable', detail };
  }
  if (handedOver) {
    return { kind: 'unknown', detail: 'The mail server took the letter and did not answer: it may have arrived.' };
  }
  return {
    kind: 'later',
    at: null,
    why: 'unreachable',
    detail: `No mail server answered (${error.code ?? error.name}).`,
  };
}
