import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { People } from '../people/people.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.service.js';
import { lock, type Tx } from '../platform/tx.js';
import { Application } from './application.entity.js';
import type { ConsentPurpose } from './consents.js';

/** A consent as its giver sees it. */
export interface Consent {
  purpose: ConsentPurpose;
  wording: string;
  givenAt: Date;
  withdrawnAt: Date | null;
}

/** What an applicant does with their own application: look, take back consents, withdraw, erase. */
@Injectable()
export class OwnApplications {
  constructor(
    private readonly db: Db,
    private readonly files: Files,
    private readonly outbox: Outbox,
    private readonly people: People,
    private readonly audit: Audit,
  ) {}

  /** Throws NotFound for anybody else's. */
  async find(id: string, personId: string): Promise<Application> {
    const application = await this.db.manager.findOneBy(Application, { id, personId });
    if (!application) throw new NotFound('There is no such application of yours.');
    return application;
  }

  async consents(id: string): Promise<Consent[]> {
    return this.db.query<Consent>(
      `SELECT purpose, wording, given_at AS "givenAt", withdrawn_at AS "withdrawnAt" FROM consents
       WHERE application_id = $1 ORDER BY purpose`,
      [id],
    );
  }

  /** The message of the decision that stands, for the applicant. */
  async message(id: string): Promise<string> {
    const [row] = await this.db.query<{ message: string }>(
      `SELECT d.message FROM decisions d JOIN messages m ON m.key = 'application ' || d.application_id || ' decision ' || d.id
       WHERE d.application_id = $1 AND d.undone_at IS NULL AND m.state = 'sent'`,
      [id],
    );
    return row?.message ?? '';
  }

  /** Takes one consent back, as easily as it was given. What it covered goes at once; holding covers everything. */
  async takeBack(application: Application, purpose: ConsentPurpose): Promise<void> {
    if (purpose === 'holding') return this.erase(application);
    await this.write(application, 'application.consent-withdrawn', { purpose }, async (tx, fresh) => {
      await tx.query(
        'UPDATE consents SET withdrawn_at = $3 WHERE application_id = $1 AND purpose = $2 AND withdrawn_at IS NULL',
        [fresh.id, purpose, tx.now],
      );
      const answers = { ...fresh.answers };
      if (purpose === 'health')
        await tx.manager.update(Application, fresh.id, { health: null, answers: { ...answers, healthConsent: false } });
      if (purpose === 'direct-messages')
        await tx.manager.update(Application, fresh.id, { answers: { ...answers, directMessages: false } });
      if (purpose === 'photo') {
        await tx.manager.update(Application, fresh.id, {
          photoFile: null,
          answers: { ...answers, photoConsent: false, photoDescription: '' },
        });
      }
    });
    if (purpose === 'photo') await this.forget(application.photoFile);
  }

  /** Withdraws the application. One that led to a turn cannot be: the turn has to be given back first. */
  async withdraw(application: Application): Promise<void> {
    await this.write(application, 'application.withdrawn', {}, async (tx, fresh) => {
      await this.demandNoTurn(tx, fresh.id);
      await this.outbox.withdrawLetters(tx, { kind: 'application', id: fresh.id }, 'withdrawn by the applicant');
      await tx.manager.update(Application, fresh.id, { state: 'withdrawn', endedAt: tx.now });
    });
  }

  /** Erases what was written, for ever; the row's shell stays, and the person too where they have roles or turns. */
  async erase(application: Application): Promise<void> {
    await this.write(application, 'application.erased', {}, async (tx, fresh) => {
      await this.demandNoTurn(tx, fresh.id);
      await tx.query('UPDATE consents SET withdrawn_at = $2 WHERE application_id = $1 AND withdrawn_at IS NULL', [
        fresh.id,
        tx.now,
      ]);
      await tx.query(`UPDATE decisions SET note = '', message = '' WHERE application_id = $1`, [fresh.id]);
      await this.outbox.erase(tx, { kind: 'application', id: fresh.id });
      const empty = { email: null, emailKey: null, handleKey: null, health: null, photoFile: null, draftHash: null };
      await tx.manager.update(Application, fresh.id, { ...empty, answers: {}, state: 'erased', endedAt: tx.now });
      if (fresh.personId) await this.erasePerson(tx, fresh.personId);
    });
    await this.forget(application.photoFile);
  }

  private async erasePerson(tx: Tx, personId: string): Promise<void> {
    const [needed] = await tx.query(
      `SELECT 1 FROM roles WHERE person_id = $1 UNION ALL SELECT 1 FROM stints WHERE person_id = $1
       UNION ALL SELECT 1 FROM applications WHERE person_id = $1 AND state <> 'erased' LIMIT 1`,
      [personId],
    );
    if (needed) return;
    await this.outbox.erase(tx, { kind: 'person', id: personId });
    await this.audit.erase(tx, personId);
    await this.people.erase(tx, personId);
  }

  private async demandNoTurn(tx: Tx, id: string): Promise<void> {
    const turns = await tx.query(
      `SELECT 1 FROM stints WHERE application_id = $1 AND state IN ('proposed', 'approved', 'offered', 'confirmed', 'active')`,
      [id],
    );
    if (turns.length > 0)
      throw new Conflict('You have a turn in the rota. Ask the team to take you off it first, then come back here.');
  }

  private async write(
    { id, accountId, personId }: Application,
    verb: `application.${string}`,
    detail: Record<string, unknown>,
    work: (tx: Tx, fresh: Application) => Promise<void>,
  ): Promise<void> {
    await this.db.write([lock('applications', id)], async (tx) => {
      const fresh = await tx.manager.findOneByOrFail(Application, { id });
      if (fresh.state === 'erased' || fresh.state === 'withdrawn') {
        if (verb !== 'application.erased' || fresh.state === 'erased') return;
      }
      await this.audit.record(tx, {
        accountId,
        actor: personId ? { kind: 'person', id: personId } : { kind: 'stranger' },
        verb,
        subject: { kind: 'application', id },
        detail,
      });
      await work(tx, fresh);
    });
  }

  /** Removes a file that no other application shows. */
  private async forget(file: string | null): Promise<void> {
    if (!file) return;
    const used = await this.db.query('SELECT 1 FROM applications WHERE photo_file = $1', [file]);
    if (used.length === 0) await this.files.remove(file);
  }
}
