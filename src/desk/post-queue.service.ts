import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Grants } from '../credentials/grants.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { Invalid, NotAllowed } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import { DeskSettings } from './desk-settings.service.js';
import type { Draft, DraftedPart } from './draft.entity.js';
import { AnswerTargets } from './mentions/answer-targets.service.js';
import { whyNotThen } from './schedule.js';
import { actorOf, type Turn } from './turn.js';
import { wallsOf } from './warnable.js';

/** For when a post is queued (null: now), and why a wall of its warnings may be passed. */
export interface Queueing {
  at: Date | null;
  reason: string;
}

/** Puts drafts into the outbox. */
@Injectable()
export class PostQueue {
  constructor(
    private readonly grants: Grants,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
    private readonly settings: DeskSettings,
    private readonly targets: AnswerTargets,
  ) {}

  /** Throws NotAllowed where the turn may not post now, Invalid where it may not at the later instant. */
  async demand(tx: Tx, account: Account, turn: Turn, at: Date | null): Promise<void> {
    if (!at) return this.grants.demand(tx, actorOf(turn), account);
    const problem = whyNotThen(await this.grants.decide(tx, actorOf(turn), account, at), at, tx.now);
    if (problem) throw new Invalid('It cannot be scheduled for then.', { 'when-day': problem });
  }

  /**
   * Queues what a draft sends. One with an NHS number is taken only with a reason, which is audited. Throws NotAllowed for
   * an answer that X does not take.
   */
  async queue(
    tx: Tx,
    account: Account,
    turn: Turn,
    draft: Draft,
    parts: DraftedPart[],
    { at, reason }: Queueing,
  ): Promise<void> {
    const walls = wallsOf(parts);
    if (walls > 0 && reason === '') throw new NotAllowed('It holds an NHS number. Say why it may be published.');
    const target = draft.replyTo ? await this.targets.demand(tx, account, draft.replyTo) : null;
    const given = {
      key: keyOf(draft.id),
      accountId: account.id,
      cause: { kind: 'stint' as const, id: turn.stintId },
      stintId: turn.stintId,
      authorId: draft.personId,
      dueAt: at ?? (await this.afterUndo(tx, account, turn)),
      replyTo: target?.id ?? null,
      summoned: target?.own === false,
    };
    const [first = { text: '', poll: null }, ...more] = parts.map(({ text, media, poll }) => ({
      text,
      poll,
      media: media.map(({ file, type, bytes, description }) => ({
        file,
        type,
        bytes,
        description: description.trim(),
      })),
    }));
    const id =
      more.length > 0
        ? await this.outbox.thread(tx, { ...given, parts: [first, ...more] })
        : await this.outbox.post(tx, { ...given, ...first });
    const fact = {
      accountId: account.id,
      actor: { kind: 'person' as const, id: draft.personId },
      subject: { kind: 'stint', id: turn.stintId },
    };
    await this.audit.record(tx, {
      ...fact,
      verb: at ? 'post.scheduled' : 'post.queued',
      detail: { message: id, dueAt: at, ...(target ? { replyTo: target.id } : {}) },
    });
    if (walls === 0) return;
    const passed = { verb: 'post.nhs-number-passed' as const, detail: { message: id, walls }, particulars: { reason } };
    await this.audit.record(tx, { ...fact, ...passed });
  }

  /** When a post for now leaves: after the time to undo it, but at once where its author may not act then any more. */
  private async afterUndo(tx: Tx, account: Account, turn: Turn): Promise<Date> {
    const { undoSeconds } = await this.settings.of(account.id, tx);
    const due = new Date(tx.now.getTime() + undoSeconds * 1000);
    const { allowed } = await this.grants.decide(tx, actorOf(turn), account, due);
    return allowed ? due : tx.now;
  }
}

/** The outbox's key of a draft: it is queued once, however often its form is sent. */
export function keyOf(draftId: string): string {
  return `desk ${draftId}`;
}
