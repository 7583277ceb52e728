import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { dateAndTime } from '../credentials/dates.js';
import { Outbox } from '../messages/outbox.service.js';
import { People } from '../people/people.service.js';
import type { Tx } from '../platform/tx.js';
import type { Draft } from './draft.entity.js';
import type { Turn } from './turn.js';

/** Tells organisers that a post waits for them, and its author how that ended. */
@Injectable()
export class ApprovalLetters {
  constructor(
    private readonly people: People,
    private readonly outbox: Outbox,
  ) {}

  /** One letter for a draft until it comes back: what its author changes while it waits is no news. */
  async ask(tx: Tx, account: Account, turn: Turn, draft: Draft, decideBy: Date): Promise<void> {
    const [back] = await tx.query<{ times: number }>(
      `SELECT count(*)::int AS times FROM post_approvals WHERE draft_id = $1 AND state IN ('sent-back', 'lapsed')`,
      [draft.id],
    );
    const author = await this.people.byId(draft.personId);
    for (const { id, name, email } of await this.people.holding(account.id, ['organiser'], tx.manager)) {
      if (!email || id === draft.personId) continue;
      await this.outbox.letter(tx, {
        key: `approval-asked ${draft.id} ${id} ${back?.times ?? 0}`,
        accountId: account.id,
        cause: { kind: 'stint', id: turn.stintId },
        template: 'approval-asked',
        data: {
          name,
          account: account.handle,
          slug: account.slug,
          author: author?.shownName ?? 'The curator',
          until: dateAndTime(account.zone, decideBy, { zone: true }),
        },
        address: email,
        evidence: 'role',
        dueAt: tx.now,
        expiresAt: decideBy,
      });
    }
  }

  async over(
    tx: Tx,
    account: Account,
    approval: { id: string; stintId: string; authorId: string },
    how: 'approved' | 'sent-back' | 'lapsed',
    note: string,
  ): Promise<void> {
    const author = await this.people.byId(approval.authorId);
    if (!author?.email) return;
    await this.outbox.letter(tx, {
      key: `approval-over ${approval.id}`,
      accountId: account.id,
      cause: { kind: 'stint', id: approval.stintId },
      template: 'approval-over',
      data: { name: author.name, account: account.handle, slug: account.slug, how, note },
      address: author.email,
      evidence: 'curator',
      dueAt: tx.now,
    });
  }
}
