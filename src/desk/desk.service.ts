import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Answer } from '../credentials/access.js';
import type { Account } from '../credentials/account.entity.js';
import { Grants, lockAccessShared } from '../credentials/grants.service.js';
import type { NewPoll } from '../networks/network.js';
import { Db } from '../platform/database.service.js';
import { NotAllowed } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import { Approvals } from './approvals.service.js';
import { Draft, type DraftedPart } from './draft.entity.js';
import { Drafts } from './drafts.service.js';
import { keyOf, PostQueue, type Queueing } from './post-queue.service.js';
import { actorOf, type Turn } from './turn.js';
import { toSend, warnable } from './warnable.js';
import { type Warning, warningsOf } from './warnings.js';

/** A post as its author's desk lists it. */
export interface OwnPost {
  id: string;
  text: string;
  poll: NewPoll | null;
  state: string;
  detail: string | null;
  dueAt: Date;
  queuedAt: Date;
  settledAt: Date | null;
  providerRef: string | null;
  /** Which part of how many it is; null for a post of its own. */
  part: number | null;
  parts: number;
  nextAttemptAt: Date | null;
  /** How far deleting it is; null where nobody asked for that. */
  deletion: 'waiting' | 'done' | 'refused' | null;
  deletionDetail: string | null;
  deletedAt: Date | null;
  /** Whether somebody other than its author asked for that. */
  deletedByTeam: boolean;
}

/** The desk: whose it is, and publishing, which is queueing a post in the curator's name. */
@Injectable()
export class Desk {
  constructor(
    private readonly db: Db,
    private readonly grants: Grants,
    private readonly drafts: Drafts,
    private readonly queue: PostQueue,
    private readonly approvals: Approvals,
  ) {}

  /** The person's turn on this account; throws NotAllowed for somebody who never had one. */
  async turn(accountId: string, personId: string): Promise<Turn> {
    const now = await this.db.now();
    const [turn] = await this.db.query<Turn>(
      `SELECT id AS "stintId", seat, state, starts_at AS "startsAt", ends_at AS "endsAt" FROM stints
       WHERE account_id = $1 AND person_id = $2 AND state IN ('confirmed', 'active', 'ended')
       ORDER BY (state <> 'ended' AND starts_at <= $3 AND ends_at > $3) DESC, (state <> 'ended' AND ends_at > $3) DESC,
         abs(extract(epoch FROM starts_at - $3)) LIMIT 1`,
      [accountId, personId, now],
    );
    if (!turn) throw new NotAllowed('Only a curator of this account has a desk here.');
    return turn;
  }

  /** Whether the turn may post now, and when that changes. */
  ask(account: Account, turn: Turn): Promise<Answer & { now: Date }> {
    return this.grants.ask(actorOf(turn), account);
  }

  /** What this turn has posted or tried to, the newest first: the last hundred, and whatever is not settled yet. */
  async posts(turn: Turn): Promise<OwnPost[]> {
    return this.db.query<OwnPost>(POSTS, [turn.stintId]);
  }

  /** What the author should know before these parts are sent. An answer may begin with a name. */
  async warnings(parts: DraftedPart[], answers = false): Promise<Warning[]> {
    const found = warningsOf(parts.map(warnable), (await this.db.now()).getUTCFullYear());
    return answers ? found.filter(({ kind, part }) => kind !== 'begins-with-handle' || part > 1) : found;
  }

