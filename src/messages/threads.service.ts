import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import type { Tx } from '../platform/tx.js';
import { Message } from './message.entity.js';
import { type Broken, type Part, standingOf } from './threads.js';

/** A part of a thread that stands still. */
export interface StillPart extends Part {
  threadId: string;
  accountId: string;
  stintId: string | null;
  authorId: string | null;
  text: string;
  detail: string | null;
  attempts: number;
}

/** Keeps the parts of threads in order: one after the other, each in reply to the one before. */
@Injectable()
export class Threads {
  /** All parts of a thread, in order. */
  parts(reader: Pick<Tx, 'manager'>, threadId: string): Promise<Message[]> {
    return reader.manager.find(Message, { where: { threadId }, order: { part: 'ASC' } });
  }

  /** After a part has changed: gives the turn to the next, or says that the thread stands still. */
  async follow(tx: Tx, { threadId }: Message): Promise<void> {
    if (!threadId) return;
    const parts = await this.parts(tx, threadId);
    const standing = standingOf(parts);
    if (standing.kind === 'broken') tx.ring('thread.look', threadId);
    if (standing.kind !== 'next') return;
    const { part } = standing;
    const at = new Date(tx.now.getTime() + (standing.replyTo ? settings.threadPause : 0));
    // With nothing of the thread out, the part answers what the thread answers.
    const replyTo = standing.replyTo ?? parts[0]?.replyTo ?? null;
    await tx.manager.update(Message, { id: part.id, state: 'waiting' }, { replyTo, nextAttemptAt: at });
    tx.ring('message.deliver', part.id, at);
  }

  /** A person has decided about a part: those after it are due from now on, when their turns come. */
  async release(tx: Tx, { threadId, part }: Message): Promise<void> {
    await tx.query(
      `UPDATE messages SET state = 'waiting', due_at = $3, next_attempt_at = NULL, detail = NULL
       WHERE thread_id = $1 AND part > $2 AND state IN ('waiting', 'held')`,
      [threadId, part, tx.now],
    );
  }

  /** A person has stopped the thread at a part: none after it goes out. */
  async stop(tx: Tx, { threadId, part }: Message): Promise<void> {
    await tx.query(
      `UPDATE messages SET state = 'withdrawn', detail = 'Its thread was stopped before it.', next_attempt_at = NULL, settled_at = $3
       WHERE thread_id = $1 AND part > $2 AND state IN ('waiting', 'held', 'refused')`,
      [threadId, part, tx.now],
    );
  }
}

/** The threads that do not go on before a person has decided: one of them, those of an account, or all. */
export async function brokenThreads(
  reader: Pick<Tx, 'query'>,
  { threadId = null, accountId = null }: { threadId?: string | null; accountId?: string | null } = {},
): Promise<Broken<StillPart>[]> {
  const parts = await reader.query<StillPart>(PARTS, [threadId, accountId]);
  const threads = new Map<string, StillPart[]>();
  for (const part of parts) threads.set(part.threadId, [...(threads.get(part.threadId) ?? []), part]);
  return [...threads.values()].map(standingOf).filter((standing) => standing.kind === 'broken');
}

const PARTS = `
  SELECT id, thread_id AS "threadId", account_id AS "accountId", stint_id AS "stintId", author_id AS "authorId", part, state,
    next_attempt_at AS "nextAttemptAt", provider_ref AS "providerRef", data->>'text' AS text, detail, attempts
  FROM messages WHERE thread_id IN (
    SELECT thread_id FROM messages
    WHERE thread_id IS NOT NULL AND state IN ('held', 'refused', 'unknown') AND ($1::uuid IS NULL OR thread_id = $1)
      AND ($2::uuid IS NULL OR account_id = $2))
  ORDER BY thread_id, part`;
