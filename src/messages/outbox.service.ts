import { Injectable } from '@nestjs/common';
import type { NewPoll } from '../networks/network.js';
import type { Tx } from '../platform/tx.js';
import type { Alert } from './alert-words.js';
import type { LetterData, LetterName } from './letters/letters.js';
import type { Cause, Channel } from './message.entity.js';

interface Addressed {
  /** Unique for ever; end it with the cause's revision so that a change of dates or person makes a new letter. */
  key: string;
  accountId: string | null;
  cause: Cause;
  dueAt: Date;
}

/** A letter to queue. */
export interface NewLetter<Name extends LetterName = LetterName> extends Addressed {
  template: Name;
  data: LetterData[Name];
  address: string;
  /** Why we may write to this address, e.g. `applied`, `role`. */
  evidence: string;
  /** From then on the letter is no longer true: one that has not left is withdrawn. */
  expiresAt?: Date;
}

/** A public post to queue: a curator's (with stint and author) or the house's. */
export interface NewPost extends Addressed {
  accountId: string;
  text: string;
  stintId: string | null;
  authorId: string | null;
  /** `bytes` is the size of the file, where it is so large that its upload is shown as it goes on. */
  media?: { file: string; type: string; bytes?: number; description: string }[];
  /** Not together with media. */
  poll?: NewPoll | null;
  /** The network's id of the post that it answers. */
  replyTo?: string | null;
  /** Somebody else's post is answered, one that speaks to the account. */
  summoned?: boolean;
}

/** A thread to queue, in order. */
export interface NewThread extends Omit<NewPost, 'text' | 'media' | 'poll'> {
  parts: Pick<NewPost, 'text' | 'media' | 'poll'>[];
}

/** An alert to queue for a webhook; `to` is what pages show of its address. */
export interface NewWebhook extends Addressed {
  webhook: { id: string; shown: string };
  alert: Alert;
  expiresAt: Date;
}

/** Neither a curator nor the house says it. */
const OF_NOBODY = { stintId: null, authorId: null };

/** The outbox: everything Baton says to the outside is a row here, written in the transaction of its cause. */
@Injectable()
export class Outbox {
  /** Queues a letter, or nothing when its key was queued before. Gives the row's id. */
  async letter<Name extends LetterName>(tx: Tx, letter: NewLetter<Name>): Promise<string | null> {
    return this.insert(tx, rowOf(letter));
  }

  /** Queues letters at once; those whose keys were queued before are left out. */
  async letters(tx: Tx, letters: NewLetter[]): Promise<void> {
    if (letters.length > 0) await this.insertAll(tx, letters.map(rowOf));
  }

  /** Queues a post, or nothing when its key was queued before. Gives the row's id. */
  async post(tx: Tx, post: NewPost): Promise<string | null> {
    const id = await this.insert(tx, {
      ...post,
      channel: 'post',
      template: 'post',
      data: {
        text: post.text,
        ...(post.summoned ? { summoned: true } : {}),
        ...(post.poll ? { poll: post.poll } : {}),
      },
      address: null,
      evidence: null,
    });
    if (!id) return null;
    for (const [position, picture] of (post.media ?? []).entries()) {
      await tx.query(
        'INSERT INTO message_media (message_id, position, file, type, bytes, description) VALUES ($1, $2, $3, $4, $5, $6)',
        [id, position, picture.file, picture.type, picture.bytes ?? 0, picture.description],
      );
    }
    return id;
  }

  /**
   * Queues a thread: each part is a post of its own that goes out after the one before, in reply to it, and the first in
   * reply to what the thread answers. Gives the id of the first part, or null when its key was queued before.
   */
  async thread(tx: Tx, { parts, ...given }: NewThread): Promise<string | null> {
    const ids: string[] = [];
    for (const [index, part] of parts.entries()) {
      const key = index === 0 ? given.key : `${given.key} part ${index + 1}`;
      const own = index === 0 ? {} : { replyTo: null, summoned: false };
      const id = await this.post(tx, { ...given, ...part, ...own, key });
      if (!id) return null;
      ids.push(id);
    }
    await tx.query(
      `UPDATE messages m SET thread_id = ($1::uuid[])[1], part = p.n, next_attempt_at = CASE p.n WHEN 1 THEN m.next_attempt_at END
       FROM unnest($1::uuid[]) WITH ORDINALITY p(id, n) WHERE m.id = p.id`,
      [ids],
    );
    return ids[0] ?? null;
  }

  /** Queues an alert for a webhook, or nothing when its key was queued before. Gives the row's id. */
  async webhook(tx: Tx, { webhook, alert, ...given }: NewWebhook): Promise<string | null> {
    return this.insert(tx, {
      ...given,
      channel: 'webhook',
      template: 'alert',
      data: { webhookId: webhook.id, to: webhook.shown, alert },
      address: null,
      evidence: null,
      ...OF_NOBODY,
    });
  }

