import type { ITwitterApiClientPlugin, TwitterRateLimit } from 'twitter-api-v2';
import type { Gauge, LimitWindow } from '../network.js';
import { endpointName } from './endpoint-name.js';

/** A call that was not made, because its endpoint's calls are used up. */
export class UsedUp extends Error {
  constructor(
    readonly endpoint: string,
    readonly until: Date,
  ) {
    super(`X takes no more calls of ${endpoint} until its window ends.`);
  }
}

/** Asks the gauge before each call on the wire, and tells it what the answer's headers say. */
export function gauged(gauge: Gauge): ITwitterApiClientPlugin {
  const nameOf = ({ params, url }: { params: { method: string }; url: URL }) =>
    endpointName(params.method, url.pathname);
  return {
    onBeforeRequest: (request) => {
      const endpoint = nameOf(request);
      const until = gauge.usedUpUntil(endpoint);
      if (until) throw new UsedUp(endpoint, until);
    },
    onAfterRequest: (request) => gauge.hear(nameOf(request), windowOf(request.response.rateLimit)),
    onResponseError: (request) => gauge.hear(nameOf(request), windowOf(request.error.rateLimit)),
  };
}

/** The window that will hold calls back first: one that is used up, or else that of fifteen minutes. */
function windowOf(limit: TwitterRateLimit | undefined): LimitWindow | null {
  if (!limit) return null;
  const usedUp = [limit.userDay, limit.day].find((window) => window?.remaining === 0);
  const { limit: calls, remaining, reset } = usedUp ?? limit;
  const known = [calls, remaining, reset].every((each) => Number.isFinite(each));
  return known ? { calls, remaining, resetsAt: new Date(reset * 1000) } : null;
}
