import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { NetworkPost, NewPoll } from '../networks/network.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import { Message, MessageMedia } from './message.entity.js';
import { PostChannel } from './post.channel.js';
import { Rows } from './rows.service.js';
import { nextLook, SKEW_MS, settles } from './settle.js';

const ASK_AGAIN_MS = 60_000;

/** Finds out what became of posts whose create call was not answered. It only ever reads from the network. */
@Injectable()
export class Settling {
  constructor(
    private readonly db: Db,
    private readonly rows: Rows,
    private readonly posts: PostChannel,
  ) {}

  /** Asks the account's own timeline. Not found after the last look, the post stays unknown before a person. */
  async lookUp({ id, accountId, startedAt }: Message): Promise<void> {
    if (!accountId || !(await this.rows.lease(id, 'unknown'))) return;
    const since = startedAt ?? (await this.db.now());
    const answer = await this.posts.timeline(accountId, new Date(since.getTime() - SKEW_MS));
    await this.db.write(async (tx) => {
      if (answer.kind === 'done') await this.settleUnknown(tx, accountId, answer.value);
      const next = answer.kind === 'done' ? nextLook(since, tx.now) : new Date(tx.now.getTime() + ASK_AGAIN_MS);
      const [left] = await tx.query<{ threadId: string | null }>(
        `UPDATE messages SET next_attempt_at = $2, lease_until = NULL WHERE id = $1 AND state = 'unknown'
         RETURNING thread_id AS "threadId"`,
        [id, next],
      );
      if (left && next) tx.ring('message.deliver', id, next);
      if (left?.threadId && !next) tx.ring('thread.look', left.threadId);
    });
  }

  /** Settles every post of the account that has an unanswered call behind it, decided about or not, and is among these. */
  async settleUnknown(tx: Tx, accountId: string, posts: NetworkPost[]): Promise<void> {
    const rows = await tx.query<Message>(
      `SELECT ${this.rows.columns} FROM messages
       WHERE account_id = $1 AND channel = 'post' AND state IN ('unknown', 'waiting', 'held') AND started_at IS NOT NULL
       ORDER BY started_at FOR UPDATE SKIP LOCKED`,
      [accountId],
    );
    if (rows.length === 0) return;
    const taken = await this.taken(tx, accountId, posts);
    for (const row of rows) {
      const networkId = await this.find(tx, row, posts, taken);
      if (!networkId) continue;
      taken.add(networkId);
      await this.rows.become(tx, row, {
        state: 'sent',
        providerRef: networkId,
        detail: 'The network did not answer; it was found on the timeline.',
        nextAttemptAt: null,
        settledAt: tx.now,
      });
    }
  }

  /** The posts that are known to be other rows, or may be of calls that are under way. */
  private async taken(tx: Tx, accountId: string, posts: NetworkPost[]): Promise<Set<string>> {
    const known = await tx.manager.find(Message, {
      where: { accountId, channel: 'post', providerRef: In(posts.map((post) => post.id)) },
    });
    const taken = new Set(known.flatMap((row) => row.providerRef ?? []));
    const sending = await tx.query<Message>(
      `SELECT ${this.rows.columns} FROM messages WHERE account_id = $1 AND channel = 'post' AND state = 'sending'`,
      [accountId],
    );
    for (const row of sending) {
      const networkId = await this.find(tx, row, posts, taken);
      if (networkId) taken.add(networkId);
    }
    return taken;
  }

  private async find(tx: Tx, row: Message, posts: NetworkPost[], taken: Set<string>): Promise<string | null> {
    const unanswered = {
      text: String(row.data.text),
      pictures: await tx.manager.countBy(MessageMedia, { messageId: row.id }),
      options: (row.data.poll as NewPoll | undefined)?.options ?? null,
      startedAt: row.startedAt ?? row.createdAt,
      // A part that a restore made unknown has not been told whom it answers.
      replyTo: (row.part ?? 1) > 1 && !row.replyTo ? undefined : row.replyTo,
    };
    return settles(
      unanswered,
      posts.filter((post) => !taken.has(post.id)),
    );
  }
}
