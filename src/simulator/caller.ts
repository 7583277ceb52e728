import type { Endpoint } from './call.js';
import { oauth1Signature, readOAuth1 } from './oauth1.js';
import { forbidden, type Problem, unauthorized } from './problems.js';
import type { Token, User } from './rows.js';
import type { State } from './state.js';

/** Who a call comes from. */
export interface Known {
  user: User | null;
  appId: string;
}

/** A request as far as it says who sent it. `url` is the address that was signed, without its query. */
export interface Credentials {
  authorization: string;
  method: string;
  url: string;
  form: Record<string, string>;
}

/** Finds out who calls; a problem when nobody may by these credentials. `hash` is what tokens are kept as. */
export function callerOf(
  state: State,
  endpoint: Pick<Endpoint, 'scopes' | 'forApps'>,
  given: Credentials,
  real: Date,
  hash: (secret: string) => string,
): Known | Problem {
  const header = readOAuth1(given.authorization);
  if (header) return signedCaller(state, header, given);
  const [, bearer = ''] = /^Bearer (.+)$/i.exec(given.authorization) ?? [];
  const token = state.get('tokens', hash(bearer));
  if (token?.kind === 'app') return endpoint.forApps ? { user: null, appId: token.familyId } : forbidden();
  const family = token?.kind === 'access' ? state.get('families', token.familyId) : undefined;
  const user = family && !family.dead && !isOver(token, real) ? state.get('users', family.userId) : undefined;
  if (!family || !user) return unauthorized;
  if (endpoint.scopes.some((scope) => !family.scopes.includes(scope))) return forbidden();
  return { user, appId: family.appId };
}

function signedCaller(state: State, header: Record<string, string>, given: Credentials): Known | Problem {
  const token = state.get('tokens', `oauth1 ${header.oauth_token}`);
  const family = token && state.get('families', token.familyId);
  const user = family && !family.dead ? state.get('users', family.userId) : undefined;
  if (!family || !user || !token.secrets) return unauthorized;
  if (oauth1Signature(given, header, token.secrets) !== header.oauth_signature) return unauthorized;
  return { user, appId: family.appId };
}

function isOver(token: Token | undefined, real: Date): boolean {
  return !token || token.spent || (token.expiresAt !== null && token.expiresAt <= real.toISOString());
}
