import { Injectable } from '@nestjs/common';
import { Accounts } from '../credentials/accounts.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { numbersOf } from '../messages/thread-words.js';
import type { Broken } from '../messages/threads.js';
import { brokenThreads, type StillPart } from '../messages/threads.service.js';
import { People } from '../people/people.service.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import { beginningOf } from './beginning.js';

/** Tells curators by letter that a thread of theirs stands still, once for each standstill. The team has its alerts. */
@Injectable()
export class ThreadNews {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly people: People,
    private readonly outbox: Outbox,
  ) {}

  /** Every thread, in case one was not rung. */
  async sweep(): Promise<void> {
    for (const { at } of await brokenThreads(this.db)) await this.look(at.threadId);
  }

  async look(threadId: string): Promise<void> {
    const [seen] = await brokenThreads(this.db, { threadId });
    if (!seen?.at.authorId || (await this.told(seen.at))) return;
    await this.db.write(async (tx) => {
      const [thread] = await brokenThreads(tx, { threadId });
      if (thread) await this.tell(tx, thread);
    });
  }

  private async told(at: StillPart): Promise<boolean> {
    return (await this.db.query('SELECT 1 FROM messages WHERE key = $1', [keyOf(at)])).length > 0;
  }

  private async tell(tx: Tx, { at, out, rest, ...thread }: Broken<StillPart>): Promise<void> {
    const account = await this.accounts.byId(at.accountId, tx);
    const author = at.authorId ? await this.people.byId(at.authorId) : null;
    if (!author?.email) return;
    await this.outbox.letter(tx, {
      key: keyOf(at),
      accountId: account.id,
      cause: at.stintId ? { kind: 'stint', id: at.stintId } : { kind: 'account', id: account.id },
      template: 'thread-broken',
      data: {
        name: author.name,
        account: account.handle,
        slug: account.slug,
        beginning: beginningOf((out[0] ?? at).text),
        still: numbersOf({ ...thread, at, out, rest }),
        why: at.detail ?? '',
        help: account.helpContact,
      },
      address: author.email,
      evidence: 'curator',
      dueAt: tx.now,
    });
  }
}

/** A part that stands still again after somebody has decided is told again. */
function keyOf({ id, state, attempts }: StillPart): string {
  return `thread-broken ${id} ${state} ${attempts}`;
}
