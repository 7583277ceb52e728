import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { Grants } from '../credentials/grants.service.js';
import { NetworkTokens } from '../credentials/network-tokens.service.js';
import { Deliveries } from '../messages/deliveries.service.js';
import { instantOf, type NetworkPost, type NetworkProfile, type Outcome } from '../networks/network.js';
import { Networks } from '../networks/networks.service.js';
import { Db } from '../platform/database.service.js';
import { Signals } from '../platform/signals.service.js';
import { lock, type Tx } from '../platform/tx.js';
import { creditOf, type HeldGrant, type OwnPost } from './credit.js';
import { type Copy, Pictures } from './pictures.service.js';
import { storable } from './storable.js';

/** A post as it is kept: what the network said, and our copies of its pictures by media key. */
export interface KeptPost extends NetworkPost {
  copies: Record<string, Copy>;
}

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
    private readonly networks: Networks,
    private readonly tokens: NetworkTokens,
    private readonly grants: Grants,
    private readonly deliveries: Deliveries,
    private readonly pictures: Pictures,
    private readonly signals: Signals,
  ) {}

  /** Pulls now, unless another process does. True when a good answer was taken in. */
  async pull(accountId: string): Promise<boolean> {
    const account = await this.accounts.byId(accountId);
    if (account.connection !== 'api' || !account.networkUserId || !(await this.claim(accountId))) return false;
    const userId = account.networkUserId;
    const network = this.networks.for(account.network);
    const answer = await this.tokens.use(accountId, (access) =>
      network.posts(access, userId, { limit: settings.feedPosts, exclude: ['replies', 'reposts'] }),
    );
    if (answer.kind !== 'done') {
      await this.failed(accountId, answer);
      return false;
    }
    const copies = await this.copies(accountId);
    const posts = await Promise.all(answer.value.posts.map((post) => this.withCopies(post, copies)));
    const profile = await this.profileIfDue(account);
    await this.take(account, posts, profile);
    return true;
  }

  private claim(accountId: string): Promise<boolean> {
    return this.db.write([lock('feeds', accountId, 'account_id')], async (tx) => {
      const rows = await tx.query(
        `UPDATE feeds SET pull_lease_until = $2::timestamptz + make_interval(secs => $3) WHERE account_id = $1
         AND (pull_lease_until IS NULL OR pull_lease_until < $2) RETURNING account_id`,
        [accountId, tx.real, settings.lease / 1000],
      );
      return rows.length === 1;
    });
  }

  /** A failure is never a deletion: nothing is taken away, the age goes on growing. */
  private async failed(accountId: string, answer: Outcome<unknown>): Promise<void> {
    const why = 'detail' in answer ? answer.detail : answer.kind;
    await this.db.write([lock('feeds', accountId, 'account_id')], async (tx) => {
      const later = new Date(tx.now.getTime() + settings.feedEvery);
      const next = answer.kind === 'later' && answer.at && answer.at > later ? answer.at : later;
      const [before] = await tx.query<{ failing_since: Date | null }>(
        'SELECT failing_since FROM feeds WHERE account_id = $1',
        [accountId],
      );
      await tx.query(
        `UPDATE feeds SET failing_since = coalesce(failing_since, $2), failure = $3, next_pull_at = $4, pull_lease_until = NULL
         WHERE account_id = $1`,
        [accountId, tx.now, why, next],
      );
      if (!before?.failing_since) await this.changed(tx, accountId);
    });
  }

  /** Each page replaces what we hold within its window; what X no longer shows is gone. */
  private async take(account: Account, posts: KeptPost[], profile: KeptProfile | null): Promise<void> {
    await this.db.write([lock('feeds', account.id, 'account_id')], async (tx) => {
      const last = posts.at(-1);
      const full = posts.length >= settings.feedPosts;
      await tx.query(
        'DELETE FROM feed_posts WHERE account_id = $1 AND NOT (network_id = ANY($2)) AND ($3::timestamptz IS NULL OR posted_at >= $3)',
        [account.id, posts.map((post) => post.id), last && full ? instantOf(last.id) : null],
      );
      for (const post of posts) await this.keep(tx, account.id, post);
      await this.deliveries.settleUnknown(tx, account.id, posts);
      await this.credit(tx, account.id);
      await tx.query(
        `UPDATE feeds SET pulled_at = $2, next_pull_at = $3, failing_since = NULL, failure = NULL, pull_lease_until = NULL,
                profile = coalesce($4, profile), profile_pulled_at = CASE WHEN $4::jsonb IS NULL THEN profile_pulled_at ELSE $2 END
         WHERE account_id = $1`,
        [account.id, tx.now, new Date(tx.now.getTime() + settings.feedEvery), profile ? JSON.stringify(profile) : null],
      );
      await this.changed(tx, account.id);
    });
  }

  private async keep(tx: Tx, accountId: string, post: KeptPost): Promise<void> {
    await tx.query(
      `INSERT INTO feed_posts (account_id, network_id, posted_at, post, credited_by, seen_at) VALUES ($1, $2, $3, $4, 'house', $5)
       ON CONFLICT (account_id, network_id) DO UPDATE SET post = excluded.post, seen_at = excluded.seen_at`,
      [accountId, post.id, instantOf(post.id), storable(post), tx.now],
    );
  }

  /** Credits every post of the last look anew, except those that an organiser has credited by hand. */
  private async credit(tx: Tx, accountId: string): Promise<void> {
    const { grants, holds } = await this.grants.rows(tx, accountId);
    const posts = await tx.query<{ id: string; postedAt: Date; own: OwnPost | null }>(
      `SELECT p.network_id AS id, p.posted_at AS "postedAt",
              CASE WHEN m.id IS NOT NULL THEN jsonb_build_object('stintId', m.stint_id, 'authorId', m.author_id) END AS own
       FROM feed_posts p LEFT JOIN messages m
         ON m.account_id = p.account_id AND m.channel = 'post' AND m.provider_ref = p.network_id
       WHERE p.account_id = $1 AND p.seen_at = $2 AND p.credited_by <> 'organiser'`,
      [accountId, tx.now],
    );
    for (const { id, postedAt, own } of posts) {
      const credit = creditOf(postedAt, own ?? undefined, grants as HeldGrant[], holds);
      await tx.query(
        'UPDATE feed_posts SET stint_id = $3, person_id = $4, credited_by = $5 WHERE account_id = $1 AND network_id = $2',
        [accountId, id, credit.stintId, credit.personId, credit.by],
      );
    }
  }

  /** Raises the version and tells every process. The transaction must hold the feed's row. */
  async changed(tx: Tx, accountId: string): Promise<void> {
    await tx.query('UPDATE feeds SET version = version + 1, changed_at = $2 WHERE account_id = $1', [
      accountId,
      tx.now,
    ]);
    await this.signals.send(tx, 'feed', accountId);
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
    const answer: Outcome<NetworkProfile> = await this.tokens.use(account.id, (access) =>
      this.networks.for(account.network).me(access),
    );
    if (answer.kind !== 'done') return null;
    const { name, handle, pictureUrl } = answer.value;
    const avatar = pictureUrl ? await this.pictures.copy(pictureUrl, 96) : null;
    return { name, handle, avatarFile: avatar?.file ?? null };
  }
}
