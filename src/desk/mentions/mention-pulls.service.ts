import { Injectable } from '@nestjs/common';
import { settings } from '../../../config/settings.js';
import type { Account } from '../../credentials/account.entity.js';
import { Accounts } from '../../credentials/accounts.service.js';
import { NetworkBudgets } from '../../credentials/network-budgets.service.js';
import type { Author, NetworkPost, Outcome } from '../../networks/network.js';
import { Db } from '../../platform/database.service.js';
import { lock, type Tx } from '../../platform/tx.js';
import { nextDay, nextLook, nextTry, type Rhythm, roomFor, SMALLEST_PAGE, sinceFor } from './cadence.js';
import { speaks } from './mention.js';
import { MentionCalls } from './mention-calls.service.js';
import { MentionRows } from './mention-rows.service.js';

/** Somebody is on duty on the account of `p`, was until a while ago, or will be soon: `$1` to `$3` are those instants. */
export const AROUND_DUTY = `(EXISTS (SELECT 1 FROM grants g WHERE g.account_id = p.account_id AND g.opens_at <= $1
    AND least(g.ends_at, g.closed_at) > $2)
  OR EXISTS (SELECT 1 FROM stints s WHERE s.account_id = p.account_id AND s.state IN ('confirmed', 'active')
    AND s.starts_at <= $3 AND s.ends_at > $1))`;

/** The instants that AROUND_DUTY asks for. */
export function aroundDuty(now: Date): Date[] {
  const shifted = (by: number) => new Date(now.getTime() + by);
  return [now, shifted(-settings.mentionsAround), shifted(settings.mentionsAround)];
}

/** A look that may be made: until when its process owns it, from where, and how much of it the budget pays for. */
interface Claim {
  lease: Date;
  sinceId: string | null;
  room: number;
}

interface Read {
  posts: NetworkPost[];
  authors: Author[];
  /** Whether there was more than was read. */
  overflowed: boolean;
}

