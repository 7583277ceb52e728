import { Injectable } from '@nestjs/common';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import type { Availability } from './suits.js';

/** An accepted applicant of an account. */
export type Candidate = { applicationId: string; personId: string; name: string; availability: Availability };

/** The accepted people of an account: the only place in rota that reads applications. */
@Injectable()
export class Candidates {
  constructor(private readonly db: Db) {}

  /** By name. */
  async accepted(accountId: string, reader: Pick<Tx, 'query'> = this.db): Promise<Candidate[]> {
    const rows = await reader.query<Omit<Candidate, 'availability'> & { availability: Partial<Availability> | null }>(
      `SELECT a.id AS "applicationId", p.id AS "personId", p.name, a.answers -> 'weeks' AS availability
       FROM applications a JOIN persons p ON p.id = a.person_id
       WHERE a.account_id = $1 AND a.state = 'accepted' ORDER BY p.name, a.id`,
      [accountId],
    );
    return rows.map((row) => ({ ...row, availability: { ...NOTHING_SAID, ...row.availability } }));
  }

  /** One accepted applicant; throws NotFound. */
  async byApplication(tx: Tx, accountId: string, applicationId: string): Promise<Candidate> {
    const found = (await this.accepted(accountId, tx)).find((each) => each.applicationId === applicationId);
    if (!found) throw new NotFound('There is no accepted application of this person on this account.');
    return found;
  }

  /** Throws Conflict where an applicant who was accepted when they were proposed no longer is. */
  async demandAccepted(tx: Tx, stint: { accountId: string; applicationId: string | null }): Promise<void> {
    const accepted = await this.accepted(stint.accountId, tx);
    if (accepted.some((each) => each.applicationId === stint.applicationId)) return;
    throw new Conflict('The application behind this turn was withdrawn or is no longer accepted.');
  }
}

const NOTHING_SAID: Availability = { first: [], second: [], unavailable: [], flexible: false };
