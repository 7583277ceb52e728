import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { Grants, lockAccessShared } from '../credentials/grants.service.js';
import { NetworkCosts } from '../credentials/network-costs.service.js';
import { NetworkTokens } from '../credentials/network-tokens.service.js';
import { Networks } from '../networks/networks.service.js';
import { CLOCK_SQL } from '../platform/clock.service.js';
import { Db } from '../platform/database.service.js';
import { NotAllowed, NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { afterDeleting, type DeletionChange, type DeletionState } from './deletion.js';
import { actorOf, type Turn } from './turn.js';

/** A post that went out through Baton. */
export interface PublishedPost {
  id: string;
  text: string;
  networkId: string;
  stintId: string | null;
}

/** The same with how far deleting it is; null where nobody asked for that. */
export interface DeletablePost extends PublishedPost {
  state: DeletionState | null;
  detail: string | null;
  settledAt: Date | null;
}

interface Row {
  accountId: string;
  networkId: string;
  stintId: string | null;
  attempts: number;
}

const BATCH = 20;

/** Deleting at the network what a curator has posted: a row with its outcome, pursued until the network has answered. */
@Injectable()
export class Deletions {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly networks: Networks,
    private readonly tokens: NetworkTokens,
    private readonly costs: NetworkCosts,
    private readonly grants: Grants,
    private readonly audit: Audit,
  ) {}

  /** A post that its author published in this turn; throws NotFound. */
  async one(turn: Turn, personId: string, id: string, reader: Pick<Tx, 'query'> = this.db): Promise<PublishedPost> {
    const [post] = await reader.query<PublishedPost>(
      `SELECT id, data->>'text' AS text, provider_ref AS "networkId", stint_id AS "stintId" FROM messages
       WHERE id = $1 AND stint_id = $2 AND author_id = $3 AND channel = 'post' AND state = 'sent' AND provider_ref IS NOT NULL`,
      [id, turn.stintId, personId],
    );
    if (!post) throw new NotFound('There is no such post of yours.');
    return post;
  }

  /** Any post of an account, for its team; throws NotFound for what did not go out. */
  async any(accountId: string, id: string, reader: Pick<Tx, 'query'> = this.db): Promise<DeletablePost> {
    const [post] = await reader.query<DeletablePost>(
      `SELECT m.id, m.data->>'text' AS text, m.provider_ref AS "networkId", m.stint_id AS "stintId", d.state, d.detail,
         d.settled_at AS "settledAt"
       FROM messages m LEFT JOIN post_deletions d ON d.message_id = m.id
       WHERE m.id = $1 AND m.account_id = $2 AND m.channel = 'post' AND m.state = 'sent' AND m.provider_ref IS NOT NULL`,
      [id, accountId],
    );
    if (!post) throw new NotFound('No such post of this account went out.');
    return post;
  }

  /** Asks for a deletion, or again for one that was refused. Throws NotFound, and NotAllowed while its author may not act. */
  async ask(account: Account, turn: Turn, personId: string, id: string): Promise<void> {
    await this.db.write([lockAccessShared(account.id), lock('messages', id)], async (tx) => {
      const post = await this.one(turn, personId, id, tx);
      const { allowed } = await this.grants.decide(tx, actorOf(turn), account);
      if (!allowed)
        throw new NotAllowed('You can delete posts only while you may post. The team can delete it for you.');
      await this.begin(tx, account.id, personId, post, null);
    });
  }

  /** Asks for the deletion of any post of the account, whoever wrote it and whether or not they may act. Throws NotFound. */
  async askForTeam(account: Account, personId: string, id: string, reason: string): Promise<void> {
    await this.db.write([lock('messages', id)], async (tx) => {
      await this.begin(tx, account.id, personId, await this.any(account.id, id, tx), reason);
    });
  }

  /** Makes the call if it is due and nobody else makes it. Harmless at any time, in any number of processes. */
  async run(id: string): Promise<void> {
    const row = await this.take(id);
    if (!row) return;
    const account = await this.accounts.byId(row.accountId);
    const network = this.networks.for(account.network);
    const outcome = await this.tokens.use(account.id, (access) => network.deletePost(access, row.networkId));
    await this.db.write(async (tx) => {
      const change = afterDeleting(outcome, row.attempts, tx.now, tx.real);
      if (await this.settle(tx, id, change)) await this.follow(tx, account, id, row, change);
    });
  }

  /** What is due and was not rung, or was left by a lost worker. */
  async sweep(): Promise<void> {
    const due = await this.db.query<{ id: string }>(
      `SELECT message_id AS id FROM post_deletions d CROSS JOIN (${CLOCK_SQL}) clock
       WHERE d.state = 'waiting' AND d.next_attempt_at <= clock.now AND (d.lease_until IS NULL OR d.lease_until <= clock.real)
       ORDER BY d.next_attempt_at LIMIT ${BATCH}`,
    );
    for (const { id } of due) await this.run(id);
  }

  private async begin(
    tx: Tx,
    accountId: string,
    personId: string,
    { id, networkId, stintId }: PublishedPost,
    reason: string | null,
  ): Promise<void> {
    const made = await tx.query(
      `INSERT INTO post_deletions (message_id, account_id, asked_by, asked_at, next_attempt_at) VALUES ($1, $2, $3, $4, $4)
       ON CONFLICT (message_id) DO UPDATE SET state = 'waiting', asked_by = $3, asked_at = $4, next_attempt_at = $4,
         detail = NULL, settled_at = NULL WHERE post_deletions.state = 'refused' RETURNING message_id`,
      [id, accountId, personId, tx.now],
    );
    if (made.length === 0) return;
    await this.audit.record(tx, {
      accountId,
      actor: { kind: 'person', id: personId },
      verb: 'post.deletion-asked',
      subject: { kind: 'message', id },
      detail: { networkId, stintId },
      ...(reason ? { particulars: { reason } } : {}),
    });
    tx.ring('post.delete', id);
  }

  private async take(id: string): Promise<Row | null> {
    return this.db.write(async (tx) => {
      const [row] = await tx.query<Row>(
        `UPDATE post_deletions d SET attempts = d.attempts + 1,
           lease_until = $2::timestamptz + make_interval(secs => $4)
         FROM messages m WHERE m.id = d.message_id AND d.message_id = $1 AND d.state = 'waiting' AND d.next_attempt_at <= $3
           AND (d.lease_until IS NULL OR d.lease_until <= $2)
         RETURNING d.account_id AS "accountId", m.provider_ref AS "networkId", m.stint_id AS "stintId", d.attempts`,
        [id, tx.real, tx.now, settings.lease / 1000],
      );
      return row ?? null;
    });
  }

  private async settle(tx: Tx, id: string, { state, nextAttemptAt, detail }: DeletionChange): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE post_deletions SET state = $2, next_attempt_at = $3, detail = $4, lease_until = NULL, settled_at = $5
       WHERE message_id = $1 AND state = 'waiting' RETURNING message_id`,
      [id, state, nextAttemptAt, detail, state === 'waiting' ? null : tx.now],
    );
    return rows.length > 0;
  }

  private async follow(tx: Tx, account: Account, id: string, row: Row, change: DeletionChange): Promise<void> {
    if (change.nextAttemptAt) return tx.ring('post.delete', id, change.nextAttemptAt);
    const done = change.state === 'done';
    await this.audit.record(tx, {
      accountId: account.id,
      actor: { kind: 'system' },
      verb: done ? 'post.deleted' : 'post.deletion-refused',
      subject: { kind: 'message', id },
      detail: { networkId: row.networkId, stintId: row.stintId },
    });
    if (!done) return;
    await this.costs.count(tx, account, 'posting', 'deletion', [row.networkId]);
    // The page of the timeline replaces what the feed holds, so the post goes with it.
    tx.ring('feed.pull', account.id);
  }
}
