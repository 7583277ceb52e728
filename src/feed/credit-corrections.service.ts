import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Db } from '../platform/database.service.js';
import { NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { FeedRows } from './feed-rows.service.js';

/** A turn that a post may be credited to. */
export interface Turn {
  id: string;
  name: string;
  startsAt: Date;
  endsAt: Date;
}

/** A kept post, and the correction that it has. */
export interface CreditedPost {
  id: string;
  postedAt: Date;
  text: string;
  stintId: string | null;
  curator: string | null;
  reason: string | null;
}

const CORRECTS = `(c.network_id = p.network_id OR jsonb_exists(p.post->'editHistoryIds', c.network_id))`;

/** An organiser's word on who made a post. It stands above every rule, for every later version of the post, until it is undone. */
@Injectable()
export class CreditCorrections {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
    private readonly rows: FeedRows,
  ) {}

  async look(accountId: string, postId: string): Promise<{ post: CreditedPost; turns: Turn[] }> {
    const [post] = await this.db.query<CreditedPost>(
      `SELECT p.network_id AS id, p.posted_at AS "postedAt", p.post->>'text' AS text, p.stint_id AS "stintId",
              n.shown_name AS curator, (SELECT c.reason FROM credit_corrections c
                WHERE c.account_id = p.account_id AND ${CORRECTS} ORDER BY c.corrected_at DESC LIMIT 1) AS reason
       FROM feed_posts p LEFT JOIN persons n ON n.id = p.person_id WHERE p.account_id = $1 AND p.network_id = $2`,
      [accountId, postId],
    );
    if (!post) throw new NotFound('There is no such post.');
    const turns = await this.db.query<Turn>(
      `SELECT s.id, n.shown_name AS name, s.starts_at AS "startsAt", s.ends_at AS "endsAt"
       FROM stints s JOIN persons n ON n.id = s.person_id
       WHERE s.account_id = $1 AND s.state IN ('confirmed', 'active', 'ended')
       ORDER BY abs(extract(epoch FROM s.starts_at - $2::timestamptz)) LIMIT 20`,
      [accountId, post.postedAt],
    );
    return { post, turns };
  }

  /** @param stintId null for the house. NotFound when the account has no such post or turn. */
  async correct(
    accountId: string,
    postId: string,
    stintId: string | null,
    reason: string,
    personId: string,
  ): Promise<void> {
    await this.change(accountId, postId, async (tx, versions) => {
      if (stintId) await mustBeTurn(tx, accountId, stintId);
      await tx.query('DELETE FROM credit_corrections WHERE account_id = $1 AND network_id = ANY ($2)', [
        accountId,
        versions,
      ]);
      await tx.query(
        `INSERT INTO credit_corrections (account_id, network_id, stint_id, reason, corrected_by, corrected_at)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [accountId, postId, stintId, reason, personId, tx.now],
      );
      await this.record(tx, accountId, postId, personId, { verb: 'credit.corrected', detail: { stintId }, reason });
    });
  }

  /** Credits the post by the rules again. */
  async undo(accountId: string, postId: string, reason: string, personId: string): Promise<void> {
    await this.change(accountId, postId, async (tx, versions) => {
      const undone = await tx.query(
        'DELETE FROM credit_corrections WHERE account_id = $1 AND network_id = ANY ($2) RETURNING network_id',
        [accountId, versions],
      );
      if (undone.length === 0) return;
      await this.record(tx, accountId, postId, personId, { verb: 'credit.correction-undone', detail: {}, reason });
    });
  }

  private async change(
    accountId: string,
    postId: string,
    work: (tx: Tx, versions: string[]) => Promise<void>,
  ): Promise<void> {
    await this.db.write([lock('feeds', accountId, 'account_id')], async (tx) => {
      const [post] = await tx.query<{ posted_at: Date; versions: string[] }>(
        `SELECT posted_at, post->'editHistoryIds' AS versions FROM feed_posts WHERE account_id = $1 AND network_id = $2`,
        [accountId, postId],
      );
      if (!post) throw new NotFound('There is no such post.');
      await work(tx, [...post.versions, postId]);
      await this.rows.credit(tx, accountId, post.posted_at);
      await this.rows.changed(tx, accountId);
    });
  }

  private record(
    tx: Tx,
    accountId: string,
    postId: string,
    personId: string,
    {
      verb,
      detail,
      reason,
    }: { verb: 'credit.corrected' | 'credit.correction-undone'; detail: Record<string, unknown>; reason: string },
  ): Promise<void> {
    const actor = { kind: 'person' as const, id: personId };
    const subject = { kind: 'post', id: postId };
    return this.audit.record(tx, { accountId, actor, verb, subject, detail, particulars: { reason } });
  }
}

async function mustBeTurn(tx: Tx, accountId: string, stintId: string): Promise<void> {
  const turns = await tx.query(
    `SELECT 1 FROM stints WHERE id = $1 AND account_id = $2 AND state IN ('confirmed', 'active', 'ended')`,
    [stintId, accountId],
  );
  if (turns.length === 0) throw new NotFound('There is no such turn.');
}
