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
import { hasTurn } from './turns.service.js';

export type Verdict = 'accepted' | 'declined' | 'on-hold';

/** What an organiser decides. */
export interface Deciding {
  verdict: Verdict;
  /** For the team alone. */
  note: string;
  /** For the applicant; may be empty. */
  message: string;
  /** The revision of the application that the organiser saw. */
  revision: number;
}

export const DECIDABLE: ApplicationState[] = ['waiting', 'on-hold'];
const WORDS: Record<Verdict, string> = {
  accepted: 'accepted it',
  declined: 'declined it',
  'on-hold': 'put it on hold',
};

/** Deciding on applications. People decide; nothing is ranked. */
@Injectable()
export class Decisions {
  constructor(
    private readonly db: Db,
    private readonly outbox: Outbox,
    private readonly vault: Vault,
    private readonly audit: Audit,
  ) {}

  /**
   * Decides. The letter leaves after the undo time. Whoever saw an older revision gets Conflict; an application on hold
   * may be decided anew, which takes the place of the hold.
   */
  async decide(account: Account, id: string, personId: string, deciding: Deciding): Promise<void> {
    const { verdict, note, message } = deciding;
    await this.db.write([lock('applications', id)], async (tx) => {
      const application = await this.locked(tx, account, id);
      await demandUndecided(tx, application, deciding.revision);
      await this.supersede(tx, id, personId);
      const [decision] = await tx.query<{ id: string }>(
        `INSERT INTO decisions (application_id, verdict, note, message, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
        [id, verdict, note, message, personId, tx.now],
      );
      await this.move(tx, application, verdict);
      await this.record(tx, application, personId, `application.${verdict}`, note);
      await this.outbox.letter(tx, {
        key: keyOf(id, decision?.id),
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

  /** Takes the decision back while its letter has not left; throws Conflict when it has, or when a turn came of it. */
  async undo(account: Account, id: string, personId: string): Promise<void> {
    await this.db.write([lock('applications', id)], async (tx) => {
      const application = await this.locked(tx, account, id);
      const [decision] = await tx.query<{ id: string; decided_at: Date }>(
        'SELECT id, decided_at FROM decisions WHERE application_id = $1 AND undone_at IS NULL',
        [id],
      );
      if (!decision) throw new Conflict('There is no decision to undo any more.');
      if (await hasTurn(tx, id)) throw new Conflict('There is a turn in the rota by now. Cancel that first.');
      await this.stopLetter(tx, keyOf(id, decision.id));
      await tx.query('UPDATE decisions SET undone_at = $2, undone_by = $3 WHERE id = $1', [
        ...[decision.id, tx.now, personId],
      ]);
      await this.move(tx, application, await restored(tx, id, decision.decided_at));
      await this.record(tx, application, personId, 'application.decision-undone');
    });
  }

  /** Opens the health information for one answer; audited in the same transaction. */
  async revealHealth(account: Account, id: string, personId: string): Promise<string | null> {
    return this.db.write([lock('applications', id)], async (tx) => {
      const application = await this.locked(tx, account, id);
      if (!application.health) return null;
      await this.record(tx, application, personId, 'application.health-read');
      return this.vault.use({ purpose: HEALTH, id }, application.health, (text) => text);
    });
  }

  private async locked(tx: Tx, account: Account, id: string): Promise<Application> {
    const application = await tx.manager.findOneBy(Application, { id, accountId: account.id });
    if (!application) throw new NotFound('There is no such application.');
    return application;
  }

  /** Ends the hold that a new decision takes the place of, and its letter if that has not left. */
  private async supersede(tx: Tx, id: string, personId: string): Promise<void> {
    const [hold] = await tx.query<{ id: string }>(
      'UPDATE decisions SET undone_at = $2, undone_by = $3 WHERE application_id = $1 AND undone_at IS NULL RETURNING id',
      [id, tx.now, personId],
    );
    if (!hold) return;
    await tx.query(
      `UPDATE messages SET state = 'withdrawn', detail = 'decided anew', settled_at = $2 WHERE key = $1 AND state IN ('waiting', 'held', 'refused')`,
      [keyOf(id, hold.id), tx.now],
    );
  }

  private async stopLetter(tx: Tx, key: string): Promise<void> {
    const stopped = await tx.query(
      `UPDATE messages SET state = 'withdrawn', detail = 'decision undone', settled_at = $2
       WHERE key = $1 AND state = 'waiting' AND due_at > $2 RETURNING id`,
      [key, tx.now],
    );
    if (stopped.length === 0)
      throw new Conflict('The letter has left already. Decide again instead, or write to the applicant.');
  }

  private async move(tx: Tx, { id, revision }: Application, state: ApplicationState): Promise<void> {
    const endedAt = state === 'declined' ? tx.now : null;
    await tx.manager.update(Application, id, { state, endedAt, revision: revision + 1 });
  }

  private async record(
    tx: Tx,
    { id, accountId, personId: applicant }: Application,
    personId: string,
    verb: `application.${string}`,
    note?: string,
  ): Promise<void> {
    await this.audit.record(tx, {
      accountId,
      actor: { kind: 'person', id: personId },
      verb,
      subject: { kind: 'application', id },
      ...(note ? { particulars: { personId: applicant ?? undefined, note } } : {}),
    });
  }
}

async function demandUndecided(tx: Tx, { id, state, revision }: Application, seen: number): Promise<void> {
  if (DECIDABLE.includes(state) && revision === seen) return;
  const [last] = await tx.query<{ name: string; verdict: Verdict }>(
    `SELECT p.name, d.verdict FROM decisions d JOIN persons p ON p.id = d.decided_by
     WHERE d.application_id = $1 AND d.undone_at IS NULL`,
    [id],
  );
  const what = last ? `${last.name} ${WORDS[last.verdict]}` : `it is ${state}`;
  throw new Conflict(`The application has changed since you opened it: ${what}. Your decision was not kept.`);
}

/** The hold that an undone decision had taken the place of stands again, if the applicant was told of it. */
async function restored(tx: Tx, id: string, supersededAt: Date): Promise<ApplicationState> {
  const [hold] = await tx.query(
    `UPDATE decisions d SET undone_at = NULL, undone_by = NULL FROM messages m
     WHERE d.application_id = $1 AND d.undone_at = $2 AND d.verdict = 'on-hold'
       AND m.key = 'application ' || d.application_id || ' decision ' || d.id AND m.state <> 'withdrawn' RETURNING d.id`,
    [id, supersededAt],
  );
  return hold ? 'on-hold' : 'waiting';
}

function keyOf(id: string, decisionId: string | undefined): string {
  return `application ${id} decision ${decisionId}`;
}
