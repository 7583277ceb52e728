/** Who did something: a signed-in person, the service itself, or somebody whose address is not verified. */
export type Actor = { kind: 'person'; id: string } | { kind: 'system' } | { kind: 'stranger' };

/** One fact for the audit log. `detail` holds ids and plain values, never names, addresses or text that people wrote. */
export interface Fact {
  /** Null for what belongs to no account (sign-in, sessions). */
  accountId: string | null;
  actor: Actor;
  /** Past tense, e.g. `application.accepted`. */
  verb: `${string}.${string}`;
  subject: { kind: string; id: string };
  detail?: Record<string, unknown>;
  /** What may be erased later: reasons and notes that people wrote. */
  particulars?: { personId?: string; [key: string]: unknown };
}

/** The chain of facts that belong to no account. */
export const NO_ACCOUNT = '00000000-0000-0000-0000-000000000000';

/** The text whose SHA-256 (after the previous hash) chains an entry. Key order is fixed so that it can be recomputed. */
export function canonical(seq: bigint, at: Date, fact: Omit<Fact, 'particulars'>): string {
  const { accountId, actor, verb, subject, detail = {} } = fact;
  const actorId = actor.kind === 'person' ? actor.id : null;
  return JSON.stringify([
    String(seq),
    at.toISOString(),
    accountId,
    actor.kind,
    actorId,
    verb,
    subject.kind,
    subject.id,
    sorted(detail),
  ]);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value instanceof Date) return value.toISOString();
  if (!value || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
