import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/audit.service.js';
import type { Account } from '../../credentials/account.entity.js';
import { Db } from '../../platform/database.service.js';
import { NotAllowed } from '../../platform/errors.js';
import { lock } from '../../platform/tx.js';
import type { Turn } from '../turn.js';

/** What a curator means to say in a turn. */
export interface TurnPlan {
  text: string;
  savedAt: Date;
}

/** A turn that runs or comes, with its plan; `text` and `savedAt` are null where there is none yet. */
export interface ComingPlan {
  stintId: string;
  by: string;
  startsAt: Date;
  endsAt: Date;
  text: string | null;
  savedAt: Date | null;
}

/** What curators plan for their turns: their own words, from the confirmation of a turn until its end. */
@Injectable()
export class Plans {
  constructor(
    private readonly db: Db,
    private readonly audit: Audit,
  ) {}

  async of(turn: Turn): Promise<TurnPlan | null> {
    const [plan] = await this.db.query<TurnPlan>(
      'SELECT text, saved_at AS "savedAt" FROM turn_plans WHERE stint_id = $1',
      [turn.stintId],
    );
    return plan ?? null;
  }

  /** The turns that run or come, the next first. */
  async coming(accountId: string): Promise<ComingPlan[]> {
    return this.db.query<ComingPlan>(COMING, [accountId, await this.db.now()]);
  }

  /** Keeps a turn's plan; an empty text takes it away. Throws NotAllowed when the turn is over. */
  async keep(account: Account, turn: Turn, personId: string, text: string): Promise<void> {
    await this.db.write([lock('stints', turn.stintId)], async (tx) => {
      const [open] = await tx.query(
        `SELECT 1 FROM stints WHERE id = $1 AND person_id = $2 AND state IN ('confirmed', 'active') AND ends_at > $3`,
        [turn.stintId, personId, tx.now],
      );
      if (!open) throw new NotAllowed('Your turn is over: its plan stays as it is.');
      const changed = await tx.query(text === '' ? FORGET : KEEP, [
        turn.stintId,
        ...(text === '' ? [] : [personId, text, tx.now]),
      ]);
      if (changed.length === 0) return;
      // What it says is not repeated in the log, which would outlive it.
      await this.audit.record(tx, {
        accountId: account.id,
        actor: { kind: 'person', id: personId },
        verb: 'turn.plan-kept',
        subject: { kind: 'stint', id: turn.stintId },
        detail: { characters: text.length },
      });
    });
  }
}

const FORGET = 'DELETE FROM turn_plans WHERE stint_id = $1 RETURNING stint_id';
const KEEP = `INSERT INTO turn_plans (stint_id, person_id, text, saved_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (stint_id) DO UPDATE SET text = $3, person_id = $2, saved_at = $4 WHERE turn_plans.text <> $3 RETURNING stint_id`;

const COMING = `
  SELECT s.id AS "stintId", p.shown_name AS by, s.starts_at AS "startsAt", s.ends_at AS "endsAt", t.text, t.saved_at AS "savedAt"
  FROM stints s JOIN persons p ON p.id = s.person_id LEFT JOIN turn_plans t ON t.stint_id = s.id
  WHERE s.account_id = $1 AND s.state IN ('confirmed', 'active') AND s.ends_at > $2
  ORDER BY s.starts_at, s.seat LIMIT 20`;
