import { Injectable } from '@nestjs/common';
import { Accounts } from '../credentials/accounts.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { People } from '../people/people.service.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import { beginningOf } from './beginning.js';

interface StillPost {
  id: string;
  accountId: string;
  stintId: string;
  authorId: string;
  state: 'refused' | 'held' | 'unknown';
  attempts: number;
  text: string;
  detail: string | null;
}

/** Tells curators by letter, once, that a post of theirs is not out, or may not be: they need not sit at their desk. */
@Injectable()
export class PostNews {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly people: People,
    private readonly outbox: Outbox,
  ) {}

  async sweep(): Promise<void> {
    for (const { id } of await this.db.query<StillPost>(STILL, [null])) {
      await this.db.write(async (tx) => {
        const [post] = await tx.query<StillPost>(STILL, [id]);
        if (post) await this.tell(tx, post);
      });
    }
  }

  private async tell(tx: Tx, post: StillPost): Promise<void> {
    const account = await this.accounts.byId(post.accountId, tx);
    const author = await this.people.byId(post.authorId);
    if (!author.email) return;
    await this.outbox.letter(tx, {
      key: `post-stands ${post.id} ${post.state} ${post.attempts}`,
      accountId: account.id,
      cause: { kind: 'stint', id: post.stintId },
      template: 'post-stands',
      data: {
        name: author.name,
        account: account.handle,
        slug: account.slug,
        beginning: beginningOf(post.text),
        how: post.state,
        why: post.detail ?? '',
        help: account.helpContact,
      },
      address: author.email,
      evidence: 'curator',
      dueAt: tx.now,
    });
  }
}

/**
 * Posts of turns that run which do not go on by themselves and were not told of. Threads have letters of their own; what
 * the end of a turn leaves is for the team.
 */
const STILL = `
  SELECT m.id, m.account_id AS "accountId", m.stint_id AS "stintId", m.author_id AS "authorId", m.state, m.attempts,
    m.data->>'text' AS text, m.detail
  FROM messages m JOIN stints s ON s.id = m.stint_id JOIN persons p ON p.id = m.author_id
  WHERE s.state = 'active' AND m.channel = 'post' AND m.thread_id IS NULL AND p.email IS NOT NULL
    AND m.state IN ('refused', 'held', 'unknown') AND (m.state <> 'unknown' OR m.next_attempt_at IS NULL)
    AND ($1::uuid IS NULL OR m.id = $1)
    AND NOT EXISTS (SELECT FROM messages t WHERE t.key = 'post-stands ' || m.id || ' ' || m.state || ' ' || m.attempts)`;
