import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Db } from '../platform/database.service.js';
import { NotAllowed, NotFound } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import type { Actor, Answer } from './access.js';
import type { Account } from './account.entity.js';
import { Grants, lockAccessShared } from './grants.service.js';
import type { Reveal } from './reveals.js';
import { type SecretKind, secretTarget } from './secrets.js';
import { type Code, codeAt } from './totp.js';
import { Vault } from './vault.service.js';

/** Who asks to see a secret: a signed-in person, by their stint. */
export interface Grantee {
  personId: string;
  actor: Extract<Actor, { kind: 'stint' }>;
}

/** The password, once; or when it was seen, or that it was never to be. */
export type Opened = { password: string } | { password: null; reveal: Reveal | null };

/** A sealed value that could not be opened. Nothing was used up. */
export class CannotOpen extends Error {}

/** Showing secrets: a password once to each grantee, codes as often as they are asked for. Only within the grant. */
@Injectable()
export class Reveals {
  constructor(
    private readonly db: Db,
    private readonly grants: Grants,
    private readonly vault: Vault,
    private readonly audit: Audit,
  ) {}

  /**
   * Lays a sealed reveal of the current password for every open grant that has none. A turn that was ended early and
   * given back finds what it had not opened; and what it had seen must be changed at its end, whatever was let pass
   * meanwhile. The transaction must hold `lockAccess`.
   */
  async lay(tx: Tx, accountId: string): Promise<void> {
    tx.send(
      `INSERT INTO reveals AS r (account_id, secret_id, stint_id, person_id)
       SELECT g.account_id, s.id, g.stint_id, g.person_id
       FROM grants g JOIN accounts a ON a.id = g.account_id JOIN secrets s ON s.account_id = g.account_id
       WHERE g.account_id = $1 AND g.closed_at IS NULL AND g.ends_at > $2 AND a.hand_over_by = 'sealed'
         AND s.kind = 'password' AND s.state = 'current'
       ON CONFLICT (stint_id, secret_id) DO UPDATE
         SET state = CASE r.state WHEN 'burned' THEN 'sealed' ELSE r.state END, burned_at = NULL,
             overridden_at = NULL, overridden_by = NULL
         WHERE r.state = 'burned' OR r.overridden_at IS NOT NULL`,
      [accountId, tx.now],
    );
  }

  /** For a turn that is given back: lays what was burned, and wants a change again where a keeper had let it pass. */
  async again(tx: Tx, accountId: string, stintId: string): Promise<void> {
    await tx.query(
      'UPDATE reveals SET overridden_at = NULL, overridden_by = NULL WHERE stint_id = $1 AND rotated_at IS NULL',
      [stintId],
    );
    await this.lay(tx, accountId);
  }

  /** Burns what nobody has opened, of the whole account or of one version. */
  async burn(tx: Tx, accountId: string, secretId: string | null = null): Promise<void> {
    tx.send(
      `UPDATE reveals SET state = 'burned', burned_at = $2
       WHERE account_id = $1 AND state = 'sealed' AND ($3::uuid IS NULL OR secret_id = $3)`,
      [accountId, tx.now, secretId],
    );
  }

  /** What was laid for these stints, the oldest version first. */
  async ofStints(reader: Pick<Tx, 'query'>, stintIds: string[]): Promise<Reveal[]> {
    return reader.query<Reveal>(`${REVEAL} WHERE r.stint_id = ANY ($1) ORDER BY s.version`, [stintIds]);
  }

