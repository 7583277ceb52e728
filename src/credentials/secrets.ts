import type { SealedFor } from './vault.service.js';

export type SecretKind = 'password' | 'totp';

/** A version of a secret without the secret. `proposed`: made by us, not yet in use at the network. */
export interface SecretVersion {
  id: string;
  kind: SecretKind;
  version: number;
  state: 'proposed' | 'current' | 'destroyed';
  madeAt: Date;
  madeBy: string;
  generated: boolean;
}

/** What the sealed value of a version belongs to. */
export function secretTarget(id: string, kind: SecretKind): SealedFor {
  return { purpose: `account-${kind}`, id };
}
