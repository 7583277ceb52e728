import { ApiPartialResponseError, ApiRequestError, ApiResponseError } from 'twitter-api-v2';
import type { Failure } from './outcomes.js';

/** System calls that fail before there is a connection: nothing can have been sent. */
const BEFORE_CONNECTION = ['connect', 'getaddrinfo'];

/** Reads what twitter-api-v2 threw. Throws it again when it is not about the network or the wire. */
export function failureFrom(error: unknown): Failure {
  if (error instanceof ApiResponseError) {
    return { kind: 'answer', status: error.code, body: error.data, limits: error.rateLimit ?? null };
  }
  if (error instanceof ApiPartialResponseError) return fromPartial(error);
  if (error instanceof ApiRequestError) {
    const cause = causeOf(error);
    return { kind: 'silence', sent: !cameBeforeConnection(cause), detail: `No answer from X: ${wordsFor(cause)}.` };
  }
  throw error;
}

/** A refusal whose body broke off or is no JSON is a refusal still; half of a success is no answer. */
function fromPartial(error: ApiPartialResponseError): Failure {
  const status = error.response.statusCode ?? 0;
  if (status >= 400) return { kind: 'answer', status, body: error.rawContent, limits: null };
  return { kind: 'silence', sent: true, detail: 'The answer of X broke off.' };
}

/** twitter-api-v2 1.29 keeps the cause under another name than its own `requestError` reads. */
function causeOf(error: ApiRequestError): NodeJS.ErrnoException | undefined {
  const kept = (error as unknown as { _options?: { error?: NodeJS.ErrnoException } })._options;
  return kept?.error ?? error.requestError;
}

function cameBeforeConnection(cause: NodeJS.ErrnoException | undefined): boolean {
  // With several addresses for a name, Node gives one error that holds one for each address.
  if (cause instanceof AggregateError) return cause.errors.length > 0 && cause.errors.every(cameBeforeConnection);
  return BEFORE_CONNECTION.includes(cause?.syscall ?? '');
}

function wordsFor(cause: NodeJS.ErrnoException | undefined): string {
  if (cause?.name === 'AbortError') return 'it took too long';
  return cause?.code ?? cause?.message ?? 'the connection closed';
}