/** Pulls what speaks to an account: one puller at a time over all processes, while somebody is on duty. */
@Injectable()
export class MentionPulls {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly budgets: NetworkBudgets,
    private readonly calls: MentionCalls,
    private readonly rows: MentionRows,
  ) {}

  /** Accounts whose look is due, or was begun by a process that is gone. */
  async due(): Promise<string[]> {
    const rows = await this.db.query<{ accountId: string }>(
      `SELECT p.account_id AS "accountId" FROM mention_pulls p
       WHERE (p.next_pull_at <= $1 OR p.pull_lease_until < clock_timestamp()) AND ${AROUND_DUTY}
       ORDER BY p.next_pull_at LIMIT 20`,
      aroundDuty(await this.db.now()),
    );
    return rows.map(({ accountId }) => accountId);
  }

  /** Lets the next look come now, but soon after one that went well, or while looks fail, when it is due. */
  async wish(tx: Tx, accountId: string): Promise<void> {
    const soonest = new Date(tx.now.getTime() - settings.mentionsAgain);
    const rows = await tx.query(
      `UPDATE mention_pulls SET next_pull_at = $2 WHERE account_id = $1 AND failing_since IS NULL
         AND (pulled_at IS NULL OR pulled_at <= $3) RETURNING 1`,
      [accountId, tx.now, soonest],
    );
    if (rows.length > 0) tx.ring('mention.pull', accountId);
  }

  /** Pulls if it is due and nobody else is at it. Harmless at any time. A failed pull leaves everything as it was. */
  async pull(accountId: string): Promise<void> {
    const account = await this.accounts.byId(accountId);
    if (account.connection !== 'api' || !account.networkUserId) return;
    const claim = await this.claim(account);
    if (!claim) return;
    const answer = await this.read(account, account.networkUserId, claim);
    if (answer.kind === 'done') await this.take(account, claim, answer.value);
    else await this.failed(account, claim, answer);
  }

  /** The next look is set when one begins. One that the day's budget does not pay for is put off to the next day. */
  private claim(account: Account): Promise<Claim | null> {
    return this.db.write([lock('mention_pulls', account.id, 'account_id')], async (tx) => {
      const [row] = await tx.query<{ newestId: string | null }>(
        `SELECT p.newest_id AS "newestId" FROM mention_pulls p WHERE p.account_id = $4
           AND (p.pull_lease_until IS NULL OR p.pull_lease_until < $5)
           AND (p.next_pull_at <= $1 OR p.pull_lease_until < $5) AND ${AROUND_DUTY}`,
        [...aroundDuty(tx.now), account.id, tx.real],
      );
      if (!row) return null;
      const rhythm = await this.rhythm(tx, account);
      const room = roomFor(account.network, rhythm.use, settings.mentionsPage * settings.mentionPages);
      const lease = room > 0 ? new Date(tx.real.getTime() + settings.lease) : null;
      const next = room > 0 ? nextLook(rhythm, tx.now) : nextDay(tx.now);
      await tx.query('UPDATE mention_pulls SET pull_lease_until = $2, next_pull_at = $3 WHERE account_id = $1', [
        ...[account.id, lease, next],
      ]);
      return lease && { lease, sinceId: row.newestId && sinceFor(row.newestId), room };
    });
  }

  /**
   * Page by page from the newest back to what is known, as far as the budget and a few pages reach: what is older then
   * stays unread, and is said to. The first look of all takes one page.
   */
  private async read(account: Account, userId: string, { sinceId, room }: Claim): Promise<Outcome<Read>> {
    const read: Read = { posts: [], authors: [], overflowed: false };
    let pageToken: string | undefined;
    for (let pages = 0; pages < settings.mentionPages; pages += 1) {
      const limit = Math.min(settings.mentionsPage, room - read.posts.length);
      const from = { ...(sinceId ? { sinceId } : {}), ...(pageToken ? { pageToken } : {}) };
      const page = await this.calls.page(account, userId, { limit, ...from });
      if (page.kind !== 'done') return page;
      read.posts.push(...page.value.posts);
      read.authors.push(...page.value.authors);
      pageToken = page.value.nextPage ?? undefined;
      if (!pageToken || !sinceId || room - read.posts.length < SMALLEST_PAGE) break;
    }
    return { kind: 'done', value: { ...read, overflowed: sinceId !== null && pageToken !== undefined } };
  }

  private async take(account: Account, { lease }: Claim, { posts, authors, overflowed }: Read): Promise<void> {
    const known = new Map(authors.map((author) => [author.id, author]));
    const spoken = posts
      .filter((post) => speaks(post, account))
      .map((post) => ({ post, author: known.get(post.authorId ?? '') ?? null }));
    await this.ending(account.id, lease, async (tx) => {
      await this.rows.take(tx, account.id, spoken);
      await tx.query(
        `UPDATE mention_pulls SET pulled_at = $2, failing_since = NULL, failure = NULL, 
           newest_id = greatest($3::numeric, newest_id::numeric)::text,
           overflowed_at = CASE WHEN $4 THEN $2 ELSE overflowed_at END WHERE account_id = $1`,
        [account.id, tx.now, posts[0]?.id ?? null, overflowed],
      );
    });
  }

  private async failed(account: Account, { lease }: Claim, answer: Outcome<unknown>): Promise<void> {
    await this.ending(account.id, lease, async (tx) => {
      const next = nextTry(answer, await this.rhythm(tx, account), tx.now, tx.real);
      await tx.query(
        `UPDATE mention_pulls SET failing_since = coalesce(failing_since, $2), failure = $3,
           next_pull_at = greatest(next_pull_at, $4) WHERE account_id = $1`,
        [account.id, tx.now, 'detail' in answer ? answer.detail : answer.kind, next],
      );
    });
  }

  /** Gives the lease back with what came of it; nothing when somebody else has taken over, whose look is the newer. */
  private async ending(accountId: string, lease: Date, work: (tx: Tx) => Promise<void>): Promise<void> {
    await this.db.write([lock('mention_pulls', accountId, 'account_id')], async (tx) => {
      const held = await tx.query(
        `UPDATE mention_pulls SET pull_lease_until = NULL WHERE account_id = $1 AND pull_lease_until = $2 RETURNING 1`,
        [accountId, lease],
      );
      if (held.length === 1) await work(tx);
    });
  }

  private async rhythm(tx: Tx, { id, zone, postingHours }: Account): Promise<Rhythm> {
    return { zone, hours: postingHours, use: await this.budgets.used(id, tx.now, tx) };
  }
}
