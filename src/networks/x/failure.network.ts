import { ApiPartialResponseError, ApiRequestError, ApiResponseError } from 'twitter-api-v2';
import { hadConnection } from './agent.network.js';
import { UsedUp } from './gauge.network.js';
import type { Failure } from './outcomes.js';

/** Reads what twitter-api-v2 threw. Throws it again when it is not about the network or the wire. */
export function failureFrom(error: unknown): Failure {
  if (error instanceof ApiResponseError) {
    return { kind: 'answer', status: error.code, body: error.data, limits: error.rateLimit ?? null };
  }
  if (error instanceof UsedUp) {
    const reset = error.until.getTime() / 1000;
    return { kind: 'answer', status: 429, body: { detail: error.message }, limits: { remaining: 0, reset } };
  }
  if (error instanceof ApiPartialResponseError) return fromPartial(error);
  if (error instanceof ApiRequestError) {
    return {
      kind: 'silence',
      sent: hadConnection(error.request.socket),
      detail: `No answer from X: ${wordsFor(error)}.`,
    };
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
function wordsFor(error: ApiRequestError): string {
  const kept = (error as unknown as { _options?: { error?: NodeJS.ErrnoException } })._options;
  const cause: NodeJS.ErrnoException | undefined = kept?.error ?? error.requestError;
  if (cause?.name === 'AbortError') return 'it took too long';
  return cause?.code ?? cause?.message ?? 'the connection closed';
}
