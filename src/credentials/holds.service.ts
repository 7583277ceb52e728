import { Injectable } from '@nestjs/common';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import type { Hold } from './access.js';

/** A pause or a take-over in force, which a person began and a person ends. */
export interface StandingHold {
  id: string;
  kind: 'pause' | 'takeover';
  scope: Hold['scope'];
  startsAt: Date;
  reason: string;
  madeBy: string | null;
}

/** What a new one is made of. `publicMessage`: what public pages say while it stands. */
export type NewHold = Pick<StandingHold, 'kind' | 'scope' | 'reason'> & {
  accountId: string;
  /** Null: Baton itself. */
  madeBy: string | null;
  publicMessage: string | null;
};

const IN_FORCE = `account_id = $1 AND kind IN ('pause', 'takeover') AND starts_at <= $2 AND (ends_at IS NULL OR ends_at > $2)`;

/** The holds that people begin and end at once. A blackout's hold is written by its blackout. */
@Injectable()
export class Holds {
  constructor(private readonly db: Db) {}

  /** The one in force at an instant, or null. */
  async standing(accountId: string, now: Date, reader: Pick<Tx, 'query'> = this.db): Promise<StandingHold | null> {
    const [hold] = await reader.query<StandingHold>(
      `SELECT id, kind, scope, starts_at AS "startsAt", reason, made_by AS "madeBy" FROM holds WHERE ${IN_FORCE}
       ORDER BY starts_at DESC LIMIT 1`,
      [accountId, now],
    );
    return hold ?? null;
  }

  /** Begins a hold now, in place of the one that stands: no instant lies between. The transaction must hold `lockAccess`. */
  async begin(tx: Tx, hold: NewHold): Promise<string> {
    await this.end(tx, hold.accountId);
    const { accountId, kind, scope, reason, madeBy, publicMessage } = hold;
    const [made] = await tx.query<{ id: string }>(
      `INSERT INTO holds (account_id, kind, scope, starts_at, reason, made_by, public_message)
       VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
      [accountId, kind, scope, tx.now, reason, madeBy, publicMessage],
    );
    if (publicMessage) {
      await tx.query('UPDATE accounts SET paused_message = $2 WHERE id = $1', [accountId, publicMessage]);
    }
    return made?.id ?? '';
  }

  /** Ends what stands now, and takes down what it told the public. The transaction must hold `lockAccess`. */
  async end(tx: Tx, accountId: string): Promise<void> {
    const ended = await tx.query<{ publicMessage: string | null }>(
      `UPDATE holds SET ends_at = $2 WHERE ${IN_FORCE} RETURNING public_message AS "publicMessage"`,
      [accountId, tx.now],
    );
    for (const { publicMessage } of ended) {
      await tx.query('UPDATE accounts SET paused_message = NULL WHERE id = $1 AND paused_message = $2', [
        accountId,
        publicMessage,
      ]);
    }
  }
}
