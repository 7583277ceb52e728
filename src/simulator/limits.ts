import type { EndpointName } from './endpoint.js';

const QUARTER_HOUR = 15 * 60_000;
const DAY = 24 * 60 * 60_000;

interface Limit {
  /** Calls a quarter of an hour for each user token. */
  user: number;
  /** Calls a quarter of an hour for an app's own token. */
  app?: number;
  /** Calls a day for each user. */
  userDay?: number;
  /** Calls a day for all users of an app. */
  appDay?: number;
}

/** https://docs.x.com/x-api/fundamentals/rate-limits */
const LIMITS: Partial<Record<EndpointName, Limit>> = {
  me: { user: 75 },
  user: { user: 900, app: 300 },
  create: { user: 100, appDay: 10_000 },
  delete: { user: 50 },
  lookup: { user: 5000, app: 3500 },
  timeline: { user: 900, app: 10_000 },
  mentions: { user: 300, app: 450 },
  message: { user: 15, userDay: 1440 },
  'media-initialize': { user: 1875 },
  'media-append': { user: 1875 },
  'media-finalize': { user: 1875 },
  'media-status': { user: 1000 },
  'media-upload': { user: 500 },
  'media-metadata': { user: 500 },
};

/** Whom a call is counted for; `userId` is null for an app's own token. */
export interface Caller {
  userId: string | null;
  appId: string;
}

/** What is left of a window; `reset` is unix seconds. */
export interface Allowance {
  limit: number;
  remaining: number;
  reset: number;
}

export interface Counted {
  allowed: boolean;
  window: Allowance;
  userDay: Allowance | null;
  appDay: Allowance | null;
}

interface Tally {
  startedAt: number;
  used: number;
}

/** Counts calls in X's fixed windows, which begin with their first call. Instants are real time. */
export class RateLimits {
  private readonly tallies = new Map<string, Tally>();

  /** Counts a call, unless a window is used up. Null: the endpoint has no limit. */
  take(endpoint: EndpointName, caller: Caller, now: Date, enforce: boolean): Counted | null {
    const limit = LIMITS[endpoint];
    if (!limit) return null;
    const windows = this.windowsOf(endpoint, limit, caller, now);
    const allowed = !enforce || windows.every(({ tally, most }) => tally.used < most);
    if (allowed) for (const { tally } of windows) tally.used += 1;
    const [window, ...days] = windows.map((each) => ({ name: each.name, left: allowanceOf(each) }));
    const day = (name: string) => days.find((each) => each.name === name)?.left ?? null;
    return window ? { allowed, window: window.left, userDay: day('user day'), appDay: day('app day') } : null;
  }

  private windowsOf(endpoint: EndpointName, limit: Limit, { userId, appId }: Caller, now: Date) {
    const who = userId ?? `app ${appId}`;
    const first = userId ? limit.user : (limit.app ?? limit.user);
    const windows = [{ name: 'window', who, most: first, lasts: QUARTER_HOUR }];
    if (limit.userDay) windows.push({ name: 'user day', who, most: limit.userDay, lasts: DAY });
    if (limit.appDay) windows.push({ name: 'app day', who: appId, most: limit.appDay, lasts: DAY });
    return windows.map((window) => ({
      ...window,
      tally: this.tallyOf(`${endpoint} ${window.name} ${window.who}`, window.lasts, now),
    }));
  }

  private tallyOf(key: string, lasts: number, now: Date): Tally {
    const found = this.tallies.get(key);
    if (found && now.getTime() < found.startedAt + lasts) return found;
    const begun = { startedAt: now.getTime(), used: 0 };
    this.tallies.set(key, begun);
    return begun;
  }
}

function allowanceOf({ tally, most, lasts }: { tally: Tally; most: number; lasts: number }): Allowance {
  return {
    limit: most,
    remaining: Math.max(0, most - tally.used),
    reset: Math.ceil((tally.startedAt + lasts) / 1000),
  };
}

/** The headers in which X says what is left. */
export function limitHeaders({ window, userDay, appDay }: Omit<Counted, 'allowed'>): Record<string, string> {
  return {
    ...headersOf('x-rate-limit', window),
    ...(userDay ? headersOf('x-user-limit-24hour', userDay) : {}),
    ...(appDay ? headersOf('x-app-limit-24hour', appDay) : {}),
  };
}

function headersOf(name: string, { limit, remaining, reset }: Allowance): Record<string, string> {
  return { [`${name}-limit`]: `${limit}`, [`${name}-remaining`]: `${remaining}`, [`${name}-reset`]: `${reset}` };
}
