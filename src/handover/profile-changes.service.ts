import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import { ProfileAccess } from '../credentials/profile-access.service.js';
import type { Tx } from '../platform/tx.js';
import type { HandoverAtWork } from './handover.js';
import { type CallEnd, nextPart, type Part, type PartRow, partsOf } from './profile.js';
import type { StepName } from './steps.js';

/** What stands in the way of setting a profile now. */
export interface InTheWay {
  /** A later step of the account sets the profile. */
  overtaken: boolean;
  /** Another call for this account's profile is under way. */
  busy: boolean;
}

/** The rows of profile changes: a row for each part of a step that sets the profile by calls. */
@Injectable()
export class ProfileChanges {
  constructor(private readonly profileAccess: ProfileAccess) {}

  /** Makes the step one of calls. Twice is harmless. */
  async plan(tx: Tx, { id, account }: HandoverAtWork, step: StepName): Promise<void> {
    const { housePicture } = await this.profileAccess.of(account.id, tx);
    await tx.query('UPDATE steps SET calls = true, next_attempt_at = $3 WHERE boundary_id = $1 AND name = $2', [
      id,
      step,
      tx.now,
    ]);
    await tx.query(
      `INSERT INTO profile_changes (boundary_id, step, part) SELECT $1, $2, part FROM unnest($3::text[]) AS each (part)
       ON CONFLICT DO NOTHING`,
      [id, step, partsOf(housePicture)],
    );
  }

  async inTheWay(tx: Tx, { id, account }: HandoverAtWork, step: StepName): Promise<InTheWay> {
    const [found] = await tx.query<InTheWay>(IN_THE_WAY, [account.id, id, step, tx.real]);
    return found ?? { overtaken: false, busy: true };
  }

  async rows(tx: Tx, id: string, step: StepName): Promise<PartRow[]> {
    return tx.query<PartRow>(
      `SELECT part, settled_at AS "settledAt", failed, outcome FROM profile_changes WHERE boundary_id = $1 AND step = $2
       ORDER BY array_position(ARRAY['name', 'bio', 'picture'], part)`,
      [id, step],
    );
  }

  /** Marks the step as being called for, for the length of a lease. Gives the part and the attempt. */
  async mark(tx: Tx, id: string, step: StepName): Promise<{ part: Part; attempt: number } | null> {
    const part = nextPart(await this.rows(tx, id, step));
    if (!part) return null;
    const [row] = await tx.query<{ attempts: number }>(
      `UPDATE steps SET state = 'running', attempts = attempts + 1, waits_for = 'worker', next_attempt_at = $3,
              lease_until = $4::timestamptz + make_interval(secs => $5)
       WHERE boundary_id = $1 AND name = $2 RETURNING attempts`,
      [id, step, tx.now, tx.real, settings.lease / 1000],
    );
    return row ? { part, attempt: row.attempts } : null;
  }

  /** Whether this attempt is still the one that counts. */
  async counts(tx: Tx, id: string, step: StepName, attempt: number): Promise<boolean> {
    const rows = await tx.query(
      `SELECT 1 FROM steps WHERE boundary_id = $1 AND name = $2 AND state = 'running' AND attempts = $3`,
      [id, step, attempt],
    );
    return rows.length === 1;
  }

  /** Writes down what became of a part's call, and when the step goes on. */
  async settle(tx: Tx, id: string, step: StepName, part: Part, end: CallEnd): Promise<void> {
    if (end.end !== 'again') {
      const failed = end.end === 'failed';
      await tx.query(
        `UPDATE profile_changes SET settled_at = $4, failed = $5, outcome = $6
         WHERE boundary_id = $1 AND step = $2 AND settled_at IS NULL AND (part = $3 OR $7)`,
        [id, step, part, tx.now, failed, failed ? end.why : null, failed && end.all],
      );
    }
    await tx.query(
      `UPDATE steps SET state = 'waiting', lease_until = NULL, waits_for = $3, outcome = $4, next_attempt_at = $5,
              attempts = CASE WHEN $3::text IS NULL THEN 0 ELSE attempts END
       WHERE boundary_id = $1 AND name = $2`,
      end.end === 'again' ? [id, step, 'retry', end.why, end.at] : [id, step, null, null, tx.now],
    );
  }
}

/** $1 account, $2 boundary, $3 step, $4 unscaled time. The profile of an incoming half comes after the restoring. */
const IN_THE_WAY = `
  SELECT coalesce(bool_or((c.at, t.name = 'profile') > (b.at, $3 = 'profile')), false) AS overtaken,
         coalesce(bool_or(t.state = 'running' AND t.lease_until > $4), false) AS busy
  FROM boundaries b JOIN boundaries c ON c.account_id = b.account_id
    JOIN steps t ON t.boundary_id = c.id AND t.calls AND NOT (c.id = b.id AND t.name = $3)
  WHERE b.account_id = $1 AND b.id = $2 AND c.at >= b.at - interval '30 days'`;