  /**
   * Whether an address that nobody has confirmed was written to often enough: five letters of the application form in
   * an hour. A stranger could otherwise flood somebody's inbox.
   */
  async enough(tx: Tx, address: string): Promise<boolean> {
    const [row] = await tx.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM messages WHERE lower(address) = lower($1) AND created_at > $2
       AND template IN ('application-verify', 'application-resume')`,
      [address, new Date(tx.now.getTime() - 60 * 60_000)],
    );
    return (row?.count ?? 0) >= 5;
  }

  /**
   * Ends the unsent letters and alerts of a cause for good (posts stay: they are held or withdrawn by their own rules). One that is
   * being sent at this moment is not tried again; should it go through, it counts as sent. One that was refused stays before
   * the team as that, but is too late now should they have it tried again.
   */
  async withdrawLetters(tx: Tx, cause: Cause, reason: string, ...templates: LetterName[]): Promise<void> {
    tx.send(
      `UPDATE messages SET expires_at = least(expires_at, $4::timestamptz),
         state = CASE WHEN state IN ('refused', 'unknown') THEN state ELSE 'withdrawn' END,
         detail = CASE WHEN state IN ('refused', 'unknown') THEN detail ELSE $3 END,
         settled_at = CASE WHEN state IN ('refused', 'unknown') THEN settled_at ELSE $4 END
       WHERE cause_kind = $1 AND cause_id = $2 AND channel <> 'post' AND state NOT IN ('sent', 'withdrawn')
         AND ($5::text[] IS NULL OR template = ANY ($5))`,
      [cause.kind, cause.id, reason, tx.now, templates.length > 0 ? templates : null],
    );
  }

  /**
   * Withdraws one unsent post, or an unsent thread by its first part: an undo. A post of its own that was refused is out of
   * the way then, too, with what was said of it. False when it has already begun.
   */
  async withdrawPost(tx: Tx, id: string, reason: string): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE messages SET state = 'withdrawn', detail = concat_ws(' ', $2::text, CASE WHEN state = 'refused' THEN detail END),
         settled_at = $3
       WHERE id = $1 AND channel = 'post' AND (state IN ('waiting', 'held') OR (state = 'refused' AND part IS NULL))
       RETURNING id`,
      [id, reason, tx.now],
    );
    if (rows.length === 0) return false;
    await tx.query(
      `UPDATE messages SET state = 'withdrawn', detail = $2, settled_at = $3
       WHERE thread_id = $1 AND state IN ('waiting', 'held')`,
      [id, reason, tx.now],
    );
    return true;
  }

  /** Puts every unsent post of a stint before a person: they will not go out by themselves. */
  async holdPosts(tx: Tx, stintId: string, reason: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `UPDATE messages SET state = 'held', detail = $2
       WHERE stint_id = $1 AND channel = 'post' AND state = 'waiting' RETURNING id`,
      [stintId, reason],
    );
    return rows.map((row) => row.id);
  }

  /** Keeps a cause's unsent letters back until every stop on it is lifted. `madeFor` names what made it. */
  async stop(tx: Tx, cause: Cause, madeFor: string, reason: string): Promise<void> {
    await tx.query(`INSERT INTO stops (cause_kind, cause_id, made_for, reason, made_at) VALUES ($1, $2, $3, $4, $5)`, [
      cause.kind,
      cause.id,
      madeFor,
      reason,
      tx.now,
    ]);
  }

  /** Lifts every stop that something made, e.g. a removed blackout, or only those on one cause. */
  async lift(tx: Tx, madeFor: string, cause?: Cause): Promise<void> {
    await tx.query(
      `UPDATE stops SET lifted_at = $2 WHERE made_for = $1 AND lifted_at IS NULL
         AND ($3::text IS NULL OR (cause_kind = $3 AND cause_id = $4))`,
      [madeFor, tx.now, cause?.kind ?? null, cause?.id ?? null],
    );
  }

  /** Removes what letters about a cause said and to whom; the rows stay. For erasing a person. */
  async erase(tx: Tx, cause: Cause): Promise<void> {
    await this.withdrawLetters(tx, cause, 'erased');
    await tx.query(
      `UPDATE messages SET data = '{}', address = NULL WHERE cause_kind = $1 AND cause_id = $2 AND channel <> 'post'`,
      [cause.kind, cause.id],
    );
  }

  private async insert(tx: Tx, row: Insert): Promise<string | null> {
    const [id] = await this.insertAll(tx, [row]);
    return id ?? null;
  }

  /** The ids of those whose keys are new. */
  private async insertAll(tx: Tx, rows: Insert[]): Promise<string[]> {
    const made = await tx.query<{ id: string; dueAt: Date }>(INSERT, [JSON.stringify(rows), tx.now]);
    for (const { id, dueAt } of made) tx.ring('message.deliver', id, dueAt > tx.now ? dueAt : null);
    return made.map(({ id }) => id);
  }
}

const INSERT = `
  INSERT INTO messages (key, account_id, channel, template, data, address, evidence, cause_kind, cause_id, stint_id,
                        author_id, due_at, next_attempt_at, created_at, expires_at, reply_to)
  SELECT key, "accountId", channel, template, data, address, evidence, cause ->> 'kind', (cause ->> 'id')::uuid, "stintId",
         "authorId", "dueAt", "dueAt", $2, "expiresAt", "replyTo"
  FROM json_to_recordset($1) AS r (key text, "accountId" uuid, channel text, template text, data jsonb, address text,
    evidence text, cause json, "stintId" uuid, "authorId" uuid, "dueAt" timestamptz, "expiresAt" timestamptz, "replyTo" text)
  ON CONFLICT (key) DO NOTHING RETURNING id, due_at AS "dueAt"`;

interface Insert extends Addressed {
  channel: Channel;
  template: string;
  data: Record<string, unknown>;
  address: string | null;
  evidence: string | null;
  stintId: string | null;
  authorId: string | null;
  expiresAt?: Date;
  replyTo?: string | null;
}

function rowOf<Name extends LetterName>(letter: NewLetter<Name>): Insert {
  return { ...letter, channel: 'letter', data: letter.data as Record<string, unknown>, ...OF_NOBODY };
}
