import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Db } from '../platform/database.service.js';
import { Invalid, NotAllowed } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import type { Account, HandOverBy } from './account.entity.js';
import { lockAccess } from './grants.service.js';
import { Reveals } from './reveals.service.js';
import { sealedPolicy } from './sealed-policy.js';

/** A keeper's word that they know what a sealed password of an X account means. */
export interface Acceptance {
  wording: string;
  acceptedBy: string;
  acceptedAt: Date;
}

/** How an account is handed over, and the policy that a sealed password of an X account needs accepted first. */
@Injectable()
export class HandOver {
  constructor(
    private readonly db: Db,
    private readonly reveals: Reveals,
    private readonly audit: Audit,
  ) {}

  /** The acceptance of the policy as it is worded now, or null. */
  async acceptance(accountId: string, reader: Pick<Tx, 'query'> = this.db): Promise<Acceptance | null> {
    const [row] = await reader.query<Acceptance>(
      `SELECT wording, accepted_by AS "acceptedBy", accepted_at AS "acceptedAt" FROM policy_acceptances
       WHERE account_id = $1 AND wording = $2`,
      [accountId, sealedPolicy.wording],
    );
    return row ?? null;
  }

  async accept(account: Account, by: string): Promise<void> {
    await this.db.write([lockAccess(account.id)], async (tx) => {
      const accepted = await tx.query(
        `INSERT INTO policy_acceptances (account_id, wording, accepted_by, accepted_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING RETURNING wording`,
        [account.id, sealedPolicy.wording, by, tx.now],
      );
      if (accepted.length === 0) return;
      await this.record(tx, account.id, by, 'policy.accepted', { wording: sealedPolicy.wording });
    });
  }

  /** Whether the policy has to be accepted before a password of this account may be kept. */
  async needsPolicy(account: Account, reader: Pick<Tx, 'query'> = this.db): Promise<boolean> {
    return account.network === 'x' && !(await this.acceptance(account.id, reader));
  }

  /** Throws NotAllowed where a sealed password of this account may not be kept yet. */
  async demandAcceptance(tx: Tx, account: Account): Promise<void> {
    if (!(await this.needsPolicy(account, tx))) return;
    throw new NotAllowed('A password of an X account is kept only after a keeper has accepted the policy for it.');
  }

  /** Hands the account over this way from now on. What was given already is taken back in the way it was given. */
  async choose(account: Account, way: HandOverBy, by: string): Promise<void> {
    if (way === 'desk' && account.connection === 'none') {
      throw new Invalid('The account is not connected, so it has no desk.', {
        handOverBy: 'The account is not connected, so it has no desk',
      });
    }
    await this.db.write([lockAccess(account.id)], async (tx) => {
      if (way === 'sealed') await this.demandAcceptance(tx, account);
      const changed = await tx.query(
        'UPDATE accounts SET hand_over_by = $2 WHERE id = $1 AND hand_over_by <> $2 RETURNING id',
        [account.id, way],
      );
      if (changed.length === 0) return;
      if (way === 'sealed') await this.reveals.lay(tx, account.id);
      else await this.reveals.burn(tx, account.id);
      await this.record(tx, account.id, by, 'account.hand-over-chosen', { way });
      tx.ring('handover.plan', account.id);
    });
  }

  private async record(tx: Tx, accountId: string, by: string, verb: `${string}.${string}`, detail: object) {
    await this.audit.record(tx, {
      accountId,
      actor: { kind: 'person', id: by },
      verb,
      subject: { kind: 'account', id: accountId },
      detail: { ...detail },
    });
  }
}
