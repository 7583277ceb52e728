/** How an account's connection to its network stands. */
export type ConnectionState = 'none' | 'connected' | 'stale' | 'refreshing' | 'unanswered' | 'disconnected';

/**
 * Why a connection is no more. `withdrawn`: the network no longer knows the refresh token. `interrupted`: it does not
 * know it since a renewal whose answer never arrived. `refused`: it refused fresh access twice. `keeper`: we ended it.
 */
export type LostWhy = 'withdrawn' | 'interrupted' | 'refused' | 'keeper';

/** What a row of tokens says about the connection. Instants are real time. */
export interface Standing {
  state: 'connected' | 'disconnected';
  why: LostWhy | null;
  /** When the access token ends; null for keys that never do. */
  expiresAt: Date | null;
  /** Until when a process holds the right to refresh. */
  refreshingUntil: Date | null;
  /** Since when a refresh is out of which nobody knows how it ended: the refresh token may be spent. */
  unansweredSince: Date | null;
  /** Since when the network refuses the access token of a call. */
  refusedSince: Date | null;
  refreshedAt: Date;
}

export type ConnectionEvent =
  | { kind: 'connected' | 'refreshed'; expiresAt: Date | null }
  | {
      kind: 'refresh-begun' | 'refresh-not-made' | 'refresh-unanswered' | 'refresh-refused' | 'call-refused' | 'ended';
    };

/** A refresh is begun with this to spare. */
const SPARE_MS = 5 * 60_000;
/** While a refresh is unanswered the old access token is used until this long before its end. */
const LAST_MS = 60_000;
/** How long one process may hold the right to refresh. */
const REFRESH_LEASE_MS = 30_000;

interface Move {
  from: ConnectionState;
  to: ConnectionState;
  by: string;
}
const move = (from: ConnectionState, to: ConnectionState, by: string): Move => ({ from, to, by });

/** Everything that can become of a connection. */
export const CONNECTION_MOVES: readonly Move[] = [
  move('none', 'connected', 'a keeper connects it'),
  move('connected', 'stale', 'its access ends in five minutes, or a call was refused'),
  move('connected', 'disconnected', 'a keeper ends it, or the network refuses access that is fresh'),
  move('connected', 'connected', 'a keeper connects it again'),
  move('stale', 'refreshing', 'a call needs access, and no other process is at it'),
  move('stale', 'connected', 'a keeper connects it again'),
  move('stale', 'disconnected', 'a keeper ends it'),
  move('refreshing', 'connected', 'the network gives new tokens'),
  move('refreshing', 'stale', 'the network was not reached: nothing happened'),
  move('refreshing', 'unanswered', 'the network did not answer, or the process is gone'),
  move('refreshing', 'disconnected', 'the network no longer knows the refresh token, or a keeper ends it'),
  move('unanswered', 'refreshing', 'the last access is about to end: the refresh token is tried once more'),
  move('unanswered', 'connected', 'a late answer arrives, or a keeper connects it again'),
  move('unanswered', 'disconnected', 'a keeper ends it, or a late answer is no'),
  move('disconnected', 'connected', 'a keeper connects it again'),
];

/** The state at an instant. */
export function connectionState(standing: Standing | null, real: Date): ConnectionState {
  if (!standing) return 'none';
  if (standing.state === 'disconnected') return 'disconnected';
  if (standing.refreshingUntil && standing.refreshingUntil > real) return 'refreshing';
  if (standing.unansweredSince) return 'unanswered';
  return left(standing, real) > SPARE_MS ? 'connected' : 'stale';
}

/** What a call that needs access has to do first. */
export function nextForCall(standing: Standing | null, real: Date): 'use' | 'refresh' | 'wait' | 'give-up' {
  const state = connectionState(standing, real);
  if (!standing || state === 'none' || state === 'disconnected') return 'give-up';
  if (state === 'connected') return 'use';
  if (state === 'refreshing') return 'wait';
  // A spent refresh token that comes again kills what is left: first all that is left is used.
  return state === 'unanswered' && usable(standing, real) ? 'use' : 'refresh';
}

/** Whether the access token is good for at least another minute. */
export function usable(standing: Standing, real: Date): boolean {
  return left(standing, real) > LAST_MS;
}

/** The standing after something has happened. */
export function afterEvent(standing: Standing, event: ConnectionEvent, real: Date): Standing {
  const quiet = { ...standing, refreshingUntil: null };
  switch (event.kind) {
    case 'connected':
      return { ...settled(event.expiresAt, real), refusedSince: null };
    case 'refreshed':
      return { ...settled(event.expiresAt, real), refusedSince: standing.refusedSince };
    case 'refresh-begun': {
      const refreshingUntil = new Date(real.getTime() + REFRESH_LEASE_MS);
      return { ...standing, refreshingUntil, unansweredSince: standing.unansweredSince ?? real };
    }
    case 'refresh-not-made':
      return doubtful(standing) ? quiet : { ...quiet, unansweredSince: null };
    case 'refresh-unanswered':
      return quiet;
    case 'refresh-refused':
      return lost(quiet, doubtful(standing) ? 'interrupted' : 'withdrawn');
    case 'call-refused':
      return refused(standing, real);
    case 'ended':
      return lost(quiet, 'keeper');
  }
}

/** Refused once, the access is renewed; what was renewed since, or cannot be, is lost. */
function refused(standing: Standing, real: Date): Standing {
  const { refusedSince, refreshedAt, expiresAt } = standing;
  if (refusedSince && (expiresAt ? refreshedAt >= refusedSince : beyond(refusedSince, real))) {
    return lost({ ...standing, refreshingUntil: null }, 'refused');
  }
  return { ...standing, expiresAt: expiresAt && real, refusedSince: refusedSince ?? real };
}

/** Keys that never end are believed for another minute: a refusal may have been a moment's. */
function beyond(since: Date, real: Date): boolean {
  return real.getTime() - since.getTime() >= LAST_MS;
}

/** Whether an earlier refresh than the one that runs was never answered. */
function doubtful({ unansweredSince, refreshingUntil }: Standing): boolean {
  if (!unansweredSince || !refreshingUntil) return unansweredSince !== null;
  return unansweredSince.getTime() < refreshingUntil.getTime() - REFRESH_LEASE_MS;
}

function settled(expiresAt: Date | null, real: Date) {
  const none = { why: null, refreshingUntil: null, unansweredSince: null };
  return { ...none, state: 'connected' as const, expiresAt, refreshedAt: real };
}

function lost(standing: Standing, why: LostWhy): Standing {
  return { ...standing, state: 'disconnected', why, unansweredSince: null, refusedSince: null };
}

function left({ expiresAt }: Standing, real: Date): number {
  return expiresAt ? expiresAt.getTime() - real.getTime() : Number.POSITIVE_INFINITY;
}
