import { Injectable } from '@nestjs/common';
import type { Actor } from '../credentials/access.js';
import { mayAct } from '../credentials/access.js';
import { Accounts } from '../credentials/accounts.service.js';
import { Grants } from '../credentials/grants.service.js';
import type { Tx } from '../platform/tx.js';
import { decide, overtaken, type Verdict } from './delivery.js';
import type { Message } from './message.entity.js';

type Reader = Pick<Tx, 'query'>;
type Clock = Pick<Tx, 'now' | 'real'>;

/** Reads what the decision about a row is made from, and asks it. */
@Injectable()
export class Verdicts {
  constructor(
    private readonly accounts: Accounts,
    private readonly grants: Grants,
  ) {}

  /** What happens to the row now. Counts only inside a transaction that holds its locks. */
  async of(reader: Reader, row: Message, clock: Clock): Promise<Verdict> {
    const facts =
      row.channel === 'post' ? await this.accessOf(reader, row, clock) : { access: null, overtakenByHold: false };
    return decide({ ...row, ...facts, stopped: await this.stopped(reader, row) }, clock.now, clock.real);
  }

  /** Whether a post's author (its stint, or the house) may act now, and whether a hold lay between its time and now. */
  async accessOf(reader: Reader, row: Message, { now }: Pick<Clock, 'now'>) {
    if (!row.accountId) return { access: null, overtakenByHold: false };
    const [account, { grants, holds }] = await Promise.all([
      this.accounts.byId(row.accountId, reader),
      this.grants.rows(reader, row.accountId),
    ]);
    const seat = grants.find((grant) => grant.stintId === row.stintId)?.seat ?? 1;
    const actor: Actor = row.stintId ? { kind: 'stint', stintId: row.stintId, seat } : { kind: 'house' };
    const access = mayAct(actor, grants, account.postingHours, holds, now);
    return { access, overtakenByHold: overtaken(actor, holds, row.dueAt, now) };
  }

  private async stopped(reader: Reader, row: Message): Promise<boolean> {
    if (row.channel !== 'letter') return false;
    const stops = await reader.query(
      'SELECT 1 FROM stops WHERE cause_kind = $1 AND cause_id = $2 AND lifted_at IS NULL LIMIT 1',
      [row.causeKind, row.causeId],
    );
    return stops.length > 0;
  }
}
