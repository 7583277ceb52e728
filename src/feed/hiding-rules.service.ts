import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { FeedRows } from './feed-rows.service.js';
import { WordHits } from './word-hits.service.js';
import { wordsOf } from './words.js';

/** What hides posts now and to come: a phrase of the word list, or a whole turn. */
export interface HidingRule {
  id: string;
  phrase: string | null;
  turn: string | null;
  startsAt: Date | null;
  reason: string;
  /** How many of the kept posts it hides. */
  hides: number;
}

const RULES = `SELECT r.id, r.phrase, n.shown_name AS turn, s.starts_at AS "startsAt", r.reason,
    (SELECT count(*)::int FROM feed_posts p WHERE p.account_id = r.account_id AND (p.stint_id = r.stint_id OR EXISTS
      (SELECT 1 FROM hiding_hits i WHERE i.rule_id = r.id AND i.network_id = p.network_id))) AS hides
  FROM hiding_rules r LEFT JOIN stints s ON s.id = r.stint_id LEFT JOIN persons n ON n.id = s.person_id
  WHERE r.account_id = $1`;

/** Rules that hide posts, now and to come, in every process within a second. */
@Injectable()
export class HidingRules {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
    private readonly rows: FeedRows,
    private readonly hits: WordHits,
  ) {}

  list(accountId: string): Promise<HidingRule[]> {
    return this.db.query<HidingRule>(`${RULES} ORDER BY r.made_at DESC`, [accountId]);
  }

  async one(accountId: string, ruleId: string): Promise<HidingRule> {
    const [rule] = await this.db.query<HidingRule>(`${RULES} AND r.id = $2`, [accountId, ruleId]);
    if (!rule) throw new NotFound('There is no such rule.');
    return rule;
  }

  turns(accountId: string): Promise<{ id: string; name: string; startsAt: Date }[]> {
    return this.db.query(
      `SELECT s.id, n.shown_name AS name, s.starts_at AS "startsAt" FROM stints s JOIN persons n ON n.id = s.person_id
       WHERE s.account_id = $1 AND s.state IN ('active', 'ended') ORDER BY s.starts_at DESC LIMIT 60`,
      [accountId],
    );
  }

  /** Conflict when there is such a rule; NotFound when the account has no such turn. */
  async make(
    accountId: string,
    what: { phrase: string } | { stintId: string },
    reason: string,
    personId: string,
  ): Promise<void> {
    // The words are what is compared, so two ways of writing them are one rule.
    const phrase = 'phrase' in what ? wordsOf(what.phrase).join(' ') : null;
    const stintId = 'stintId' in what ? what.stintId : null;
    await this.change(accountId, async (tx) => {
      const [rule] = await tx.query<{ id: string }>(
        `INSERT INTO hiding_rules (account_id, phrase, stint_id, reason, made_by, made_at)
         SELECT $1, $2, $3, $4, $5, $6 WHERE $3::uuid IS NULL OR EXISTS (SELECT 1 FROM stints WHERE id = $3 AND account_id = $1)
         ON CONFLICT DO NOTHING RETURNING id`,
        [accountId, phrase, stintId, reason, personId, tx.now],
      );
      if (!rule) throw new Conflict('There is such a rule already, or no such turn.');
      await this.hits.find(tx, accountId, null);
      await this.record(tx, accountId, rule.id, personId, 'hiding-rule.made', {
        reason,
        ...(phrase ? { phrase } : {}),
      });
    });
  }

  /** Shows again what only this rule hid. */
  async end(accountId: string, ruleId: string, reason: string, personId: string): Promise<void> {
    await this.change(accountId, async (tx) => {
      const ended = await tx.query('DELETE FROM hiding_rules WHERE account_id = $1 AND id = $2 RETURNING id', [
        accountId,
        ruleId,
      ]);
      if (ended.length === 0) throw new NotFound('There is no such rule.');
      await this.record(tx, accountId, ruleId, personId, 'hiding-rule.ended', { reason });
    });
  }

  private async change(accountId: string, work: (tx: Tx) => Promise<void>): Promise<void> {
    await this.db.write([lock('feeds', accountId, 'account_id')], async (tx) => {
      await work(tx);
      await this.rows.changed(tx, accountId);
    });
  }

  private record(
    tx: Tx,
    accountId: string,
    id: string,
    personId: string,
    verb: 'hiding-rule.made' | 'hiding-rule.ended',
    particulars: Record<string, string>,
  ): Promise<void> {
    const actor = { kind: 'person' as const, id: personId };
    return this.audit.record(tx, { accountId, actor, verb, subject: { kind: 'hiding-rule', id }, particulars });
  }
}
