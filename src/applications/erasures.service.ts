import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { People } from '../people/people.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { Application } from './application.entity.js';
import { Photos } from './photos.service.js';
import { hasTurn } from './turns.service.js';

const EMPTY = { email: null, emailKey: null, handleKey: null, health: null, photoFile: null, draftHash: null };

/** Erasing an application for ever at its applicant's word. The row's shell stays. */
@Injectable()
export class Erasures {
  constructor(
    private readonly db: Db,
    private readonly photos: Photos,
    private readonly outbox: Outbox,
    private readonly people: People,
    private readonly audit: Audit,
  ) {}

  /** Erases what was written, and the person too unless they have roles or turns. Throws Conflict while a turn is planned. */
  async erase({ id }: Application, personId: string): Promise<void> {
    const photo = await this.db.write([lock('applications', id)], async (tx) => {
      const fresh = await tx.manager.findOneByOrFail(Application, { id });
      if (fresh.state === 'erased') return null;
      if (await hasTurn(tx, id))
        throw new Conflict('You have a turn in the rota. Ask the team to take you off it first.');
      await this.empty(tx, fresh);
      await this.audit.record(tx, {
        accountId: fresh.accountId,
        actor: { kind: 'person', id: personId },
        verb: 'application.erased',
        subject: { kind: 'application', id },
      });
      await this.erasePerson(tx, personId);
      return fresh.photoFile;
    });
    await this.photos.forget(photo);
  }

  private async empty(tx: Tx, { id, accountId }: Application): Promise<void> {
    await tx.query('UPDATE consents SET withdrawn_at = $2 WHERE application_id = $1 AND withdrawn_at IS NULL', [
      ...[id, tx.now],
    ]);
    await tx.query(`UPDATE decisions SET note = '', message = '' WHERE application_id = $1`, [id]);
    for (const table of ['turn_notes', 'turn_plans', 'turn_feedback'])
      await tx.query(`DELETE FROM ${table} WHERE stint_id IN (SELECT id FROM stints WHERE application_id = $1)`, [id]);
    await this.outbox.erase(tx, { kind: 'application', id });
    await this.audit.eraseAbout(tx, accountId, { kind: 'application', id });
    await tx.manager.update(Application, id, { ...EMPTY, answers: {}, state: 'erased', endedAt: tx.now });
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
}
