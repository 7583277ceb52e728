import { createHash } from 'node:crypto';
import type { Code, Family, Token } from './rows.js';
import type { Change, State } from './state.js';

/** Access tokens and codes live this long; unscaled milliseconds. */
export const ACCESS_LIFE = 2 * 60 * 60_000;
export const CODE_LIFE = 30_000;

export const SCOPES = [
  'tweet.read',
  'tweet.write',
  'users.read',
  'media.write',
  'dm.read',
  'dm.write',
  'offline.access',
] as const;

/** What a browser brings to the authorize page. */
export interface Consent {
  clientId: string;
  redirectUri: string;
  scopes: string[];
  state: string;
  challenge: string;
}

/** Reads an authorize link's query; a sentence when it is not usable. */
export function consentFrom(query: Record<string, string | undefined>, state: State): Consent | string {
  const app = state.get('apps', query.client_id ?? '');
  if (!app) return 'This app is not known here.';
  const redirectUri = query.redirect_uri ?? '';
  if (!URL.canParse(redirectUri) || (app.redirectUris.length > 0 && !app.redirectUris.includes(redirectUri))) {
    return 'The app has not registered this callback.';
  }
  if (query.response_type !== 'code') return 'The response type must be code.';
  if (!query.state) return 'The link needs a state.';
  if (query.code_challenge_method?.toUpperCase() !== 'S256' || !query.code_challenge) {
    return 'The link needs an S256 code challenge.';
  }
  const scopes = (query.scope ?? '').split(' ').filter((scope) => scope !== '');
  const strange = scopes.find((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (scopes.length === 0 || strange) return `The scope ${strange ?? ''} is not known.`;
  return { clientId: app.id, redirectUri, scopes, state: query.state, challenge: query.code_challenge };
}

/** Why a code cannot be exchanged, or null. */
export function troubleWithCode(
  code: Code | undefined,
  given: { clientId: string; redirectUri: unknown; verifier: unknown },
  real: Date,
): string | null {
  if (!code || code.appId !== given.clientId || code.spentOn || code.expiresAt <= real.toISOString()) {
    return 'Value passed for the authorization code was invalid.';
  }
  if (code.redirectUri !== given.redirectUri)
    return 'Value passed for the redirect uri did not match the uri of the authorization code.';
  const challenge = createHash('sha256')
    .update(String(given.verifier ?? ''))
    .digest('base64url');
  return challenge === code.challenge ? null : 'Value passed for code verifier did not match code challenge.';
}

export type Refreshing = { kind: 'good'; family: Family } | { kind: 'invalid'; act: Change[] };

/** Refresh tokens are single-use: a spent one that comes again kills its family. */
export function refreshing(state: State, token: Token | undefined, clientId: string): Refreshing {
  const family = token?.kind === 'refresh' ? state.get('families', token.familyId) : undefined;
  if (!token || !family || family.dead || family.appId !== clientId) return { kind: 'invalid', act: [] };
  return token.spent ? { kind: 'invalid', act: kill(family) } : { kind: 'good', family };
}

export function kill(family: Family): Change[] {
  return [{ put: 'families', row: { ...family, dead: true } }];
}

/** New rows for a family's next tokens, given as hashes. */
export function tokenRows(family: Family, access: string, refresh: string | null, real: Date): Change[] {
  const expiresAt = new Date(real.getTime() + ACCESS_LIFE).toISOString();
  const base = { familyId: family.id, spent: false };
  return [
    { put: 'tokens', row: { ...base, id: access, kind: 'access', expiresAt } },
    ...(refresh
      ? [{ put: 'tokens' as const, row: { ...base, id: refresh, kind: 'refresh' as const, expiresAt: null } }]
      : []),
  ];
}
