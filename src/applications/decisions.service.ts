import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Vault } from '../credentials/vault.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { Application, type ApplicationState, HEALTH } from './application.entity.js';

export type Verdict = 'accepted' | 'declined' | 'on-hold';

/** A decision as the team's page shows it. */
export interface Decision {
  id: string;
  verdict: Verdict;
  note: string;
  message: string;
  by: string;
  at: Date;
  undoneAt: Date | null;
  /** Until when it can be undone: while its letter has not left. Null when it has. */
  undoUntil: Date | null;
}

/** An application as the list shows it. */
export interface Listed {
  id: string;
  name: string;
  capacity: string | null;
  state: ApplicationState;
  submittedAt: Date | null;
}

const DECIDABLE: ApplicationState[] = ['waiting', 'on-hold'];

/** Reading applications and deciding on them. People decide; nothing is ranked. */
@Injectable()
export class Decisions {
  constructor(
    private readonly db: Db,
    private readonly outbox: Outbox,
    private readonly vault: Vault,
    private readonly audit: Audit,
  ) {}

  /** Applications whose address is verified, the oldest first; by state and by part of the name. */
  async list(accountId: string, state: ApplicationState | null, name: string): Promise<Listed[]> {
    return this.db.query<Listed>(
      `SELECT id, coalesce(answers->>'name', 'Erased') AS name, answers->>'capacity' AS capacity, state, submitted_at AS "submittedAt"
       FROM applications WHERE account_id = $1 AND state NOT IN ('draft', 'unverified')
         AND ($2::text IS NULL OR state = $2) AND ($3 = '' OR answers->>'name' ILIKE '%' || $3 || '%')
       ORDER BY submitted_at, id LIMIT 500`,
      [accountId, state, name.replace(/[\\%_]/g, '\\$&')],
    );
  }

  /** How many there are in each state. */
  async counts(accountId: string): Promise<Record<string, number>> {
    const rows = await this.db.query<{ state: string; count: number }>(
      'SELECT state, count(*)::int AS count FROM applications WHERE account_id = $1 GROUP BY state',
      [accountId],
    );
    return Object.fromEntries(rows.map((row) => [row.state, row.count]));
  }

  /** One of the account's verified applications; throws NotFound. */
  async find(accountId: string, id: string): Promise<Application> {
    const application = await this.db.manager.findOneBy(Application, { id, accountId });
    if (!application || application.state === 'draft' || application.state === 'unverified') {
      throw new NotFound('There is no such application.');
    }
    return application;
  }

  /** Other applications with the same address or handle: told, never a reason to refuse. */
  async duplicates({ id, accountId, emailKey, handleKey }: Application): Promise<Listed[]> {
    return this.db.query<Listed>(
      `SELECT id, coalesce(answers->>'name', '') AS name, answers->>'capacity' AS capacity, state, submitted_at AS "submittedAt"
       FROM applications WHERE account_id = $1 AND id <> $2 AND state NOT IN ('draft', 'erased')
         AND (email_key = $3 OR (handle_key IS NOT NULL AND handle_key = $4)) ORDER BY submitted_at`,
      [accountId, id, emailKey, handleKey],
    );
  }

  async history(id: string): Promise<Decision[]> {
    return this.db.query<Decision>(
      `SELECT d.id, d.verdict, d.note, d.message, p.name AS by, d.decided_at AS at, d.undone_at AS "undoneAt",
              CASE WHEN d.undone_at IS NULL AND m.state = 'waiting' THEN m.due_at END AS "undoUntil"
       FROM decisions d JOIN persons p ON p.id = d.decided_by
       LEFT JOIN messages m ON m.key = 'application ' || d.application_id || ' decision ' || d.id
       WHERE d.application_id = $1 ORDER BY d.decided_at DESC`,
      [id],
    );
  }

  /**
   * Decides. The letter leaves after the undo time. A second decision at the same moment gets Conflict; one that is on
   * hold may be decided anew.
   */
  async decide(
    account: Account,
    id: string,
    personId: string,
    verdict: Verdict,
    note: string,
    message: string,
  ): Promise<void> {
    await this.db.write([lock('applications', id)], async (tx) => {
      const application = await tx.manager.findOneBy(Application, { id, accountId: account.id });
      if (!application) throw new NotFound('There is no such application.');
      if (!DECIDABLE.includes(application.state)) {
        throw new Conflict(`This application is ${application.state} by now. Look at it again.`);
      }
      await tx.query(
        'UPDATE decisions SET undone_at = $2, undone_by = $3 WHERE application_id = $1 AND undone_at IS NULL',
        [id, tx.now, personId],
      );
      const [decision] = await tx.query<{ id: string }>(
        `INSERT INTO decisions (application_id, verdict, note, message, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
        [id, verdict, note, message, personId, tx.now],
      );
      const endedAt = verdict === 'declined' ? tx.now : null;
      await tx.manager.update(Application, id, { state: verdict, endedAt, revision: application.revision + 1 });
      await this.record(tx, account.id, id, personId, `application.${verdict}`, note);
      await this.outbox.letter(tx, {
        key: `application ${id} decision ${decision?.id}`,
        accountId: account.id,
        cause: { kind: 'application', id },
        template: `application-${verdict}`,
        data: { name: application.answers.name ?? '', handle: account.handle, applicationId: id, message },
        address: application.email ?? '',
        evidence: 'applied',
        dueAt: new Date(tx.now.getTime() + settings.decisionUndo),
      });
    });
  }

  /** Takes the decision back while its letter has not left; throws Conflict when it has. */
  async undo(account: Account, id: string, personId: string): Promise<void> {
    await this.db.write([lock('applications', id)], async (tx) => {
      const [decision] = await tx.query<{ id: string; verdict: Verdict }>(
        `SELECT d.id, d.verdict FROM decisions d JOIN applications a ON a.id = d.application_id
         WHERE d.application_id = $1 AND a.account_id = $2 AND d.undone_at IS NULL`,
        [id, account.id],
      );
      if (!decision) throw new Conflict('There is no decision to undo any more.');
      const stopped = await tx.query(
        `UPDATE messages SET state = 'withdrawn', detail = 'decision undone', settled_at = $2
         WHERE key = $1 AND state = 'waiting' AND due_at > $2 RETURNING id`,
        [`application ${id} decision ${decision.id}`, tx.now],
      );
      if (stopped.length === 0)
        throw new Conflict('The letter has left already. Decide again instead, or write to the applicant.');
      await tx.query('UPDATE decisions SET undone_at = $2, undone_by = $3 WHERE id = $1', [
        decision.id,
        tx.now,
        personId,
      ]);
      await tx.manager.update(Application, id, { state: 'waiting', endedAt: null });
      await this.record(tx, account.id, id, personId, 'application.decision-undone');
    });
  }

  /** Opens the health information for one answer; audited in the same transaction. */
  async revealHealth(account: Account, id: string, personId: string): Promise<string | null> {
    return this.db.write([lock('applications', id)], async (tx) => {
      const application = await tx.manager.findOneBy(Application, { id, accountId: account.id });
      if (!application?.health) return null;
      await this.record(tx, account.id, id, personId, 'application.health-read');
      return this.vault.use({ purpose: HEALTH, id }, application.health, (text) => text);
    });
  }

  private async record(
    tx: Tx,
    accountId: string,
    id: string,
    personId: string,
    verb: `application.${string}`,
    note?: string,
  ): Promise<void> {
    await this.audit.record(tx, {
      accountId,
      actor: { kind: 'person', id: personId },
      verb,
      subject: { kind: 'application', id },
      ...(note ? { particulars: { note } } : {}),
    });
  }
}
