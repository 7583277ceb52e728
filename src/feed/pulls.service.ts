import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import type { NetworkPost, Outcome } from '../networks/network.js';
import { Db } from '../platform/database.service.js';
import { lock, type Tx } from '../platform/tx.js';
import { FeedCalls } from './feed-calls.service.js';
import { FeedRows, type KeptPost } from './feed-rows.service.js';
import { type Copy, Pictures } from './pictures.service.js';

/** A profile as it is kept. */
export interface KeptProfile {
  name: string;
  handle: string;
  avatarFile: string | null;
}

const PROFILE_EVERY_MS = 24 * 60 * 60_000;

/** Pulls an account's latest posts: one puller at a time over all processes; a failed pull leaves the feed as it was. */
@Injectable()
export class Pulls {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly calls: FeedCalls,
    private readonly pictures: Pictures,
    private readonly rows: FeedRows,
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

  /**
   * Pulls, unless another process is at it: then a wanted pull is made when that one is done, and one that is only
   * due is left to it. True when a good answer was taken in.
   */
  async pull(accountId: string, why: 'wanted' | 'due' = 'wanted'): Promise<boolean> {
    const account = await this.accounts.byId(accountId);
    if (account.connection !== 'api' || !account.networkUserId) return false;
    const lease = await this.claim(accountId, why);
    if (!lease) return false;
    const answer = await this.ask(account, account.networkUserId);
    if (answer.kind !== 'done') {
      await this.failed(accountId, lease, answer);
      return false;
    }
    const copies = await this.copies(accountId);
    const posts = await Promise.all(answer.value.map((post) => this.withCopies(post, copies)));
    return this.take(account, lease, posts, await this.profileIfDue(account));
  }

  /** The next look is set when one begins, so that a pull that is wanted meanwhile can ask for another. */
  private claim(accountId: string, why: 'wanted' | 'due'): Promise<Date | null> {
    return this.db.write([lock('feeds', accountId, 'account_id')], async (tx) => {
      const until = new Date(tx.real.getTime() + settings.lease);
      const rows = await tx.query(
        `UPDATE feeds SET pull_lease_until = $3, next_pull_at = $4
         WHERE account_id = $1 AND (pull_lease_until IS NULL OR pull_lease_until < $2)
           AND ($5 = 'wanted' OR next_pull_at <= $6 OR pull_lease_until < $2) RETURNING account_id`,
        [accountId, tx.real, until, new Date(tx.now.getTime() + settings.feedEvery), why, tx.now],
      );
      if (rows.length === 1) return until;
      if (why === 'wanted')
        await tx.query('UPDATE feeds SET next_pull_at = $2 WHERE account_id = $1', [accountId, tx.now]);
      return null;
    });
  }

  /** Asks the network. An empty page where we hold posts is believed only when the posts themselves are gone too. */
  private async ask(account: Account, userId: string): Promise<Outcome<NetworkPost[]>> {
    const page = await this.calls.page(account, userId, {
      limit: settings.feedPosts,
      exclude: ['replies', 'reposts'],
    });
    if (page.kind !== 'done') return page;
    const held = page.value.posts.length === 0 ? await this.heldIds(account.id) : [];
    if (held.length === 0) return { kind: 'done', value: page.value.posts };
    const found = await this.calls.lookUp(account, held);
    if (found.kind !== 'done') return found;
    if (found.value.posts.length === 0) return { kind: 'done', value: [] };
    const detail = 'The network gave an empty page although its posts are there.';
    return { kind: 'later', at: null, why: 'unavailable', detail };
  }

  private async heldIds(accountId: string): Promise<string[]> {
    const rows = await this.db.query<{ network_id: string }>(
      'SELECT network_id FROM feed_posts WHERE account_id = $1 ORDER BY posted_at DESC LIMIT $2',
      [accountId, settings.feedPosts],
    );
    return rows.map((row) => row.network_id);
  }

