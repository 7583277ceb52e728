import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { NetworkBudgets } from '../credentials/network-budgets.service.js';
import type { Outcome } from '../networks/network.js';
import { Db } from '../platform/database.service.js';
import { lock, type Tx } from '../platform/tx.js';
import { nextLook, nextTry, type Rhythm } from './cadence.js';
import { Copies } from './copies.service.js';
import { FeedProfile, type KeptProfile } from './feed-profile.service.js';
import { FeedRows, type Taken } from './feed-rows.service.js';
import { Originals } from './originals.service.js';
import { type Newest, Timeline } from './timeline.service.js';

/** What came of a look at the network. `busy`: another process is at it. */
export type Look = ({ kind: 'done' } & Taken) | { kind: 'failed'; why: string } | { kind: 'busy' } | { kind: 'off' };

/** Pulls an account's latest posts: one puller at a time over all processes; a failed pull leaves the feed as it was. */
@Injectable()
export class Pulls {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly timeline: Timeline,
    private readonly copies: Copies,
    private readonly originals: Originals,
    private readonly profile: FeedProfile,
    private readonly rows: FeedRows,
    private readonly budgets: NetworkBudgets,
  ) {}

  /** Feeds whose look is due, or was begun by a process that is gone. */
  async due(): Promise<string[]> {
    const rows = await this.db.query<{ account_id: string }>(
      `SELECT account_id FROM feeds WHERE next_pull_at <= $1 OR pull_lease_until < clock_timestamp()
       ORDER BY next_pull_at LIMIT 20`,
      [await this.db.now()],
    );
    return rows.map((row) => row.account_id);
  }

  /** True when a good answer was taken in. */
  async pull(accountId: string, why: 'wanted' | 'due' = 'wanted'): Promise<boolean> {
    return (await this.look(accountId, why)).kind === 'done';
  }

  /**
   * Pulls, unless another process is at it: then a wanted pull is made when that one is done, and one that is only
   * due is left to it. By hand it asks for the profile too.
   */
  async look(accountId: string, why: 'by hand' | 'wanted' | 'due'): Promise<Look> {
    const account = await this.accounts.byId(accountId);
    if (account.connection !== 'api' || !account.networkUserId) return { kind: 'off' };
    const lease = await this.claim(account, why === 'due' ? 'due' : 'wanted');
    if (!lease) return { kind: 'busy' };
    if (why === 'by hand') await this.db.write((tx) => this.budgets.tryAgain(tx, accountId));
    const answer = await this.timeline.newest(account, account.networkUserId);
    if (answer.kind !== 'done') return this.failed(account, lease, answer);
    return this.take(account, lease, answer.value, await this.profile.ifDue(account, why === 'by hand'));
  }

  /** The next look is set when one begins, so that a pull that is wanted meanwhile can ask for another. */
  private claim(account: Account, why: 'wanted' | 'due'): Promise<Date | null> {
    return this.db.write([lock('feeds', account.id, 'account_id')], async (tx) => {
      const until = new Date(tx.real.getTime() + settings.lease);
      const rows = await tx.query(
        `UPDATE feeds SET pull_lease_until = $3, next_pull_at = $4
         WHERE account_id = $1 AND (pull_lease_until IS NULL OR pull_lease_until < $2)
           AND ($5 = 'wanted' OR next_pull_at <= $6 OR pull_lease_until < $2) RETURNING account_id`,
        [account.id, tx.real, until, nextLook(await this.rhythm(tx, account), tx.now), why, tx.now],
      );
      if (rows.length === 1) return until;
      if (why === 'wanted')
        await tx.query('UPDATE feeds SET next_pull_at = $2 WHERE account_id = $1', [account.id, tx.now]);
      return null;
    });
  }

  /** A failure is never a deletion: nothing is taken away, the age goes on growing. */
  private async failed(account: Account, lease: Date, answer: Outcome<unknown>): Promise<Look> {
    const why = 'detail' in answer ? answer.detail : answer.kind;
    await this.ending(account.id, lease, async (tx) => {
      const [before] = await tx.query<{ failing_since: Date | null }>(
        'SELECT failing_since FROM feeds WHERE account_id = $1',
        [account.id],
      );
      await tx.query(
        `UPDATE feeds SET failing_since = coalesce(failing_since, $2), failure = $3, next_pull_at = greatest(next_pull_at, $4)
         WHERE account_id = $1`,
        [account.id, tx.now, why, nextTry(answer, await this.rhythm(tx, account), tx.now, tx.real)],
      );
      if (!before?.failing_since) await this.rows.changed(tx, account.id);
    });
    return { kind: 'failed', why };
  }

  private async take(
    account: Account,
    lease: Date,
    { posts, gone }: Newest,
    profile: KeptProfile | null,
  ): Promise<Look> {
    const kept = await this.copies.of(account.id, posts);
    await this.originals.complete(account, posts);
    const taken = await this.ending(account.id, lease, async (tx) => {
      const change = await this.rows.take(tx, account.id, kept, gone);
      if (change.gone > 0) await this.originals.forget(tx, account.id);
      await this.pulled(tx, account, profile);
      return change;
    });
    return taken ? { kind: 'done', ...taken } : { kind: 'busy' };
  }

  private async pulled(tx: Tx, account: Account, profile: KeptProfile | null): Promise<void> {
    await tx.query(
      `UPDATE feeds SET pulled_at = $2, failing_since = NULL, failure = NULL, profile = coalesce($3, profile),
              profile_pulled_at = CASE WHEN $3::jsonb IS NULL THEN profile_pulled_at ELSE $2 END,
              next_pull_at = least(next_pull_at, $4) WHERE account_id = $1`,
      [account.id, tx.now, profile ? JSON.stringify(profile) : null, nextLook(await this.rhythm(tx, account), tx.now)],
    );
    await this.rows.changed(tx, account.id);
  }

  /** Gives the lease back with what came of it; null when somebody else has taken over, whose look is the newer. */
  private ending<T>(accountId: string, lease: Date, work: (tx: Tx) => Promise<T>): Promise<T | null> {
    return this.db.write([lock('feeds', accountId, 'account_id')], async (tx) => {
      const held = await tx.query(
        `UPDATE feeds SET pull_lease_until = NULL WHERE account_id = $1 AND pull_lease_until = $2 RETURNING account_id`,
        [accountId, lease],
      );
      return held.length === 1 ? work(tx) : null;
    });
  }

  private async rhythm(tx: Tx, { id, zone, postingHours }: Account): Promise<Rhythm> {
    const use = await this.budgets.used(id, tx.now, tx);
    const postedAt = await this.rows.lastPosted(tx, id);
    return { zone, hours: postingHours, postedAt, slowdown: use?.slowdown ?? 1 };
  }
}
