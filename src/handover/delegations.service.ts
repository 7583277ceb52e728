import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { lockAccess } from '../credentials/grants.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import type { TurnRow } from './turns.service.js';

/** Access that a person gives a curator outside Baton, and that is over only when a person says that it is gone. */
export interface Delegation {
  id: string;
  stintId: string;
  /** How the public sees the curator. */
  shownName: string;
  /** The handle that was invited or, before that, the curator's own; without the @. */
  handle: string | null;
  invitedAt: Date | null;
  /** The stint is over or was never to be, so the access must be taken away. */
  over: boolean;
  endsAt: Date;
  /** When a keeper let the next turn begin although nobody has confirmed that it is gone. */
  overriddenAt: Date | null;
}

/** Of delegations `d`: nobody has confirmed that the access is gone, and no keeper has let that pass. */
export const UNPROVEN = 'd.removed_at IS NULL AND d.overridden_at IS NULL';

/** Whether a person of the team gives and takes the access to this account. */
export function givenOutside({ handOverBy }: Pick<Account, 'handOverBy'>): boolean {
  return handOverBy === 'delegate' || handOverBy === 'checklist';
}

const OPEN = `
  SELECT d.id, d.stint_id AS "stintId", p.shown_name AS "shownName", coalesce(d.handle, p.handle) AS handle,
         d.invited_at AS "invitedAt", s.ends_at AS "endsAt", s.state NOT IN ('confirmed', 'active') OR s.ends_at <= $2 AS over,
         d.overridden_at AS "overriddenAt"
  FROM delegations d JOIN stints s ON s.id = d.stint_id JOIN persons p ON p.id = d.person_id
  WHERE d.account_id = $1 AND d.removed_at IS NULL`;

/** The access that was given outside Baton (X's Delegate feature, or by hand) and the proofs of its end. */
@Injectable()
export class Delegations {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
  ) {}

  /** Asks for access for a stint: the task to invite, and later the duty to prove that it is gone. */
  async begin(tx: Tx, accountId: string, turn: TurnRow): Promise<void> {
    await tx.query(
      `INSERT INTO delegations (account_id, stint_id, person_id) VALUES ($1, $2, $3) ON CONFLICT (stint_id) DO NOTHING`,
      [accountId, turn.id, turn.personId],
    );
  }

  /**
   * For a turn that is given back: asks anew for access that was proved gone, and for proof where a keeper had let it
   * pass. What was done before stays in the audit log.
   */
  async again(tx: Tx, stintId: string): Promise<void> {
    await tx.query(
      `UPDATE delegations SET overridden_at = NULL, overridden_by = NULL, removed_at = NULL, removed_by = NULL,
              invited_at = CASE WHEN removed_at IS NULL THEN invited_at END,
              invited_by = CASE WHEN removed_at IS NULL THEN invited_by END
       WHERE stint_id = $1 AND (removed_at IS NOT NULL OR overridden_at IS NOT NULL)`,
      [stintId],
    );
  }

  /** Those that nobody has proved gone, by the end of their stints. */
  async open(accountId: string, now: Date, reader: Pick<Tx, 'query'> = this.db): Promise<Delegation[]> {
    return reader.query<Delegation>(`${OPEN} ORDER BY s.ends_at`, [accountId, now]);
  }

  /** A person says that they have given the curator access; by X's Delegate feature, under this handle. */
  async invited(accountId: string, id: string, handle: string | null, by: string): Promise<void> {
    await this.change(accountId, id, by, 'delegate.invited', async (tx, { over }) => {
      if (over) throw new Conflict('This turn is over. Do not invite anybody for it; check that nobody was.');
      await tx.query('UPDATE delegations SET handle = $2, invited_at = $3, invited_by = $4 WHERE id = $1', [
        id,
        handle,
        tx.now,
        by,
      ]);
    });
  }

  /** A person says that they have removed the curator and seen that they are gone: the proof that the next grant waits for. */
  async removed(accountId: string, id: string, by: string): Promise<void> {
    await this.change(accountId, id, by, 'delegate.removed', async (tx, { over }) => {
      if (!over) throw new Conflict('This turn is still running, so its access cannot be confirmed as removed yet.');
      await tx.query('UPDATE delegations SET removed_at = $2, removed_by = $3 WHERE id = $1', [id, tx.now, by]);
    });
  }

  /** Whether the end of some access of these stints is not confirmed. */
  async unprovenOf(tx: Tx, stintIds: string[]): Promise<boolean> {
    const open = await tx.query('SELECT 1 FROM delegations WHERE stint_id = ANY ($1) AND removed_at IS NULL LIMIT 1', [
      stintIds,
    ]);
    return open.length > 0;
  }

  /** Lets pass that nobody has confirmed the end of the access of these stints. It stays open to be confirmed. */
  async override(tx: Tx, stintIds: string[], by: string): Promise<void> {
    await tx.query(
      `UPDATE delegations d SET overridden_at = $2, overridden_by = $3 WHERE d.stint_id = ANY ($1) AND ${UNPROVEN}`,
      [stintIds, tx.now, by],
    );
  }

  private async change(
    accountId: string,
    id: string,
    by: string,
    verb: `delegate.${string}`,
    work: (tx: Tx, delegation: Delegation) => Promise<void>,
  ): Promise<void> {
    await this.db.write([lockAccess(accountId), lock('delegations', id)], async (tx) => {
      const delegation = (await this.open(accountId, tx.now, tx)).find((each) => each.id === id);
      if (!delegation) throw new NotFound('This task is done already, or there was none.');
      await work(tx, delegation);
      await this.audit.record(tx, {
        accountId,
        actor: { kind: 'person', id: by },
        verb,
        subject: { kind: 'stint', id: delegation.stintId },
        detail: { delegationId: id },
      });
      tx.ring('handover.resume', accountId);
    });
  }
}
