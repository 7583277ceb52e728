import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { lockAccessShared } from '../credentials/grants.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, Invalid, NotAllowed } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { ApprovalLetters } from './approval-letters.service.js';
import { APPROVALS, type Approval } from './approvals.service.js';
import { Draft } from './draft.entity.js';
import { Drafts } from './drafts.service.js';
import { PostQueue } from './post-queue.service.js';
import type { Turn } from './turn.js';
import { toSend } from './warnable.js';

/** What an organiser decides about a post that waits. Each decision is one transaction and audited. */
@Injectable()
export class ApprovalDecisions {
  constructor(
    private readonly db: Db,
    private readonly drafts: Drafts,
    private readonly queue: PostQueue,
    private readonly letters: ApprovalLetters,
    private readonly audit: Audit,
  ) {}

  /**
   * Queues the post as it was read, at the time it was meant for or, when that has passed, now. Whether its author may
   * act is asked here and again when it leaves. Throws Conflict and NotAllowed; it waits on then.
   */
  async approve(account: Account, id: string, personId: string): Promise<void> {
    await this.decide(account, id, personId, 'approved', '', async (tx, approval) => {
      const draft = await tx.manager.findOneByOrFail(Draft, { id: approval.draftId });
      const turn = await this.turnOf(tx, approval.stintId);
      const at = approval.dueAt && approval.dueAt > tx.now ? approval.dueAt : null;
      try {
        await this.queue.demand(tx, account, turn, at);
      } catch (error) {
        if (error instanceof Invalid) throw new Conflict(`${Object.values(error.fields)[0]}.`);
        throw error;
      }
      const parts = toSend(await this.drafts.parts(draft, tx.manager));
      await this.queue.queue(tx, account, turn, draft, parts, { at, reason: approval.reason });
      await tx.query('DELETE FROM drafts WHERE id = $1', [draft.id]);
    });
  }

  /** Gives the post back to its author with a reason. */
  async sendBack(account: Account, id: string, personId: string, note: string): Promise<void> {
    await this.decide(account, id, personId, 'sent-back', note, async () => undefined);
  }

  private async decide(
    account: Account,
    id: string,
    personId: string,
    state: 'approved' | 'sent-back',
    note: string,
    then: (tx: Tx, approval: Approval) => Promise<void>,
  ): Promise<void> {
    await this.db.write([lockAccessShared(account.id), lock('post_approvals', id)], async (tx) => {
      await tx.query('SELECT 1 FROM drafts WHERE id = (SELECT draft_id FROM post_approvals WHERE id = $1) FOR UPDATE', [
        id,
      ]);
      const [approval] = await tx.query<Approval>(
        `${APPROVALS} WHERE a.id = $1 AND a.account_id = $2 AND a.state = 'waiting'`,
        [id, account.id],
      );
      if (!approval)
        throw new Conflict('This post does not wait any more: somebody has decided, or its author has changed it.');
      if (approval.authorId === personId) throw new NotAllowed('Somebody else has to read your post.');
      if (approval.decideBy <= tx.now)
        throw new Conflict('The time to decide is over: the post has gone back to its author.');
      await then(tx, approval);
      await tx.query(
        'UPDATE post_approvals SET state = $2, decided_by = $3, decided_at = $4, note = $5 WHERE id = $1',
        [...[id, state, personId, tx.now, note]],
      );
      await this.audit.record(tx, {
        accountId: account.id,
        actor: { kind: 'person', id: personId },
        verb: state === 'approved' ? 'post.approved' : 'post.sent-back',
        subject: { kind: 'approval', id },
        detail: { draft: approval.draftId, stintId: approval.stintId },
        ...(note ? { particulars: { note } } : {}),
      });
      await this.letters.over(tx, account, approval, state, note);
    });
  }

  private async turnOf(tx: Tx, stintId: string): Promise<Turn> {
    const [turn] = await tx.query<Turn>(
      `SELECT id AS "stintId", seat, state, starts_at AS "startsAt", ends_at AS "endsAt" FROM stints WHERE id = $1`,
      [stintId],
    );
    if (!turn) throw new Conflict('The turn of its author is gone.');
    return turn;
  }
}
