import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Outbox } from '../messages/outbox.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import type { Turn } from './turn.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Taking back what was queued and has not left, or was refused: the words become a draft again. */
@Injectable()
export class TakeBacks {
  constructor(
    private readonly db: Db,
    private readonly outbox: Outbox,
    private readonly audit: Audit,
  ) {}

  /**
   * Takes a post of one's own turn back, or a thread by its first part. Gives the draft's id and for when it was meant,
   * where that is still to come.
   * Throws NotFound, and Conflict when it has begun to go out.
   */
  async takeBack(
    account: Account,
    turn: Turn,
    personId: string,
    id: string,
  ): Promise<{ draftId: string; dueAt: Date | null }> {
    if (!UUID.test(id)) throw new NotFound('There is no such post.');
    return this.db.write([lock('messages', id)], async (tx) => {
      const [post] = await tx.query<{ dueAt: Date }>(
        `SELECT due_at AS "dueAt" FROM messages
         WHERE id = $1 AND stint_id = $2 AND author_id = $3 AND channel = 'post' AND coalesce(part, 1) = 1`,
        [id, turn.stintId, personId],
      );
      if (!post) throw new NotFound('There is no such post.');
      if (!(await this.outbox.withdrawPost(tx, id, 'Taken back by its author.')))
        throw new Conflict('It has gone out, or is going out now. You can see below what became of it.');
      const draftId = await this.draftOf(tx, account, turn, personId, id);
      const subject = { kind: 'message', id };
      const actor = { kind: 'person' as const, id: personId };
      await this.audit.record(tx, { accountId: account.id, actor, verb: 'post.taken-back', subject });
      return { draftId, dueAt: post.dueAt > tx.now ? post.dueAt : null };
    });
  }

  private async draftOf(tx: Tx, account: Account, turn: Turn, personId: string, id: string): Promise<string> {
    const [draft] = await tx.query<{ id: string }>(
      `INSERT INTO drafts (account_id, stint_id, person_id, saved_at, text, reply_to, poll)
       SELECT $2, $3, $4, $5, data->>'text', reply_to, data->'poll' FROM messages WHERE id = $1 RETURNING id`,
      [id, account.id, turn.stintId, personId, tx.now],
    );
    await tx.query(
      `INSERT INTO draft_parts (draft_id, position, text)
       SELECT $2, part, data->>'text' FROM messages WHERE thread_id = $1 AND part > 1`,
      [id, draft?.id],
    );
    await tx.query(
      `INSERT INTO draft_media (draft_id, part, position, file, type, bytes, description)
       SELECT $2, coalesce(m.part, 1), p.position + 1, p.file, p.type, p.bytes, p.description
       FROM message_media p JOIN messages m ON m.id = p.message_id WHERE m.id = $1 OR m.thread_id = $1`,
      [id, draft?.id],
    );
    return draft?.id ?? '';
  }
}
