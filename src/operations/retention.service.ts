import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { People } from '../people/people.service.js';
import { Db } from '../platform/database.service.js';
import { Files } from '../platform/files.service.js';
import { lock, type Tx } from '../platform/tx.js';

const AT_ONCE = 100;
const DAY = "interval '1 day'";

/** Applications that led to nothing, and those of curators whose last turn is long over. `$2` is the service instant. */
const OVERDUE = `
  SELECT a.id FROM applications a
  WHERE a.account_id = $1 AND a.state <> 'erased'
    AND NOT EXISTS (SELECT 1 FROM stints s WHERE s.application_id = a.id AND s.state IN ('proposed', 'approved', 'offered', 'confirmed', 'active'))
    AND CASE
      WHEN EXISTS (SELECT 1 FROM stints s WHERE s.application_id = a.id AND s.state = 'ended')
        THEN (SELECT max(s.ends_at) FROM stints s WHERE s.application_id = a.id) < $2::timestamptz - $4 * ${DAY}
      WHEN a.state IN ('draft', 'unverified') THEN a.created_at < $2::timestamptz - $3 * ${DAY}
      WHEN a.state IN ('declined', 'withdrawn') THEN coalesce(a.ended_at, a.created_at) < $2::timestamptz - $3 * ${DAY}
      ELSE false END
  ORDER BY a.created_at LIMIT ${AT_ONCE}`;

/** `$2` is the service instant, `$3` the days that curators are kept. */
const IMPORTED = `
  SELECT p.id FROM persons p JOIN imports i ON i.id = p.import_id JOIN stints s ON s.person_id = p.id
  WHERE i.account_id = $1 AND p.erased_at IS NULL
  GROUP BY p.id HAVING max(s.ends_at) < $2::timestamptz - $3 * ${DAY} LIMIT ${AT_ONCE}`;

/**
 * Forgets what is no longer needed, after the periods that the keeper gave at setup: what applicants and curators wrote,
 * and letters' texts and addresses. The rota's shells and the audit's facts stay.
 */
@Injectable()
export class Retention {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly people: People,
    private readonly outbox: Outbox,
    private readonly files: Files,
    private readonly audit: Audit,
  ) {}

  async sweep(): Promise<void> {
    for (const account of await this.accounts.all()) {
      await this.forgetLetters(account);
      await this.forgetMentions(account);
      await this.forgetApplications(account);
      await this.forgetImported(account);
    }
  }

  private async forgetLetters(account: Account): Promise<void> {
    await this.db.write(async (tx) => {
      const which = [account.id, tx.now, account.retention.letters];
      await tx.query(
        `UPDATE messages SET data = '{}', address = NULL WHERE account_id = $1 AND channel <> 'post' AND data <> '{}'
         AND settled_at < $2::timestamptz - $3 * ${DAY}`,
        which,
      );
      await tx.query(`DELETE FROM alerts WHERE account_id = $1 AND closed_at < $2::timestamptz - $3 * ${DAY}`, which);
    });
  }

  /** What strangers said on the network is kept for a time that no setting of an account makes longer. */
  private async forgetMentions({ id }: Account): Promise<void> {
    await this.db.write((tx) =>
      tx.query('DELETE FROM mentions WHERE account_id = $1 AND posted_at < $2', [
        ...[id, new Date(tx.now.getTime() - settings.mentionsKept)],
      ]),
    );
  }

  private async forgetApplications(account: Account): Promise<void> {
    const { applications, curators } = account.retention;
    const now = await this.db.now();
    const overdue = await this.db.query<{ id: string }>(OVERDUE, [account.id, now, applications, curators]);
    for (const { id } of overdue) await this.forget(account, id);
  }

  private async forget(account: Account, id: string): Promise<void> {
    const photo = await this.db.write([lock('applications', id)], async (tx) => {
      const [row] = await tx.query<{ person_id: string | null; photo_file: string | null }>(
        `UPDATE applications a SET state = 'erased', answers = '{}', email = NULL, email_key = NULL, handle_key = NULL,
           health = NULL, photo_file = NULL, draft_hash = NULL, ended_at = $2
         FROM applications before WHERE before.id = a.id AND a.id = $1 RETURNING before.person_id, before.photo_file`,
        [id, tx.now],
      );
      await tx.query(`UPDATE decisions SET note = '', message = '' WHERE application_id = $1`, [id]);
      await tx.query('UPDATE consents SET withdrawn_at = $2 WHERE application_id = $1 AND withdrawn_at IS NULL', [
        id,
        tx.now,
      ]);
      for (const table of ['turn_notes', 'turn_plans', 'turn_feedback'])
        await tx.query(`DELETE FROM ${table} WHERE stint_id IN (SELECT id FROM stints WHERE application_id = $1)`, [
          id,
        ]);
      await this.outbox.erase(tx, { kind: 'application', id });
      const subject = { kind: 'application', id };
      await this.audit.eraseAbout(tx, account.id, subject);
      if (row?.person_id) await this.forgetPerson(tx, row.person_id);
      await this.audit.record(tx, {
        accountId: account.id,
        actor: { kind: 'system' },
        verb: 'application.retention-ended',
        subject,
      });
      return row?.photo_file ?? null;
    });
    if (!photo) return;
    const shown = await this.db.query('SELECT 1 FROM applications WHERE photo_file = $1', [photo]);
    if (shown.length === 0) await this.files.remove(photo);
  }

  /** People known by name from a rota of before, as long after their last turn as other curators. */
  private async forgetImported(account: Account): Promise<void> {
    await this.db.write(async (tx) => {
      const overdue = await tx.query<{ id: string }>(IMPORTED, [account.id, tx.now, account.retention.curators]);
      for (const { id } of overdue) await this.forgetPerson(tx, id);
    });
  }

  /** A person whom nothing needs any more. */
  private async forgetPerson(tx: Tx, personId: string): Promise<void> {
    const [needed] = await tx.query(
      `SELECT 1 FROM roles WHERE person_id = $1
       UNION ALL SELECT 1 FROM applications WHERE person_id = $1 AND state <> 'erased' LIMIT 1`,
      [personId],
    );
    if (needed) return;
    for (const table of ['turn_notes', 'turn_plans', 'turn_feedback', 'hidden_mentions', 'drafts'])
      await tx.query(`DELETE FROM ${table} WHERE person_id = $1`, [personId]);
    await this.outbox.erase(tx, { kind: 'person', id: personId });
    await this.audit.erase(tx, personId);
    await this.people.erase(tx, personId);
  }
}
