/** What was done to somebody on the network. */
export const KINDS = { blocked: 'Blocked', muted: 'Muted' } as const;
export type Kind = keyof typeof KINDS;

/** Why, from a short list; the rest is in the note. */
export const REASONS = {
  abuse: 'Abuse or harassment',
  spam: 'Spam',
  impersonation: 'Pretends to be somebody else',
  privacy: 'Shares what could identify a patient',
  other: 'Something else',
} as const;
export type Reason = keyof typeof REASONS;

/** How many handles one form takes. */
export const MOST = 500;

/** What the state of an entry is made from. `expiresAt` is the end of the turn that it is of; null for the team's. */
export interface Standing {
  expiresAt: Date | null;
  endedAt: Date | null;
}

/**
 * `current`: in force; `expired`: its turn is over, so somebody undoes it on the network or keeps it with a reason;
 * `ended`: undone.
 */
export type State = 'current' | 'expired' | 'ended';

export function stateOf({ expiresAt, endedAt }: Standing, now: Date): State {
  if (endedAt) return 'ended';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'current';
}

/**
 * Whether it may be undone or kept by somebody: the team may always, whoever is on duty only what is of a turn. What has
 * ended stays so.
 */
export function mayChange(standing: Standing, by: 'team' | 'curator'): boolean {
  return standing.endedAt === null && (by === 'team' || standing.expiresAt !== null);
}

/** Handles as somebody pasted them: one for each account, in order, and what is none. */
export interface Handles {
  handles: string[];
  wrong: string[];
}

/** X's handles: letters, digits and underscores, up to 15 (help.x.com, "X username rules"). */
const HANDLE = /^\w{1,15}$/;
const AROUND = /^(?:https?:\/\/)?(?:www\.|mobile\.)?(?:x|twitter)\.com\/|^@|[/?].*$/gi;

/** Reads handles from lines, or with commas or spaces between; with or without @, or as addresses of profiles. */
export function handlesIn(text: string): Handles {
  const found = new Map<string, string>();
  const wrong: string[] = [];
  for (const given of text.split(/[\s,;]+/).filter(Boolean)) {
    const handle = given.replace(AROUND, '').replace(AROUND, '');
    if (!HANDLE.test(handle)) wrong.push(given);
    else if (!found.has(keyOf(handle))) found.set(keyOf(handle), handle);
  }
  return { handles: [...found.values()], wrong };
}

/** By which two ways of writing a handle are one. */
export function keyOf(handle: string): string {
  return handle.toLowerCase();
}