  /**
   * Opens the password for its grantee, once: one claim that only one can win, its audit row and the decryption in one
   * transaction, so that what cannot be decrypted is not used up. The shared lock lets no grant end and no password
   * change in between. Throws NotAllowed outside the grant, CannotOpen when the vault refuses.
   */
  async open(account: Account, { personId, actor }: Grantee): Promise<Opened> {
    return this.db.write([lockAccessShared(account.id)], async (tx) => {
      await this.demand(tx, actor, account);
      const secret = await this.secret(tx, account.id, 'password');
      const [claimed] = await tx.query<{ id: string }>(
        `UPDATE reveals SET state = 'revealed', revealed_at = $4
         WHERE stint_id = $1 AND secret_id = $2 AND person_id = $3 AND state = 'sealed' RETURNING id`,
        [actor.stintId, secret.id, personId, tx.now],
      );
      if (!claimed) return { password: null, reveal: await this.standing(tx, actor.stintId, secret.id) };
      await this.record(tx, account.id, personId, 'credential.revealed', secret.id, actor.stintId);
      return { password: this.read(secret, 'password') };
    });
  }

  /**
   * The code of this moment. The seed stays here, so it is not among what a curator has seen and needs no change after
   * the turn: a code is worth nothing half a minute later.
   */
  async code(account: Account, { personId, actor }: Grantee): Promise<Code> {
    return this.db.write([lockAccessShared(account.id)], async (tx) => {
      await this.demand(tx, actor, account);
      const secret = await this.secret(tx, account.id, 'totp');
      await this.record(tx, account.id, personId, 'credential.code-shown', secret.id, actor.stintId);
      return codeAt(this.read(secret, 'totp'), tx.real);
    });
  }

  private async demand(tx: Tx, actor: Actor, account: Account): Promise<void> {
    const answer = await this.grants.decide(tx, actor, account);
    if (!answer.allowed) throw new NotAllowed(refusal(answer));
  }

  private async secret(tx: Tx, accountId: string, kind: SecretKind): Promise<Sealed> {
    const [secret] = await tx.query<Sealed>(
      `SELECT s.id, s.sealed FROM secrets s JOIN accounts a ON a.id = s.account_id
       WHERE s.account_id = $1 AND s.kind = $2 AND s.state = 'current' AND a.hand_over_by = 'sealed'`,
      [accountId, kind],
    );
    if (!secret) throw new NotFound('There is nothing to see: the team has not put it in yet. Ask them.');
    return secret;
  }

  private async standing(tx: Tx, stintId: string, secretId: string): Promise<Reveal | null> {
    const [reveal] = await tx.query<Reveal>(`${REVEAL} WHERE r.stint_id = $1 AND r.secret_id = $2`, [
      stintId,
      secretId,
    ]);
    return reveal ?? null;
  }

  private read({ id, sealed }: Sealed, kind: SecretKind): string {
    try {
      return this.vault.use(secretTarget(id, kind), sealed, (text) => text);
    } catch (error) {
      throw new CannotOpen(`The ${kind} ${id} could not be opened: ${(error as Error).message}`);
    }
  }

  private async record(
    tx: Tx,
    accountId: string,
    personId: string,
    verb: `credential.${string}`,
    secretId: string,
    stintId: string,
  ): Promise<void> {
    const actor = { kind: 'person', id: personId } as const;
    await this.audit.record(tx, {
      accountId,
      actor,
      verb,
      subject: { kind: 'secret', id: secretId },
      detail: { stintId },
    });
  }
}

interface Sealed {
  id: string;
  sealed: Buffer;
}

const REVEAL = `
  SELECT r.id, r.secret_id AS "secretId", r.stint_id AS "stintId", r.person_id AS "personId", r.state,
         r.revealed_at AS "revealedAt", r.rotated_at AS "rotatedAt", r.overridden_at AS "overriddenAt"
  FROM reveals r JOIN secrets s ON s.id = r.secret_id`;

/** Why nothing is shown, in a sentence for the person who asked. */
function refusal({ why }: Answer): string {
  switch (why) {
    case 'not-yet':
      return 'Your turn has not started yet. Nothing was shown.';
    case 'ended':
      return 'Your turn has ended. Nothing was shown. Thank you for curating.';
    case 'outside-hours':
      return 'The account is outside its posting hours. Nothing was shown.';
    case 'held':
      return 'The team has paused the account. Nothing was shown.';
    default:
      return 'You do not have the account at this moment. Nothing was shown.';
  }
}
