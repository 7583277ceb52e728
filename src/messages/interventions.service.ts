import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { lockAccessShared } from '../credentials/grants.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, Invalid, NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { reason } from './delivery.js';
import type { Change } from './ending.js';
import { Message, type MessageState } from './message.entity.js';
import { Rows } from './rows.service.js';
import { postId } from './settle.js';
import { currentOf } from './threads.js';
import { Threads } from './threads.service.js';
import { Verdicts } from './verdicts.service.js';

/** Which message, and who decides about it. */
export interface Case {
  account: Account;
  messageId: string;
  personId: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What a person decides about a message that does not go on by itself. Each decision is one transaction and audited. */
@Injectable()
export class Interventions {
  constructor(
    private readonly db: Db,
    private readonly verdicts: Verdicts,
    private readonly rows: Rows,
    private readonly threads: Threads,
  ) {}

  /** A message of the account; throws NotFound. */
  async find(account: Account, id: string): Promise<Message> {
    const row = UUID.test(id) ? await this.db.manager.findOneBy(Message, { id, accountId: account.id }) : null;
    if (!row) throw new NotFound('There is no such message.');
    return row;
  }

  /** An unanswered post went through after all, and the network shows it at this address (or under this id). */
  async arrived(which: Case, address: string): Promise<void> {
    await this.decide(which, ['unknown'], 'message.found', async (tx, row) => {
      const providerRef = postId(address, row.startedAt ?? row.createdAt, tx.now);
      if (!providerRef) throw new Invalid('That is not it.', { address: NOT_IT });
      if (await tx.manager.existsBy(Message, { accountId: which.account.id, providerRef })) {
        throw new Invalid('That is not it.', { address: 'That post belongs to another message' });
      }
      return { state: 'sent', providerRef, detail: null, nextAttemptAt: null, settledAt: tx.now };
    });
  }

  /** An unanswered post is not there: it may be sent once more. */
  async repeat(which: Case): Promise<void> {
    await this.decide(which, ['unknown'], 'message.repeated', async (tx, row) => this.sendable(tx, row));
  }

  /** A held post may go out now, if its author may act now. */
  async release(which: Case): Promise<void> {
    await this.decide(which, ['held'], 'message.released', async (tx, row) => this.sendable(tx, row));
  }

  /** It will never be sent, and no part of its thread after it. Of an unanswered post: somebody has looked, it is not there. */
  async withdraw(which: Case): Promise<void> {
    const decision = async (tx: Tx) => withdrawn(tx, 'Withdrawn by the team.');
    await this.decide(which, ['held', 'refused', 'unknown'], 'message.withdrawn', decision, 'stop');
  }

  /** A part of a thread will never be sent; those after it go on without it. */
  async leaveOut(which: Case): Promise<void> {
    await this.decide(which, ['held', 'refused', 'unknown'], 'message.left-out', async (tx, row) => {
      if (!row.threadId) throw new Conflict('It is no part of a thread.');
      await this.sendable(tx, row);
      return withdrawn(tx, `Left out by the team. ${row.detail ?? ''}`.trim());
    });
  }

  /** A letter or an alert that was refused is tried again from the beginning. */
  async retry(which: Case): Promise<void> {
    await this.decide(which, ['refused'], 'message.tried-again', async (tx, row) => {
      if (row.channel === 'post') throw new Conflict('The network has refused this post: write another one.');
      return { state: 'waiting', attempts: 0, detail: null, nextAttemptAt: tx.now, settledAt: null };
    });
  }

  private async sendable(tx: Tx, row: Message): Promise<Change & { dueAt: Date }> {
    if (row.channel === 'post') {
      const { access } = await this.verdicts.accessOf(tx, row, tx);
      if (!access?.allowed) throw new Conflict(`It cannot go out now. ${reason(access?.why ?? 'no-grant')}`);
    }
    // A part is given its turn, and what it answers, with its thread.
    return { state: 'waiting', detail: null, nextAttemptAt: row.threadId ? null : tx.now, dueAt: tx.now };
  }

  private async decide(
    { account, messageId, personId }: Case,
    states: MessageState[],
    verb: `message.${string}`,
    decision: (tx: Tx, row: Message) => Promise<Change>,
    rest: 'release' | 'stop' = 'release',
  ): Promise<void> {
    await this.find(account, messageId);
    await this.db.write([lockAccessShared(account.id), lock('messages', messageId)], async (tx) => {
      const row = await tx.manager.findOneByOrFail(Message, { id: messageId });
      if (!states.includes(row.state))
        throw new Conflict('Somebody, or Baton itself, has settled this message already.');
      if (rest === 'release') await this.demandTurn(tx, row);
      const change = await decision(tx, row);
      await tx.manager.update(Message, messageId, { ...change, leaseUntil: null });
      const facts = { from: row.state, dueAt: row.dueAt, networkId: change.providerRef };
      await this.rows.record(tx, row, { kind: 'person', id: personId }, verb, facts);
      if (change.nextAttemptAt) tx.ring('message.deliver', messageId);
      if (row.threadId) await this.threads[rest](tx, row);
      await this.threads.follow(tx, row);
    });
  }

  /** Of a thread only the first part that is not settled can go on. */
  private async demandTurn(tx: Tx, { id, threadId }: Message): Promise<void> {
    if (threadId && currentOf(await this.threads.parts(tx, threadId))?.id !== id)
      throw new Conflict('A part before it is not settled yet.');
  }
}

function withdrawn(tx: Tx, detail: string): Change {
  return { state: 'withdrawn', detail, nextAttemptAt: null, settledAt: tx.now };
}

const NOT_IT =
  'Enter the address of the post, like https://x.com/nhs/status/1234567890, of a post made after this one began';
