import { Injectable } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Outbox } from '../messages/outbox.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { Application, type ApplicationState } from './application.entity.js';
import type { ConsentPurpose } from './consents.js';
import { Photos } from './photos.service.js';
import { hasTurn } from './turns.service.js';

type Revocable = Exclude<ConsentPurpose, 'holding' | 'guidelines'>;

/** A consent as its giver sees it. */
export interface Consent {
  purpose: ConsentPurpose;
  wording: string;
  givenAt: Date;
  withdrawnAt: Date | null;
}

/** What an applicant does with their own application: look, take back consents, withdraw. */
@Injectable()
export class OwnApplications {
  constructor(
    private readonly db: Db,
    private readonly photos: Photos,
    private readonly outbox: Outbox,
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

  /** Where it stands as the applicant may know it: a decision counts once it can no longer be undone. */
  async standing({ id, state }: Application): Promise<{ state: ApplicationState; message: string }> {
    const [decision] = await this.db.query<{ verdict: string; message: string; decided_at: Date }>(
      'SELECT verdict, message, decided_at FROM decisions WHERE application_id = $1 AND undone_at IS NULL',
      [id],
    );
    if (decision?.verdict !== state) return { state, message: '' };
    const told = decision.decided_at.getTime() + settings.decisionUndo <= (await this.db.now()).getTime();
    return told ? { state, message: decision.message } : { state: 'waiting', message: '' };
  }

  /** Takes one consent back, as easily as it was given. What it covered goes at once. (Holding covers all: see Erasures.) */
  async takeBack({ id }: Application, purpose: Revocable, personId: string): Promise<void> {
    const photo = await this.db.write([lock('applications', id)], async (tx) => {
      const fresh = await tx.manager.findOneByOrFail(Application, { id });
      const taken = await tx.query(
        'UPDATE consents SET withdrawn_at = $3 WHERE application_id = $1 AND purpose = $2 AND withdrawn_at IS NULL RETURNING id',
        [id, purpose, tx.now],
      );
      if (taken.length === 0) return null;
      const before = fresh.photoFile;
      await tx.manager.save(Object.assign(fresh, covered(fresh, purpose)));
      await this.record(tx, fresh, personId, 'application.consent-withdrawn', { purpose });
      return before;
    });
    await this.photos.forget(photo);
  }

  /** Withdraws the application. One that led to a turn cannot be: the turn has to be given back first. */
  async withdraw(account: Account, { id }: Application, personId: string): Promise<void> {
    await this.db.write([lock('applications', id)], async (tx) => {
      const fresh = await tx.manager.findOneByOrFail(Application, { id });
      if (fresh.state === 'withdrawn' || fresh.state === 'erased') return;
      if (await hasTurn(tx, id))
        throw new Conflict('You have a turn in the rota. Ask the team to take you off it first.');
      const cause = { kind: 'application', id } as const;
      await this.outbox.withdrawLetters(tx, cause, 'withdrawn by the applicant');
      const revision = fresh.revision + 1;
      await tx.manager.update(Application, id, { state: 'withdrawn', endedAt: tx.now, revision });
      await this.record(tx, fresh, personId, 'application.withdrawn');
      await this.outbox.letter(tx, {
        key: `application ${id} withdrawn`,
        accountId: account.id,
        cause,
        template: 'application-withdrawn',
        data: { name: fresh.answers.name ?? '', handle: account.handle, applicationId: id },
        address: fresh.email ?? '',
        evidence: 'applied',
        dueAt: tx.now,
      });
    });
  }

  private async record(
    tx: Tx,
    { id, accountId }: Application,
    personId: string,
    verb: `application.${string}`,
    detail: Record<string, unknown> = {},
  ): Promise<void> {
    const actor = { kind: 'person', id: personId } as const;
    await this.audit.record(tx, { accountId, actor, verb, subject: { kind: 'application', id }, detail });
  }
}

/** What a consent covered, emptied. */
function covered({ answers }: Application, purpose: Revocable): Partial<Application> {
  if (purpose === 'health') return { health: null, answers: { ...answers, healthConsent: false } };
  if (purpose === 'direct-messages') return { answers: { ...answers, directMessages: false } };
  return { photoFile: null, answers: { ...answers, photoConsent: false, photoDescription: '' } };
}
