import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/audit.service.js';
import type { Account } from '../../credentials/account.entity.js';
import { Db } from '../../platform/database.service.js';
import { NotFound } from '../../platform/errors.js';
import { Duty } from '../duty.service.js';
import type { Turn } from '../turn.js';
import type { Mention } from './mention.js';

/** How many mentions a page shows. */
export const PAGE = 20;

/** A mention as the inbox lists it. `answer` is the newest that was queued to it. */
export interface MentionRow {
  id: string;
  handle: string | null;
  authorName: string | null;
  post: Mention;
  postedAt: Date;
  seenAt: Date;
  hidden: boolean;
  draftId: string | null;
  answer: Answered | null;
}

/** What became of an answer in the outbox, and whose it is. */
export interface Answered {
  state: string;
  detail: string | null;
  by: string | null;
  providerRef: string | null;
}

/** How the looks at the network go. */
export interface Looks {
  pulledAt: Date | null;
  nextPullAt: Date;
  failingSince: Date | null;
  failure: string | null;
  overflowedAt: Date | null;
}

/** Which page of the inbox: `before` is the last mention of the page before; `hidden` those that the reader put away. */
export interface Which {
  before: string | null;
  hidden: boolean;
}

/** What speaks to an account, as whoever is on duty reads it. */
@Injectable()
export class Inbox {
  constructor(
    private readonly db: Db,
    private readonly duty: Duty,
    private readonly audit: Audit,
  ) {}

  /** How looks go; null before the first row of theirs is made. */
  async looks(accountId: string): Promise<Looks | null> {
    const [row] = await this.db.query<Looks>(
      `SELECT pulled_at AS "pulledAt", next_pull_at AS "nextPullAt", failing_since AS "failingSince", failure,
         overflowed_at AS "overflowedAt" FROM mention_pulls WHERE account_id = $1`,
      [accountId],
    );
    return row ?? null;
  }

  /** A page and one more, which says whether there is another. Without a person nothing is hidden. */
  async list(accountId: string, personId: string | null, { before, hidden }: Which): Promise<MentionRow[]> {
    return this.db.query<MentionRow>(
      `${MENTIONS} WHERE m.account_id = $1 AND (h.person_id IS NOT NULL) = $3
         AND ($4::numeric IS NULL OR m.network_id::numeric < $4::numeric)
       ORDER BY m.network_id::numeric DESC LIMIT $5`,
      [accountId, personId, hidden, before, PAGE + 1],
    );
  }

  /** How many mentions the person has put away. */
  async hiddenCount(accountId: string, personId: string): Promise<number> {
    const [row] = await this.db.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM hidden_mentions WHERE account_id = $1 AND person_id = $2',
      [accountId, personId],
    );
    return row?.count ?? 0;
  }

  /** Puts a mention away for one person, or takes it out again. Throws NotAllowed for whoever is not on duty, NotFound. */
  async hide(account: Account, turn: Turn, personId: string, networkId: string, away: boolean): Promise<void> {
    await this.duty.act(account, turn, async (tx) => {
      const [there] = await tx.query('SELECT 1 FROM mentions WHERE account_id = $1 AND network_id = $2 FOR SHARE', [
        ...[account.id, networkId],
      ]);
      if (!there) throw new NotFound('There is no such mention any more.');
      const changed = await tx.query(
        away ? HIDE : SHOW_AGAIN,
        [account.id, networkId, personId, tx.now].slice(0, away ? 4 : 3),
      );
      if (changed.length === 0) return;
      const actor = { kind: 'person' as const, id: personId };
      const subject = { kind: 'stint', id: turn.stintId };
      const verb = away ? ('mention.hidden' as const) : ('mention.shown-again' as const);
      await this.audit.record(tx, { accountId: account.id, actor, verb, subject, detail: { networkId } });
    });
  }
}

const MENTIONS = `
  SELECT m.network_id AS id, m.handle, m.author_name AS "authorName", m.post, m.posted_at AS "postedAt", m.seen_at AS "seenAt",
    h.person_id IS NOT NULL AS hidden, d.id AS "draftId", a.answer
  FROM mentions m
  LEFT JOIN hidden_mentions h ON h.account_id = m.account_id AND h.network_id = m.network_id AND h.person_id = $2
  LEFT JOIN LATERAL (SELECT id FROM drafts WHERE account_id = m.account_id AND person_id = $2 AND reply_to = m.network_id
    ORDER BY saved_at DESC LIMIT 1) d ON true
  LEFT JOIN LATERAL (
    SELECT jsonb_build_object('state', o.state, 'detail', o.detail, 'by', p.shown_name, 'providerRef', o.provider_ref) AS answer
    FROM messages o LEFT JOIN persons p ON p.id = o.author_id
    WHERE o.account_id = m.account_id AND o.channel = 'post' AND o.reply_to = m.network_id AND coalesce(o.part, 1) = 1
      AND o.state <> 'withdrawn'
    ORDER BY o.created_at DESC LIMIT 1) a ON true`;

const HIDE = `INSERT INTO hidden_mentions (account_id, network_id, person_id, hidden_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT DO NOTHING RETURNING 1`;
const SHOW_AGAIN =
  'DELETE FROM hidden_mentions WHERE account_id = $1 AND network_id = $2 AND person_id = $3 RETURNING network_id';
