import type { EndpointName } from './endpoint.js';
import type { Item } from './meter.js';
import type { Problem } from './problems.js';
import type { User } from './rows.js';
import type { Change, State } from './state.js';

/** A call that has been let in, with everything that decides its answer. */
export interface Call {
  state: State;
  /** Whose token it came with; null for an app's own. */
  user: User | null;
  appId: string;
  params: Record<string, string>;
  query: Record<string, string | undefined>;
  body: Record<string, unknown>;
  /** Service time. */
  now: Date;
  /** Unscaled time. */
  real: Date;
  newId(): string;
  mediaUrl(key: string): string;
}

/** What a call comes to: its answer, what it changes, and what X would charge for. */
export interface Answer {
  status: number;
  body?: unknown;
  act?: Change[];
  items?: Item[];
}

/** One call that the simulator answers. */
export interface Endpoint {
  name: EndpointName;
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  /** Scopes that the token must have. */
  scopes: string[];
  /** Whether an app's own token is enough. */
  forApps?: boolean;
  answer(call: Call): Answer | Promise<Answer>;
}

export function ok(body: unknown, more: Omit<Answer, 'status' | 'body'> = {}): Answer {
  return { status: 200, body, ...more };
}

export function refuse({ status, body }: Problem): Answer {
  return { status, body };
}

/** The user of a call that an app's own token cannot make. */
export function userOf({ user }: Call): User {
  if (!user) throw new Error('This endpoint was let in without a user');
  return user;
}
