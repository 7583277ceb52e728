import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { timeRange } from '../credentials/dates.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import { lock } from '../platform/tx.js';
import { Stints, type StintView } from '../rota/stints.service.js';
import { AccountHolds } from './account-holds.service.js';
import { BadDayLetters } from './bad-day-letters.service.js';

/** How often somebody can call the team within an hour. */
const CALLS = 5;
const HOUR = 60 * 60_000;
const STATES = ['confirmed', 'active', 'ended'];

/** A curator's call for help, and how the team sees it. */
export interface Call {
  at: Date;
  curator: string;
  words: string;
}

/** The curator's own button: tells the team at once, and offers to pause the account. */
@Injectable()
export class Panic {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly stints: Stints,
    private readonly holds: AccountHolds,
    private readonly audit: Audit,
    private readonly letters: BadDayLetters,
  ) {}

  /** Somebody's own turn with its account; throws NotFound for a turn of somebody else. */
  async own(stintId: string, personId: string): Promise<{ stint: StintView; account: Account }> {
    const stint = await this.stints.byId(stintId);
    if (stint.personId !== personId || !STATES.includes(stint.state))
      throw new NotFound('There is no such turn of yours.');
    return { stint, account: await this.accounts.byId(stint.accountId) };
  }

  /** Tells the team now. */
  async call(stintId: string, personId: string, words: string): Promise<void> {
    const { account, stint } = await this.own(stintId, personId);
    await this.db.write([lock('stints', stintId)], async (tx) => {
      const [calls] = await tx.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM audit_entries WHERE chain = $1 AND subject_kind = 'stint' AND subject_id = $2
           AND verb = $3 AND at > $4`,
        [account.id, stintId, HELP, new Date(tx.now.getTime() - HOUR)],
      );
      if ((calls?.count ?? 0) >= CALLS)
        throw new Conflict(`The team was told ${CALLS} times within the hour. ${ringThem(account)}`);
      await this.audit.record(tx, {
        accountId: account.id,
        actor: { kind: 'person', id: personId },
        verb: HELP,
        subject: { kind: 'stint', id: stintId },
        particulars: { personId, reason: words },
      });
      await this.letters.help(tx, account, stint, words, timeRange(account.zone, stint, { zone: true }));
    });
  }

  /** The second press: pauses the account for curators. False when it is paused already. */
  async pause(stintId: string, personId: string): Promise<boolean> {
    const { account } = await this.own(stintId, personId);
    const last = (await this.calls(account.id)).find((call) => call.stintId === stintId);
    const reason = last?.words || 'The curator asked for help.';
    return this.holds.pauseOwn(account, stintId, personId, reason);
  }

  /** The calls of the last day, the newest first. */
  async calls(accountId: string): Promise<(Call & { stintId: string })[]> {
    const since = new Date((await this.db.now()).getTime() - 24 * HOUR);
    return this.db.query<Call & { stintId: string }>(
      `SELECT e.at, e.subject_id AS "stintId", p.shown_name AS curator, coalesce(a.particulars ->> 'reason', '') AS words
       FROM audit_entries e JOIN stints s ON s.id::text = e.subject_id JOIN persons p ON p.id = s.person_id
         LEFT JOIN audit_particulars a USING (chain, seq)
       WHERE e.chain = $1 AND e.subject_kind = 'stint' AND e.verb = $2 AND e.at > $3 ORDER BY e.seq DESC`,
      [accountId, HELP, since],
    );
  }
}

const HELP = 'stint.help-asked';

function ringThem({ helpContact }: Account): string {
  return helpContact ? `Ask for help here: ${helpContact}` : 'They have your letters; wait for their answer.';
}
