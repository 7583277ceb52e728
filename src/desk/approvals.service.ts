import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { CLOCK_SQL } from '../platform/clock.service.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import { mustWait } from './approval.js';
import { ApprovalLetters } from './approval-letters.service.js';
import { DeskSettings } from './desk-settings.service.js';
import type { Draft } from './draft.entity.js';
import type { Queueing } from './post-queue.service.js';
import type { Turn } from './turn.js';

/** A post that waits for somebody else, or what was decided about it. */
export interface Approval {
  id: string;
  draftId: string;
  stintId: string;
  authorId: string;
  author: string;
  text: string;
  dueAt: Date | null;
  reason: string;
  askedAt: Date;
  decideBy: Date;
  state: 'waiting' | 'approved' | 'sent-back' | 'lapsed' | 'taken-back';
  note: string | null;
}

export const APPROVALS = `SELECT a.id, a.draft_id AS "draftId", a.stint_id AS "stintId", a.author_id AS "authorId", p.shown_name AS author, d.text,
    a.due_at AS "dueAt", a.reason, a.asked_at AS "askedAt", a.decide_by AS "decideBy", a.state, a.note
  FROM post_approvals a JOIN drafts d ON d.id = a.draft_id AND d.version = a.version JOIN persons p ON p.id = a.author_id`;

/** Four eyes: a post waits as a draft until somebody else has said yes, and never goes out without that. */
@Injectable()
export class Approvals {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly settings: DeskSettings,
    private readonly letters: ApprovalLetters,
    private readonly audit: Audit,
  ) {}

  /** Lets a draft wait where the account's rule says so; false where it may go out without. */
  async hold(tx: Tx, account: Account, turn: Turn, draft: Draft, { at, reason }: Queueing): Promise<boolean> {
    const rules = await this.settings.of(account.id, tx);
    if (!mustWait(rules.approval, account.zone, turn.startsAt, tx.now)) return false;
    const decideBy = new Date(tx.now.getTime() + rules.approvalMinutes * 60_000);
    const [made] = await tx.query<{ id: string }>(
      `INSERT INTO post_approvals (account_id, draft_id, version, stint_id, author_id, due_at, reason, asked_at, decide_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (draft_id) WHERE state = 'waiting' DO NOTHING RETURNING id`,
      [account.id, draft.id, draft.version, turn.stintId, draft.personId, at, reason, tx.now, decideBy],
    );
    if (!made) return true;
    const { id } = made;
    await this.letters.ask(tx, account, turn, draft, decideBy);
    const subject = { kind: 'approval', id };
    const actor = { kind: 'person' as const, id: draft.personId };
    await this.audit.record(tx, {
      accountId: account.id,
      actor,
      verb: 'post.approval-asked',
      subject,
      detail: { dueAt: at },
    });
    tx.ring('approval.lapse', id, decideBy);
    return true;
  }

  /** Where the posts of a turn stand that wait, or came back. What its author has changed since is a plain draft again. */
  async ofTurn(turn: Turn): Promise<Approval[]> {
    return this.db.query<Approval>(
      `${APPROVALS} WHERE a.stint_id = $1 AND a.state IN ('waiting', 'sent-back', 'lapsed') ORDER BY a.asked_at DESC`,
      [turn.stintId],
    );
  }

  /** What waits on an account, the most urgent first. */
  async waiting(accountId: string): Promise<Approval[]> {
    return this.db.query<Approval>(
      `${APPROVALS} WHERE a.account_id = $1 AND a.state = 'waiting' ORDER BY a.decide_by`,
      [accountId],
    );
  }

  /** Gives a post back to its author when nobody has decided in time. Harmless at any time. */
  async lapse(id: string): Promise<void> {
    await this.db.write(async (tx) => {
      const [row] = await tx.query<{ accountId: string; stintId: string; authorId: string }>(
        `UPDATE post_approvals SET state = 'lapsed', decided_at = $2 WHERE id = $1 AND state = 'waiting' AND decide_by <= $2
         RETURNING account_id AS "accountId", stint_id AS "stintId", author_id AS "authorId"`,
        [id, tx.now],
      );
      if (!row) return;
      const account = await this.accounts.byId(row.accountId, tx);
      const subject = { kind: 'approval', id };
      await this.audit.record(tx, {
        accountId: account.id,
        actor: { kind: 'system' },
        verb: 'post.approval-lapsed',
        subject,
      });
      await this.letters.over(tx, account, { id, ...row }, 'lapsed', '');
    });
  }

  async sweep(): Promise<void> {
    const due = await this.db.query<{ id: string }>(
      `SELECT a.id FROM post_approvals a CROSS JOIN (${CLOCK_SQL}) clock
       WHERE a.state = 'waiting' AND a.decide_by <= clock.now ORDER BY a.decide_by LIMIT 50`,
    );
    for (const { id } of due) await this.lapse(id);
  }
}

/** What waits for approval and is changed meanwhile waits no more: only what was read goes out. The draft is locked. */
export async function stopWaiting(tx: Tx, draftId: string): Promise<void> {
  await tx.query(
    `UPDATE post_approvals SET state = 'taken-back', decided_at = $2 WHERE draft_id = $1 AND state = 'waiting'`,
    [draftId, tx.now],
  );
}
