import { Injectable } from '@nestjs/common';
import { settings } from '../../../config/settings.js';
import { Audit } from '../../audit/audit.service.js';
import type { Account } from '../../credentials/account.entity.js';
import { Db } from '../../platform/database.service.js';
import { Duty } from '../duty.service.js';
import type { Turn } from '../turn.js';

/** Notes of a turn for the curator after it. */
export interface TurnNotes {
  stintId: string;
  text: string;
  savedAt: Date;
  by: string;
  startsAt: Date;
  endsAt: Date;
}

const NOTES = `SELECT n.stint_id AS "stintId", n.text, n.saved_at AS "savedAt", p.shown_name AS by, s.starts_at AS "startsAt",
    s.ends_at AS "endsAt"
  FROM turn_notes n JOIN stints s ON s.id = n.stint_id JOIN persons p ON p.id = n.person_id`;

/** What the person on duty writes for whoever comes next: kept with the turn, changed until it ends. */
@Injectable()
export class Notes {
  constructor(
    private readonly db: Db,
    private readonly duty: Duty,
    private readonly audit: Audit,
  ) {}

  async of(turn: Turn): Promise<TurnNotes | null> {
    const [notes] = await this.db.query<TurnNotes>(`${NOTES} WHERE n.stint_id = $1`, [turn.stintId]);
    return notes ?? null;
  }

  /** The last notes that were left before a turn, from a week before it until its end. */
  async before(account: Account, turn: Turn): Promise<TurnNotes | null> {
    const now = await this.db.now();
    const early = turn.startsAt.getTime() - now.getTime() > settings.notesAhead;
    if (early || turn.state === 'ended' || turn.endsAt <= now) return null;
    const [notes] = await this.db.query<TurnNotes>(
      `${NOTES} WHERE n.account_id = $1 AND s.ends_at <= $2 AND n.stint_id <> $3 ORDER BY s.ends_at DESC LIMIT 1`,
      [account.id, turn.startsAt, turn.stintId],
    );
    return notes ?? null;
  }

  /** The notes of an account's last turns, the newest first. */
  async latest(accountId: string): Promise<TurnNotes[]> {
    return this.db.query<TurnNotes>(`${NOTES} WHERE n.account_id = $1 ORDER BY s.starts_at DESC LIMIT 20`, [accountId]);
  }

  /** Keeps the notes of a turn; an empty text takes them away. Throws NotAllowed for whoever is not on duty. */
  async keep(account: Account, turn: Turn, personId: string, text: string): Promise<void> {
    await this.duty.act(account, turn, async (tx) => {
      const changed = await tx.query(
        text === ''
          ? `DELETE FROM turn_notes WHERE stint_id = $1 RETURNING 1`
          : `INSERT INTO turn_notes (stint_id, account_id, person_id, text, saved_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (stint_id) DO UPDATE SET text = $4, person_id = $3, saved_at = $5 WHERE turn_notes.text <> $4 RETURNING 1`,
        text === '' ? [turn.stintId] : [turn.stintId, account.id, personId, text, tx.now],
      );
      if (changed.length === 0) return;
      // What they say is not repeated in the log, which would outlive them.
      await this.audit.record(tx, {
        accountId: account.id,
        actor: { kind: 'person', id: personId },
        verb: 'turn.notes-kept',
        subject: { kind: 'stint', id: turn.stintId },
        detail: { characters: text.length },
      });
    });
  }
}