  /** A failure is never a deletion: nothing is taken away, the age goes on growing. */
  private async failed(accountId: string, lease: Date, answer: Outcome<unknown>): Promise<void> {
    const why = 'detail' in answer ? answer.detail : answer.kind;
    await this.ending(accountId, lease, async (tx) => {
      const wait = answer.kind === 'later' && answer.at ? answer.at.getTime() - tx.real.getTime() : 0;
      const [before] = await tx.query<{ failing_since: Date | null }>(
        'SELECT failing_since FROM feeds WHERE account_id = $1',
        [accountId],
      );
      await tx.query(
        `UPDATE feeds SET failing_since = coalesce(failing_since, $2), failure = $3, next_pull_at = greatest(next_pull_at, $4)
         WHERE account_id = $1`,
        [accountId, tx.now, why, new Date(tx.now.getTime() + wait)],
      );
      if (!before?.failing_since) await this.rows.changed(tx, accountId);
    });
  }

  private take(account: Account, lease: Date, posts: KeptPost[], profile: KeptProfile | null): Promise<boolean> {
    return this.ending(account.id, lease, async (tx) => {
      await this.rows.take(tx, account.id, posts);
      await tx.query(
        `UPDATE feeds SET pulled_at = $2, failing_since = NULL, failure = NULL, profile = coalesce($3, profile),
                profile_pulled_at = CASE WHEN $3::jsonb IS NULL THEN profile_pulled_at ELSE $2 END
         WHERE account_id = $1`,
        [account.id, tx.now, profile ? JSON.stringify(profile) : null],
      );
      await this.rows.changed(tx, account.id);
    });
  }

  /** Gives the lease back with what came of it; false when somebody else has taken over, whose look is the newer. */
  private ending(accountId: string, lease: Date, work: (tx: Tx) => Promise<void>): Promise<boolean> {
    return this.db.write([lock('feeds', accountId, 'account_id')], async (tx) => {
      const held = await tx.query(
        `UPDATE feeds SET pull_lease_until = NULL WHERE account_id = $1 AND pull_lease_until = $2 RETURNING account_id`,
        [accountId, lease],
      );
      if (held.length === 1) await work(tx);
      return held.length === 1;
    });
  }

  /** The copies made at earlier looks: a picture is fetched once, and stays when it cannot be fetched again. */
  private async copies(accountId: string): Promise<Record<string, Copy>> {
    const rows = await this.db.query<{ copies: Record<string, Copy> }>(
      `SELECT post->'copies' AS copies FROM feed_posts WHERE account_id = $1 ORDER BY posted_at DESC LIMIT $2`,
      [accountId, 2 * settings.feedPosts],
    );
    return Object.assign({}, ...rows.map((row) => row.copies));
  }

  private async withCopies(post: NetworkPost, known: Record<string, Copy>): Promise<KeptPost> {
    const copies: KeptPost['copies'] = {};
    for (const { key, type, url, previewUrl } of post.media) {
      const address = type === 'photo' ? url : previewUrl;
      const copy = known[key] ?? (address ? await this.pictures.copy(address, 1200) : null);
      if (copy) copies[key] = copy;
    }
    return { ...post, copies };
  }

  /** The profile costs more than posts do: once a day. */
  private async profileIfDue(account: Account): Promise<KeptProfile | null> {
    const [row] = await this.db.query<{ due: boolean }>(
      'SELECT profile_pulled_at IS NULL OR profile_pulled_at < $2 AS due FROM feeds WHERE account_id = $1',
      [account.id, new Date((await this.db.now()).getTime() - PROFILE_EVERY_MS)],
    );
    if (!row?.due) return null;
    const answer = await this.calls.profile(account);
    if (answer.kind !== 'done') return null;
    const { name, handle, pictureUrl } = answer.value;
    const avatar = pictureUrl ? await this.pictures.copy(pictureUrl, 96) : null;
    return { name, handle, avatarFile: avatar?.file ?? null };
  }
}