  /**
   * Queues a draft as a post in the curator's name. Whether they may is decided here, in the transaction, by the
   * database's clock; the post channel asks once more before it calls. Throws NotAllowed; the draft is then kept.
   * The same form sent again is one post. One that was changed since (by going back to it) is not sent: it is kept as a
   * draft of its own, whose id is given. One with an NHS number is taken only with a `reason`, which is audited. One for
   * a later instant (`at`) is taken where its author may act then; else Invalid is thrown. Where somebody else has to
   * approve it first, it `waits` as a draft.
   */
  async publish(
    account: Account,
    turn: Turn,
    personId: string,
    draftId: string,
    { at, reason }: Queueing,
  ): Promise<{ keptAs: string } | 'waits' | null> {
    return this.db.write([lockAccessShared(account.id)], async (tx) => {
      const draft = await this.take(tx, draftId, personId);
      if (!draft) return null;
      const parts = toSend(await this.drafts.parts(draft, tx.manager));
      const before = await this.queuedBefore(tx, draftId);
      if (before.length > 0 && !isSame(parts, before)) return this.keepApart(tx, draftId);
      if (before.length === 0) {
        await this.queue.demand(tx, account, turn, at);
        if (await this.approvals.hold(tx, account, turn, draft, { at, reason })) return 'waits';
        await this.queue.queue(tx, account, turn, draft, parts, { at, reason });
      }
      await tx.query('DELETE FROM drafts WHERE id = $1', [draftId]);
      return null;
    });
  }

  /** Locks the draft; null when it was queued already, e.g. by the same form sent twice. */
  private async take(tx: Tx, id: string, personId: string): Promise<Draft | null> {
    await tx.query('SELECT 1 FROM drafts WHERE id = $1 AND person_id = $2 FOR UPDATE', [id, personId]);
    return tx.manager.findOneBy(Draft, { id, personId });
  }

  private async queuedBefore(tx: Tx, draftId: string): Promise<Queued[]> {
    return tx.query<Queued>(
      `SELECT m.data->>'text' AS text, m.data->'poll' AS poll, array(SELECT file FROM message_media WHERE message_id = m.id ORDER BY position) AS files
       FROM messages first JOIN messages m ON m.id = first.id OR m.thread_id = first.id
       WHERE first.key = $1 ORDER BY m.part`,
      [keyOf(draftId)],
    );
  }

  private async keepApart(tx: Tx, draftId: string): Promise<{ keptAs: string }> {
    const [kept] = await tx.query<{ id: string }>(
      'UPDATE drafts SET id = gen_random_uuid() WHERE id = $1 RETURNING id',
      [draftId],
    );
    return { keptAs: kept?.id ?? '' };
  }
}

const POSTS = `
  SELECT m.id, m.data->>'text' AS text, m.data->'poll' AS poll, m.state, m.detail, m.due_at AS "dueAt", m.created_at AS "queuedAt",
    m.settled_at AS "settledAt", m.provider_ref AS "providerRef", m.part, m.next_attempt_at AS "nextAttemptAt", m.parts,
    d.state AS deletion, d.detail AS "deletionDetail", d.settled_at AS "deletedAt",
    coalesce(d.asked_by <> m.author_id, false) AS "deletedByTeam"
  FROM (SELECT *, count(*) OVER (PARTITION BY coalesce(thread_id, id))::int AS parts,
      row_number() OVER (ORDER BY created_at DESC, thread_id, part) AS place
    FROM messages WHERE stint_id = $1 AND channel = 'post') m
  LEFT JOIN post_deletions d ON d.message_id = m.id
  WHERE m.place <= 100 OR m.state NOT IN ('sent', 'refused', 'withdrawn') OR d.state = 'waiting' ORDER BY m.place`;

interface Queued {
  text: string;
  poll: NewPoll | null;
  files: string[];
}

/** A form that is sent again may come without its pictures: the browser does not choose files by itself. */
function isSame(parts: DraftedPart[], before: Queued[]): boolean {
  const same = ({ text, media, poll }: DraftedPart, then?: Queued) =>
    text === then?.text &&
    isDeepStrictEqual(then.poll, poll) &&
    (media.length === 0 ||
      isDeepStrictEqual(
        then.files,
        media.map(({ file }) => file),
      ));
  return parts.length === before.length && parts.every((part, index) => same(part, before[index]));
}
