/** One person seeing one version of a secret once: laid sealed when their grant opens. */
export interface Reveal {
  id: string;
  secretId: string;
  stintId: string;
  personId: string;
  /** `burned`: it was not opened before its grant was closed or the secret replaced. */
  state: 'sealed' | 'revealed' | 'burned';
  revealedAt: Date | null;
  /** When what was seen was changed at the network. */
  rotatedAt: Date | null;
  /** When a keeper let the next turn begin although it was not. */
  overriddenAt: Date | null;
}

/** Of reveals `r`: what was seen still opens the account, and no keeper has let that pass. */
export const UNROTATED = `r.state = 'revealed' AND r.rotated_at IS NULL AND r.overridden_at IS NULL`;

/** What became of the secrets that were shown in a turn, once nothing waits for it any more. */
export function rotationWords(reveals: Pick<Reveal, 'state' | 'rotatedAt' | 'overriddenAt'>[]): string {
  const seen = reveals.filter(({ state }) => state === 'revealed');
  if (seen.length === 0) return 'No secret was shown in this turn, so nothing needs changing.';
  if (seen.every(({ rotatedAt }) => rotatedAt)) return 'The password that was shown has been changed.';
  return 'The password that was shown was not changed: a keeper let it pass. The former curator may still know it.';
}
