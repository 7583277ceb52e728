import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Actor, Answer } from '../credentials/access.js';
import type { Account } from '../credentials/account.entity.js';
import { Grants, lockAccessShared } from '../credentials/grants.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { Db } from '../platform/database.service.js';
import { NotAllowed, NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.service.js';
import { type PreparedPicture } from '../platform/picture.service.js';
import type { Tx } from '../platform/tx.js';
import { Draft } from './draft.entity.js';

/** The turn that a person sits at the desk for: the one that is on, else the next, else the last. */
export interface Turn {
  stintId: string;
  seat: number;
  state: 'confirmed' | 'active' | 'ended';
  startsAt: Date;
  endsAt: Date;
}

/** A post as its author's desk lists it. */
export interface OwnPost {
  id: string;
  text: string;
  state: string;
  detail: string | null;
  dueAt: Date;
  settledAt: Date | null;
  providerRef: string | null;
}

/** What was written on the form. */
export interface Writing {
  /** Made when the page was drawn; sending the same form twice is one post. */
  key: string;
  text: string;
  description: string;
  picture: PreparedPicture | null;
}

/** The desk: drafts, and publishing, which is queueing a post in the curator's name. */
@Injectable()
export class Desk {
  constructor(
    private readonly db: Db,
    private readonly grants: Grants,
    private readonly outbox: Outbox,
    private readonly files: Files,
    private readonly audit: Audit,
  ) {}

  /** The person's turn on this account; throws NotAllowed for somebody who never had one. */
  async turn(accountId: string, personId: string): Promise<Turn> {
    const now = await this.db.now();
    const [turn] = await this.db.query<Turn>(
      `SELECT id AS "stintId", seat, state, starts_at AS "startsAt", ends_at AS "endsAt" FROM stints
       WHERE account_id = $1 AND person_id = $2 AND state IN ('confirmed', 'active', 'ended')
       ORDER BY (state = 'active') DESC, (ends_at > $3) DESC, abs(extract(epoch FROM starts_at - $3)) LIMIT 1`,
      [accountId, personId, now],
    );
    if (!turn) throw new NotAllowed('Only a curator of this account has a desk here.');
    return turn;
  }

  /** Whether the turn may post now, and when that changes. */
  ask(account: Account, turn: Turn): Promise<Answer & { now: Date }> {
    return this.grants.ask(actorOf(turn), account);
  }

  async drafts(turn: Turn, personId: string): Promise<Draft[]> {
    return this.db.manager.find(Draft, { where: { stintId: turn.stintId, personId }, order: { savedAt: 'DESC' } });
  }

  /** A draft of one's own; throws NotFound. */
  async draft(id: string, personId: string): Promise<Draft> {
    const draft = await this.db.manager.findOneBy(Draft, { id, personId });
    if (!draft) throw new NotFound('There is no such draft.');
    return draft;
  }

  /** What this turn has posted or tried to. */
  async posts(turn: Turn): Promise<OwnPost[]> {
    return this.db.query<OwnPost>(
      `SELECT id, data->>'text' AS text, state, detail, due_at AS "dueAt", settled_at AS "settledAt",
              provider_ref AS "providerRef"
       FROM messages WHERE stint_id = $1 AND channel = 'post' ORDER BY created_at DESC LIMIT 100`,
      [turn.stintId],
    );
  }

  /** Keeps what was written, so that nothing is lost whatever happens next. */
  async save(account: Account, turn: Turn, personId: string, writing: Writing): Promise<Draft> {
    const file = writing.picture ? await this.files.keep(writing.picture.bytes) : null;
    return this.db.write(async (tx) => {
      const rows = await tx.query<{ id: string }>(
        `INSERT INTO drafts (id, account_id, stint_id, person_id, text, picture_file, picture_type, picture_description, saved_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO UPDATE SET text = $5, picture_file = coalesce($6, drafts.picture_file),
           picture_type = coalesce($7, drafts.picture_type), picture_description = $8, saved_at = $9
         WHERE drafts.person_id = $4 RETURNING id`,
        [
          writing.key,
          account.id,
          turn.stintId,
          personId,
          writing.text,
          file,
          writing.picture?.type ?? null,
          writing.description,
          tx.now,
        ],
      );
      if (rows.length === 0) throw new NotFound('There is no such draft.');
      return tx.manager.findOneByOrFail(Draft, { id: writing.key });
    });
  }

  async discard(id: string, personId: string): Promise<void> {
    await this.db.write((tx) => tx.query('DELETE FROM drafts WHERE id = $1 AND person_id = $2', [id, personId]));
  }

  /** Takes the picture off a draft. */
  async removePicture(id: string, personId: string): Promise<void> {
    await this.db.write((tx) =>
      tx.query(
        `UPDATE drafts SET picture_file = NULL, picture_type = NULL, picture_description = ''
         WHERE id = $1 AND person_id = $2`,
        [id, personId],
      ),
    );
  }

  /**
   * Queues a draft as a post in the curator's name. Whether they may is decided here, in the transaction, by the
   * database's clock; the post channel asks once more before it calls. Throws NotAllowed; the draft is then kept.
   */
  async publish(account: Account, turn: Turn, personId: string, draftId: string): Promise<void> {
    await this.db.write([lockAccessShared(account.id)], async (tx) => {
      const draft = await this.take(tx, draftId, personId);
      if (!draft) return;
      await this.grants.demand(tx, actorOf(turn), account);
      const id = await this.outbox.post(tx, {
        key: `desk ${draftId}`,
        accountId: account.id,
        cause: { kind: 'stint', id: turn.stintId },
        text: draft.text,
        stintId: turn.stintId,
        authorId: personId,
        media: draft.pictureFile
          ? [
              {
                file: draft.pictureFile,
                type: draft.pictureType ?? 'image/jpeg',
                description: draft.pictureDescription.trim(),
              },
            ]
          : [],
        dueAt: tx.now,
      });
      await this.audit.record(tx, {
        accountId: account.id,
        actor: { kind: 'person', id: personId },
        verb: 'post.queued',
        subject: { kind: 'stint', id: turn.stintId },
        detail: { message: id },
      });
      await tx.query('DELETE FROM drafts WHERE id = $1', [draftId]);
    });
  }

  /** Locks the draft; null when it was queued already, e.g. by the same form sent twice. */
  private async take(tx: Tx, id: string, personId: string): Promise<Draft | null> {
    await tx.query('SELECT 1 FROM drafts WHERE id = $1 AND person_id = $2 FOR UPDATE', [id, personId]);
    return tx.manager.findOneBy(Draft, { id, personId });
  }
}

function actorOf(turn: Turn): Actor {
  return { kind: 'stint', stintId: turn.stintId, seat: turn.seat };
}
