import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import { Audit } from '../audit/audit.service.js';
import type { Actor } from '../audit/entry.js';
import { Accounts } from '../credentials/accounts.service.js';
import { NetworkCosts } from '../credentials/network-costs.service.js';
import { hasLink } from '../networks/text.js';
import { Db } from '../platform/database.service.js';
import { type Lock, lock, type Tx } from '../platform/tx.js';
import type { Change } from './ending.js';
import { Message } from './message.entity.js';
import { mayBecome } from './states.js';
import { Threads } from './threads.service.js';

/** The rows of the outbox as workers own and change them. */
@Injectable()
export class Rows {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
    private readonly threads: Threads,
    private readonly accounts: Accounts,
    private readonly costs: NetworkCosts,
  ) {}

  /** Takes the row for a transaction, which finds it whole; one that another has is not found. */
  lockIfFree(id: string): Lock {
    return { ...lock('messages', id), mode: 'update skip locked', columns: this.columns };
  }

  /** The same, but waits for whoever has it. */
  lock(id: string): Lock {
    return { ...this.lockIfFree(id), mode: 'update' };
  }

  /** Changes a row; whoever calls holds its lock. Every message goes through here twice, which TypeORM's way is slow for. */
  set(tx: Tx, id: string, change: Partial<Message>): void {
    const given = this.db.manager.dataSource
      .getMetadata(Message)
      .columns.filter(({ propertyName }) => propertyName in change);
    const sets = given.map(({ databaseName }, index) => `${databaseName} = $${index + 2}`);
    const values = given.map(({ propertyName }) => change[propertyName as keyof Message]);
    tx.send(`UPDATE messages SET ${sets.join(', ')} WHERE id = $1`, [id, ...values]);
  }

  /** Owns a due row in this state for a while; null when another worker does or it has moved on. */
  lease(id: string, state: 'waiting' | 'unknown'): Promise<Message | null> {
    return this.db.write(async (tx) => {
      const [row] = await tx.query<Message>(
        `UPDATE messages SET lease_until = $2::timestamptz + make_interval(secs => $3)
         WHERE id = $1 AND state = $4 AND next_attempt_at <= $5 AND (lease_until IS NULL OR lease_until <= $2)
         RETURNING ${this.columns}`,
        [id, tx.real, settings.lease / 1000, state, tx.now],
      );
      return row ?? null;
    });
  }

  /** What the service itself makes of a locked row: ends its lease, rings for its next look, and audits public posts. */
  async become(tx: Tx, row: Message, change: Change): Promise<void> {
    if (!mayBecome(row.state, change.state))
      throw new Error(`A message cannot go from ${row.state} to ${change.state}`);
    this.set(tx, row.id, { ...change, leaseUntil: null });
    if (change.nextAttemptAt) tx.ring('message.deliver', row.id, change.nextAttemptAt);
    if (row.channel !== 'post' || change.state === 'waiting') return;
    await this.record(tx, row, { kind: 'system' }, `post.${change.state}`, { networkId: change.providerRef });
    await this.threads.follow(tx, row);
    if (change.state === 'sent') await this.countCost(tx, row, change.providerRef ?? null);
    if (change.state === 'sent' && row.accountId) tx.ring('feed.pull', row.accountId);
    if (change.state === 'sent' && row.accountId && row.stintId) tx.ring('alert.look', row.accountId);
  }

  /** The network's id makes the charge one, however often the post is found. */
  private async countCost(tx: Tx, { accountId: id, data }: Message, networkId: string | null): Promise<void> {
    if (!id || !networkId) return;
    const network = await this.accounts.networkOf(id, tx);
    const plain = data.summoned ? 'summoned-reply' : 'post';
    const kind = hasLink(network, String(data.text)) ? 'post-with-link' : plain;
    await this.costs.count(tx, { id, network }, 'posting', kind, [networkId]);
  }

  async record(tx: Tx, row: Message, actor: Actor, verb: `${string}.${string}`, detail: object): Promise<void> {
    await this.audit.record(tx, {
      accountId: row.accountId,
      actor,
      verb,
      subject: { kind: 'message', id: row.id },
      detail: { stintId: row.stintId, ...detail },
    });
  }

  /** The columns of a row, for a SELECT. */
  get columns(): string {
    return this.db.columnsOf(Message);
  }
}
