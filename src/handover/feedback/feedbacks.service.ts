import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/audit.service.js';
import type { Account } from '../../credentials/account.entity.js';
import { Accounts } from '../../credentials/accounts.service.js';
import { Db } from '../../platform/database.service.js';
import { NotFound } from '../../platform/errors.js';
import { lock, type Tx } from '../../platform/tx.js';
import type { Feedback } from './feedback.js';

/** A turn that is over and took place, with what its curator has said of it. */
export interface PastTurn {
  accountId: string;
  startsAt: Date;
  endsAt: Date;
  said: Feedback | null;
}

/** What a curator said, as the team reads it. */
export interface Given extends Feedback {
  by: string;
  startsAt: Date;
  endsAt: Date;
  givenAt: Date;
}

/** What curators say about their turns when these are over. */
@Injectable()
export class Feedbacks {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly audit: Audit,
  ) {}

  /** Throws NotFound for anybody else, and while there is nothing to look back on. */
  async ofCurator(stintId: string, personId: string): Promise<{ account: Account; turn: PastTurn }> {
    const turn = await this.past(this.db, stintId, personId);
    return { account: await this.accounts.byId(turn.accountId), turn };
  }

  /** Keeps what a curator says, in place of what they said before, and settles the line of their checklist for it. */
  async give(stintId: string, personId: string, { wentWell, toChange, further }: Feedback): Promise<void> {
    await this.db.write([lock('stints', stintId)], async (tx) => {
      const { accountId } = await this.past(tx, stintId, personId);
      await tx.query(
        `INSERT INTO turn_feedback (stint_id, account_id, person_id, went_well, to_change, further, given_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (stint_id) DO UPDATE SET went_well = $4, to_change = $5, further = $6, given_at = $7`,
        [stintId, accountId, personId, wentWell, toChange, further, tx.now],
      );
      await tx.query(
        `INSERT INTO checklist_marks (stint_id, key, marked_at, marked_by) VALUES ($1, 'feedback', $2, $3)
         ON CONFLICT DO NOTHING`,
        [stintId, tx.now, personId],
      );
      // What they say is not repeated in the log, which would outlive it.
      await this.audit.record(tx, {
        accountId,
        actor: { kind: 'person', id: personId },
        verb: 'turn.feedback-given',
        subject: { kind: 'stint', id: stintId },
      });
    });
  }

  /** What the curators of an account said of their last turns, the newest turn first. */
  async latest(accountId: string): Promise<Given[]> {
    return this.db.query<Given>(
      `SELECT p.shown_name AS by, s.starts_at AS "startsAt", s.ends_at AS "endsAt", f.given_at AS "givenAt",
              f.went_well AS "wentWell", f.to_change AS "toChange", f.further
       FROM turn_feedback f JOIN stints s ON s.id = f.stint_id JOIN persons p ON p.id = f.person_id
       WHERE f.account_id = $1 ORDER BY s.starts_at DESC LIMIT 50`,
      [accountId],
    );
  }

  private async past(reader: Pick<Tx, 'query'>, stintId: string, personId: string): Promise<PastTurn> {
    const [turn] = await reader.query<PastTurn>(
      `SELECT s.account_id AS "accountId", s.starts_at AS "startsAt", s.ends_at AS "endsAt",
              CASE WHEN f.stint_id IS NOT NULL THEN json_build_object('wentWell', f.went_well, 'toChange', f.to_change,
                'further', f.further) END AS said
       FROM stints s LEFT JOIN turn_feedback f ON f.stint_id = s.id
       WHERE s.id = $1 AND s.person_id = $2 AND s.state = 'ended' AND s.ended_how <> 'no-show'`,
      [stintId, personId],
    );
    if (!turn) throw new NotFound('There is no turn of yours here that is over.');
    return turn;
  }
}
