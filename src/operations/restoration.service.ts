import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/audit.service.js';
import { Accounts } from '../credentials/accounts.service.js';
import { lockAccess } from '../credentials/grants.service.js';
import { Holds } from '../credentials/holds.service.js';
import { SIGN_IN } from '../people/sign-in.service.js';
import { Db } from '../platform/database.service.js';
import { Invalid } from '../platform/errors.js';
import { noteOrigin } from '../platform/origin.service.js';
import type { Tx } from '../platform/tx.js';

/** What a restored database holds that may have left, or begun, after its backup was taken. */
export interface Uncertain {
  accounts: number;
  letters: number;
  posts: number;
  handovers: number;
  /** Passwords that a curator could have been shown. */
  passwords: number;
}

const NOTHING: Uncertain = { accounts: 0, letters: 0, posts: 0, handovers: 0, passwords: 0 };
const PAUSE = {
  kind: 'pause',
  scope: 'everyone',
  reason: 'Restored from a backup: look at the account, its rota and its messages first.',
  madeBy: null,
  publicMessage: null,
} as const;
const YEAR_MS = 366 * 86_400_000;

/**
 * After a restore: what may have happened between the backup and now is not done again. It is looked up where the
 * network can be asked, and put before a person where it cannot.
 */
@Injectable()
export class Restoration {
  constructor(
    private readonly db: Db,
    private readonly accounts: Accounts,
    private readonly holds: Holds,
    private readonly audit: Audit,
  ) {}

  /** Nothing is missing: every Baton was stopped before the backup was taken. */
  async nothingLost(): Promise<void> {
    await this.db.write((tx) => tx.query(noteOrigin));
  }

  /** All of it in one transaction, with every account paused for everyone until its team has looked. */
  async settle(taken: Date): Promise<Uncertain> {
    const accounts = await this.accounts.all();
    return this.db.write(
      accounts.map(({ id }) => lockAccess(id)),
      async (tx) => {
        const age = tx.now.getTime() - taken.getTime();
        if (age < 0 || age > YEAR_MS)
          throw new Invalid('The backup must have been taken in the past year, by the clock of the service.');
        const found = { ...NOTHING, accounts: accounts.length };
        found.letters = await count(tx, LETTERS);
        found.posts = await count(tx, POSTS, taken);
        found.handovers = await count(tx, HANDOVERS);
        found.passwords = await count(tx, REVEALS);
        await tx.query('UPDATE sessions SET ended_at = $1 WHERE ended_at IS NULL', [tx.real]);
        await tx.query('UPDATE one_time_tokens SET used_at = $1 WHERE purpose = $2 AND used_at IS NULL', [
          tx.now,
          SIGN_IN,
        ]);
        for (const { id } of accounts) await this.pause(tx, id, taken);
        await tx.query(noteOrigin);
        return found;
      },
    );
  }

  /** A pause or a shortened turn that came after the backup is not in it, so nobody speaks before the team has looked. */
  private async pause(tx: Tx, accountId: string, taken: Date): Promise<void> {
    const hold = await this.holds.begin(tx, { ...PAUSE, accountId });
    await this.audit.record(tx, {
      accountId,
      actor: { kind: 'system' },
      verb: 'account.restored',
      subject: { kind: 'account', id: accountId },
      detail: { taken: taken.toISOString(), hold },
    });
  }
}

async function count(tx: Tx, sql: string, ...more: unknown[]): Promise<number> {
  return (await tx.query(sql, [tx.now, ...more])).length;
}

const LETTERS = `
  UPDATE messages SET state = 'held', next_attempt_at = NULL, lease_until = NULL,
    detail = 'It may have left before the restore. Send it only if it has not arrived.'
  WHERE channel <> 'post' AND state IN ('waiting', 'sending') AND due_at <= $1 RETURNING id`;

/** Asked for on the timeline, like any call that was not answered. $2 is when the backup was taken. */
const POSTS = `
  UPDATE messages SET state = 'unknown', next_attempt_at = $1, lease_until = NULL,
    started_at = coalesce(started_at, least(due_at, $2)),
    detail = 'It may have been sent before the restore.'
  WHERE channel = 'post' AND state IN ('waiting', 'sending') AND due_at <= $1 RETURNING id`;

/** Counts as seen, at the moment from which it could have been. */
const REVEALS = `
  UPDATE reveals r SET state = 'revealed', revealed_at = g.opened_at
  FROM (SELECT stint_id, min(opens_at) AS opened_at FROM grants GROUP BY stint_id) g
  WHERE g.stint_id = r.stint_id AND r.state = 'sealed' AND g.opened_at <= $1 RETURNING r.id`;

const HANDOVERS = 'UPDATE boundaries SET may_have_run = true WHERE done_at IS NULL AND at <= $1 RETURNING id';
