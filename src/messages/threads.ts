import type { Message } from './message.entity.js';

/** What decides how a thread stands. */
export type Part = Pick<Message, 'id' | 'part' | 'state' | 'nextAttemptAt' | 'providerRef'>;

/**
 * How a thread stands.
 *
 * - `moving`: the first part that is not settled moves by itself.
 * - `next`: it is this part's turn, in reply to `replyTo` (null where nothing of the thread is out).
 * - `broken`: nothing goes on before a person has decided about this part.
 * - `over`: every part is out or withdrawn.
 */
export type Standing<P extends Part = Part> =
  | { kind: 'moving' | 'over' }
  | { kind: 'next'; part: P; replyTo: string | null }
  | Broken<P>;

/** `out` is before it, `rest` behind it. */
export interface Broken<P extends Part = Part> {
  kind: 'broken';
  at: P;
  out: P[];
  rest: P[];
}

/** How a thread stands, from all its parts in order. A withdrawn part is passed over: somebody has left it out. */
export function standingOf<P extends Part>(parts: P[]): Standing<P> {
  const first = currentOf(parts);
  if (!first) return { kind: 'over' };
  const index = parts.indexOf(first);
  const out = parts.slice(0, index).filter(({ state }) => state === 'sent');
  if (moves(first)) return { kind: 'moving' };
  if (first.state === 'waiting') return { kind: 'next', part: first, replyTo: out.at(-1)?.providerRef ?? null };
  const rest = parts.slice(index + 1).filter(({ state }) => state !== 'withdrawn');
  return { kind: 'broken', at: first, out, rest };
}

/** The first part that is neither out nor left out; undefined when there is none. */
export function currentOf<P extends Part>(parts: P[]): P | undefined {
  return parts.find(({ state }) => state !== 'sent' && state !== 'withdrawn');
}

function moves({ state, nextAttemptAt }: Part): boolean {
  return state === 'sending' || ((state === 'waiting' || state === 'unknown') && nextAttemptAt !== null);
}
