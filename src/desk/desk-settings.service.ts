import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import type { ApprovalRule } from './approval.js';

/** How a team runs the desk of its account. */
export interface DeskRules {
  /** How long a post waits after Send, so that it can be undone; 0: not at all. */
  undoSeconds: number;
  /** Whose posts wait for somebody else, and for how many minutes at most. */
  approval: ApprovalRule;
  approvalMinutes: number;
  /** What the team asks every curator to write about. What each of them plans is kept with the turn. */
  plan: string;
}

const USUAL: DeskRules = { undoSeconds: 10, approval: 'off', approvalMinutes: 60, plan: '' };

/** The rules of each account's desk; an account without any has the usual ones. */
@Injectable()
export class DeskSettings {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
  ) {}

  async of(accountId: string, reader: Pick<Tx, 'query'> = this.db): Promise<DeskRules> {
    const [row] = await reader.query<DeskRules>(
      `SELECT undo_seconds AS "undoSeconds", approval, approval_minutes AS "approvalMinutes", plan
       FROM desk_settings WHERE account_id = $1`,
      [accountId],
    );
    return row ?? USUAL;
  }

  async change(
    accountId: string,
    { undoSeconds, approval, approvalMinutes, plan }: DeskRules,
    personId: string,
  ): Promise<void> {
    await this.db.write(async (tx) => {
      await tx.query(
        `INSERT INTO desk_settings (account_id, undo_seconds, approval, approval_minutes, plan) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id) DO UPDATE SET undo_seconds = $2, approval = $3, approval_minutes = $4, plan = $5`,
        [accountId, undoSeconds, approval, approvalMinutes, plan],
      );
      await this.audit.record(tx, {
        accountId,
        actor: { kind: 'person', id: personId },
        verb: 'desk.rules-changed',
        subject: { kind: 'account', id: accountId },
        detail: { undoSeconds, approval, approvalMinutes },
      });
    });
  }
}
