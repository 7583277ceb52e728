import type { NetworkProfile } from '../networks/network.js';
import type { Account } from './account.entity.js';

/** What Baton asks X for: no more than desk and feed need, and `offline.access` for the refresh token. */
export const SCOPES = ['tweet.read', 'tweet.write', 'users.read', 'media.write', 'offline.access'];

/** Whether a profile is the account's own: by its id once that is known, by its handle before. */
export function isOwn(account: Pick<Account, 'handle' | 'networkUserId'>, profile: NetworkProfile): boolean {
  if (account.networkUserId) return profile.id === account.networkUserId;
  return profile.handle.toLowerCase() === account.handle.toLowerCase();
}

/** What was asked for and not given. */
export function missingScopes(given: string[]): string[] {
  return SCOPES.filter((scope) => !given.includes(scope));
}
