import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { lockAccessShared } from '../credentials/grants.service.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { freeSlot } from './proposals.service.js';
import { StintLetters } from './stint-letters.service.js';
import { Stints, type StintView } from './stints.service.js';

/** Moving and cancelling turns. What letters had said before is withdrawn in the same transaction. */
@Injectable()
export class Changes {
  constructor(
    private readonly db: Db,
    private readonly stints: Stints,
    private readonly letters: StintLetters,
  ) {}

  /** Moves a turn to another free slot. Once offered, it is offered anew with the new dates. */
  async move(account: Account, id: string, slotId: string, reason: string, by: string): Promise<void> {
    const locks = [lockAccessShared(account.id), lock('slots', slotId), lock('stints', id)];
    await this.db.write(locks, async (tx) => {
      const before = await this.stints.byId(id, account.id, tx);
      refuseRunning(before, 'moved');
      const slot = await freeSlot(tx, account, slotId, before.seat);
      await this.letters.withdraw(tx, before, 'the dates have moved');
      const after = await this.stints.change(tx, id, 'move', {
        actor: { kind: 'person', id: by },
        set: { ...UNANSWERED, slotId, startsAt: slot.startsAt, endsAt: slot.endsAt, ...nextRevision(before, tx) },
        detail: { fromSlotId: before.slotId, fromRevision: before.revision },
        reason,
      });
      if (after.state === 'offered') await this.letters.moved(tx, after, before, reason);
    });
  }

  /** Cancels a turn, withdraws an offer or takes a proposal back; the slot is free again. */
  async cancel(account: Account, id: string, reason: string, by: string): Promise<void> {
    await this.db.write(await this.stints.locks(id, account.id), (tx) => this.cancelIn(tx, account, id, reason, by));
  }

  /** The same in a transaction that holds the stint's locks. */
  async cancelIn(tx: Tx, account: Account, id: string, reason: string, by: string): Promise<void> {
    const before = await this.stints.byId(id, account.id, tx);
    refuseRunning(before, 'cancelled');
    await this.letters.withdraw(tx, before, 'cancelled');
    const set = { reason, revision: before.revision + 1 };
    const after = await this.stints.change(tx, id, 'cancel', { actor: { kind: 'person', id: by }, set, reason });
    if (before.state === 'offered' || before.state === 'confirmed') {
      await this.letters.cancelled(tx, after, before.state === 'confirmed', reason);
    }
  }

  /**
   * Shifts the start or the end of a confirmed or running turn, in a transaction that holds the account's access: its
   * handover is run early or late. It stays confirmed, and its curator is told the new times.
   */
  async shiftIn(
    tx: Tx,
    account: Account,
    id: string,
    times: { startsAt: Date } | { endsAt: Date },
    reason: string,
    by: string,
  ): Promise<void> {
    const before = await this.stints.byId(id, account.id, tx);
    await this.letters.withdraw(tx, before, 'the times have changed');
    const after = await this.stints.change(tx, id, 'shift', {
      actor: { kind: 'person', id: by },
      set: { ...times, revision: before.revision + 1 },
      detail: { fromRevision: before.revision, fromStart: before.startsAt, fromEnd: before.endsAt },
      reason,
    });
    await this.letters.shifted(tx, after, before, reason);
  }

  /** The stint for a page that is about to change it; throws what the change itself would throw. */
  async about(account: Account, id: string, what: 'moved' | 'cancelled'): Promise<StintView> {
    const stint = await this.stints.byId(id, account.id);
    refuseRunning(stint, what);
    if (!CHANGEABLE.includes(stint.state)) throw new NotFound(`This turn is ${stint.state}, so it cannot be ${what}.`);
    return stint;
  }
}

const CHANGEABLE: string[] = ['proposed', 'offered', 'confirmed'];
const UNANSWERED = { answeredAt: null, confirmedAt: null, agreementId: null };

function nextRevision({ state, revision }: StintView, { now }: Tx): { revision: number; offeredAt: Date | null } {
  return { revision: revision + 1, offeredAt: state === 'proposed' ? null : now };
}

function refuseRunning({ state }: StintView, what: string): void {
  if (state !== 'active') return;
  throw new Conflict(`This turn is running, so it cannot be ${what} here. Cut it short on the page for a bad day.`);
}
