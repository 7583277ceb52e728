import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Grants, lockAccessShared } from '../credentials/grants.service.js';
import { Db } from '../platform/database.service.js';
import { NotAllowed } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import { isOnDuty } from './on-duty.js';
import { actorOf, type Turn } from './turn.js';

/** What only the person on duty may do, whether or not they may post at that moment. */
@Injectable()
export class Duty {
  constructor(
    private readonly db: Db,
    private readonly grants: Grants,
  ) {}

  /** Does something in one transaction for whoever has the account in it. Throws NotAllowed for anybody else. */
  async act<T>(account: Account, turn: Turn, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.db.write([lockAccessShared(account.id)], async (tx) => {
      const answer = await this.grants.decide(tx, actorOf(turn), account);
      if (!isOnDuty(answer))
        throw new NotAllowed('Only the person on duty can do that, and at this moment that is not you.');
      return work(tx);
    });
  }
}
