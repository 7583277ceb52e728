import { Injectable } from '@nestjs/common';
import { Db } from '../platform/database.service.js';
import { NotAllowed } from '../platform/errors.js';
import { type Lock, lock, lockShared, type Tx } from '../platform/tx.js';
import { type Actor, type Answer, type Grant, type Hold, mayAct } from './access.js';
import type { Account } from './account.entity.js';
import { UNROTATED } from './reveals.js';

/** Everything the access function is asked with, read at one moment. */
export interface AccessRows {
  grants: Grant[];
  holds: Hold[];
}

/** Lock to take before writing a grant or a hold of an account. */
export const lockAccess = (accountId: string): Lock => lock('account_access', accountId, 'account_id');

/** Lock to take before marking a public post as being sent, so that no grant or hold changes under it. */
export const lockAccessShared = (accountId: string): Lock => lockShared('account_access', accountId, 'account_id');

/** Grants and holds, and the question whether somebody may act now. Grants are written by handover, and those of before by an import. */
@Injectable()
export class Grants {
  constructor(private readonly db: Db) {}

  /** May this actor act as the account at this instant of the database's clock? For drawing pages. */
  async ask(actor: Actor, account: Account): Promise<Answer & { now: Date }> {
    const now = await this.db.now();
    const { grants, holds } = await this.rows(this.db, account.id);
    return { ...mayAct(actor, grants, account.postingHours, holds, now), now };
  }

  /**
   * The same inside a transaction that holds the account's access lock: the answer that counts. Of a later instant it
   * says how it stands as far as is known.
   */
  async decide(tx: Tx, actor: Actor, account: Account, at = tx.now): Promise<Answer> {
    const { grants, holds } = await this.rows(tx, account.id);
    return mayAct(actor, grants, account.postingHours, holds, at);
  }

  /** Throws NotAllowed with a sentence for the person when `decide` says no. */
  async demand(tx: Tx, actor: Actor, account: Account): Promise<void> {
    const answer = await this.decide(tx, actor, account);
    if (!answer.allowed) throw new NotAllowed(sentence(answer));
  }

  /** Every grant and hold of an account, ended ones included. */
  async rows(reader: Pick<Tx, 'query'>, accountId: string): Promise<AccessRows> {
    const [grants, holds] = await Promise.all([
      reader.query<Grant>(
        `SELECT stint_id AS "stintId", person_id AS "personId", seat, opens_at AS "opensAt", ends_at AS "endsAt",
              closed_at AS "closedAt" FROM grants WHERE account_id = $1`,
        [accountId],
      ),
      reader.query<Hold>(
        `SELECT id, kind, scope, starts_at AS "startsAt", ends_at AS "endsAt", reason FROM holds WHERE account_id = $1`,
        [accountId],
      ),
    ]);
    return { grants, holds };
  }

  /**
   * Opens a span of a stint's access; one that is open stays as it is. The transaction must hold `lockAccess`. The
   * database refuses an overlap in a seat. A stint has a second span when it was ended early and given back: the time
   * between is nobody's.
   */
  async open(
    tx: Tx,
    grant: { accountId: string; stintId: string; personId: string; seat: number; opensAt: Date; endsAt: Date },
  ): Promise<void> {
    await tx.query(
      `INSERT INTO grants (account_id, stint_id, person_id, seat, opens_at, ends_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (stint_id) WHERE closed_at IS NULL DO NOTHING`,
      [grant.accountId, grant.stintId, grant.personId, grant.seat, grant.opensAt, grant.endsAt],
    );
  }

  /** Writes down a span of access from before Baton, which is over. The transaction must hold `lockAccess`. */
  async record(
    tx: Tx,
    grant: { accountId: string; stintId: string; personId: string; seat: number; opensAt: Date; endsAt: Date },
  ): Promise<void> {
    await tx.query(
      `INSERT INTO grants (account_id, stint_id, person_id, seat, opens_at, ends_at, closed_at, close_reason)
       VALUES ($1, $2, $3, $4, $5, $6, $6, 'imported')`,
      [grant.accountId, grant.stintId, grant.personId, grant.seat, grant.opensAt, grant.endsAt],
    );
  }

  /** Takes back what `record` wrote. The transaction must hold `lockAccess`. */
  async forget(tx: Tx, stintIds: string[]): Promise<void> {
    await tx.query(`DELETE FROM grants WHERE stint_id = ANY ($1) AND close_reason = 'imported'`, [stintIds]);
  }

  /** Gives a stint's open grant another end. The transaction must hold `lockAccess`. The database refuses an overlap. */
  async shift(tx: Tx, stintId: string, endsAt: Date): Promise<void> {
    await tx.query('UPDATE grants SET ends_at = $2 WHERE stint_id = $1 AND closed_at IS NULL', [stintId, endsAt]);
  }

  /**
   * Closes a stint's grant now if it is still open, and burns what its curator has not opened. The transaction must hold
   * `lockAccess`.
   */
  async close(tx: Tx, stintId: string, reason: string): Promise<void> {
    tx.send(
      `UPDATE grants SET closed_at = greatest(opens_at, least(ends_at, $2)), close_reason = $3
       WHERE stint_id = $1 AND closed_at IS NULL`,
      [stintId, tx.now, reason],
    );
    const [shown] = await tx.query(
      `WITH burned AS (UPDATE reveals SET state = 'burned', burned_at = $2 WHERE stint_id = $1 AND state = 'sealed')
       SELECT 1 FROM reveals r WHERE r.stint_id = $1 AND ${UNROTATED}`,
      [stintId, tx.now],
    );
    if (shown) tx.ring('handover.rotations', stintId);
  }
}

/** Why not, in a sentence for the person who asked. */
function sentence(answer: Answer): string {
  switch (answer.why) {
    case 'not-yet':
      return 'Your turn has not started yet.';
    case 'ended':
      return 'Your turn has ended, so nothing was sent. Thank you for curating.';
    case 'outside-hours':
      return 'The account is outside its posting hours. Nothing was sent; your words are kept.';
    case 'held':
      return answer.hold?.kind === 'takeover'
        ? 'The team speaks as the account for now. Nothing was sent; your words are kept.'
        : 'The account is paused. Nothing was sent; your words are kept.';
    default:
      return 'You do not have the account at this moment.';
  }
}
