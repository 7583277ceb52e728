import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Db } from '../platform/database.service.js';
import { Conflict, Invalid, NotAllowed, NotFound } from '../platform/errors.js';
import { lock, type Tx } from '../platform/tx.js';
import { Candidates } from './candidates.service.js';
import { Offers } from './offers.service.js';
import { Slot } from './slot.entity.js';
import { Stint } from './stint.entity.js';
import { liveStates } from './stint.js';
import { Stints, type StintView } from './stints.service.js';

/** A person for a slot: proposed by one, approved or returned by another. Approval offers at once. */
@Injectable()
export class Proposals {
  constructor(
    private readonly db: Db,
    private readonly stints: Stints,
    private readonly candidates: Candidates,
    private readonly offers: Offers,
  ) {}

  /** Proposes an accepted applicant for a free slot and seat; gives the stint's id. */
  async propose(
    account: Account,
    given: { slotId: string; seat: number; applicationId: string },
    by: string,
  ): Promise<string> {
    return this.db.write([lock('slots', given.slotId)], async (tx) => {
      const slot = await freeSlot(tx, account, given.slotId, given.seat);
      return (await this.put(tx, account, { ...given, slot, startsAt: slot.startsAt }, by)).id;
    });
  }

  /** The same in a transaction that holds the slot's row and has seen that it is free; from an instant of it on. */
  async put(
    tx: Tx,
    account: Account,
    given: { slot: Slot; startsAt: Date; seat: number; applicationId: string },
    by: string,
    reason?: string,
  ): Promise<StintView> {
    const { personId, applicationId } = await this.candidates.byApplication(tx, account.id, given.applicationId);
    const { slot, startsAt, seat } = given;
    const state = 'proposed' as const;
    const proposal = { accountId: account.id, slotId: slot.id, seat, personId, applicationId, state };
    const dates = { startsAt, endsAt: slot.endsAt, proposedBy: by, proposedAt: tx.now };
    const { id } = await tx.manager.save(tx.manager.create(Stint, { ...proposal, ...dates }));
    const stint = await this.stints.byId(id, account.id, tx);
    await this.stints.record(tx, stint, 'stint.proposed', { kind: 'person', id: by }, { seat }, reason);
    return stint;
  }

  /** Approves a proposal and offers it to its person. Never one's own, unless the account allows it. */
  async approve(account: Account, id: string, by: string): Promise<void> {
    await this.db.write(await this.stints.locks(id, account.id), async (tx) => {
      const stint = await this.stints.byId(id, account.id, tx);
      refuseOwn(account, stint, by);
      if (stint.endsAt <= tx.now) throw new Conflict('This slot is over. Propose another one.');
      await this.candidates.demandAccepted(tx, stint);
      const set = { approvedBy: by, approvedAt: tx.now };
      await this.stints.change(tx, id, 'approve', { actor: { kind: 'person', id: by }, set });
      await this.offers.make(tx, id);
    });
  }

  /** Gives a proposal back to whoever made it, with a reason; the slot is free again. */
  async return(account: Account, id: string, reason: string, by: string): Promise<void> {
    await this.db.write(await this.stints.locks(id, account.id), async (tx) => {
      refuseOwn(account, await this.stints.byId(id, account.id, tx), by);
      await this.stints.change(tx, id, 'return', { actor: { kind: 'person', id: by }, set: { reason }, reason });
    });
  }
}

/**
 * A slot that somebody can be put into; the transaction must hold its row. Throws Conflict when it was taken, is a
 * break or is over.
 */
export async function freeSlot(tx: Tx, account: Account, slotId: string, seat: number): Promise<Slot> {
  const slot = await tx.manager.findOneBy(Slot, { id: slotId, accountId: account.id });
  if (!slot) throw new NotFound('There is no such slot on this account.');
  if (seat < 1 || seat > account.seats) throw new Invalid('There is no such seat on this account.');
  if (slot.kind === 'break') throw new Conflict('This slot is a break. End the break first.');
  if (slot.endsAt <= tx.now) throw new Conflict('This slot is over.');
  const live = await tx.query('SELECT 1 FROM stints WHERE slot_id = $1 AND seat = $2 AND state = ANY($3)', [
    slotId,
    seat,
    liveStates,
  ]);
  if (live.length > 0) throw new Conflict('Somebody else was just put into this slot. Choose another one.');
  return slot;
}

function refuseOwn(account: Account, stint: Stint, by: string): void {
  if (stint.proposedBy !== by || account.selfApproval) return;
  throw new NotAllowed('You proposed this turn yourself, so another approver has to look at it.');
}
