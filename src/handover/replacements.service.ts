import { Injectable } from '@nestjs/common';
import type { Account } from '../credentials/account.entity.js';
import { Db } from '../platform/database.service.js';
import { Conflict } from '../platform/errors.js';
import type { Tx } from '../platform/tx.js';
import { Agreements } from '../rota/agreements.service.js';
import { Changes } from '../rota/changes.service.js';
import { Offers } from '../rota/offers.service.js';
import { Proposals } from '../rota/proposals.service.js';
import { type Choice, Rota } from '../rota/rota.service.js';
import { Slots } from '../rota/slots.service.js';
import { Stints, type StintView } from '../rota/stints.service.js';
import { BadDayLetters } from './bad-day-letters.service.js';
import { EarlyEnds } from './early-ends.service.js';

/** `offer`: they are asked and answer; `at-once`: they have told the organiser yes, under an agreement they accepted. */
export type Way = 'offer' | 'at-once';

/** Somebody who could stand in. */
export interface Standby extends Choice {
  /** They accepted the newest agreement for an earlier turn. */
  agreed: boolean;
}

export interface Replacement {
  stintId: string;
  applicationId: string;
  way: Way;
  reason: string;
}

/**
 * Puts somebody else into the rest of a turn. Where the account asks for four eyes the replacement is a proposal, and
 * approvers are written to at once; where one person may approve alone, it is done at once, and approvers are told.
 */
@Injectable()
export class Replacements {
  constructor(
    private readonly db: Db,
    private readonly stints: Stints,
    private readonly slots: Slots,
    private readonly rota: Rota,
    private readonly agreements: Agreements,
    private readonly proposals: Proposals,
    private readonly offers: Offers,
    private readonly changes: Changes,
    private readonly ends: EarlyEnds,
    private readonly letters: BadDayLetters,
  ) {}

  /** Everyone who was accepted, but for the one who is replaced. Nobody is ranked. */
  async standbys(account: Account, stint: StintView): Promise<Standby[]> {
    const slot = await this.slots.byId(account.id, stint.slotId);
    const agreed = await this.agreedTo(account.id, this.db);
    const choices = await this.rota.choices(account, slot);
    return choices
      .filter(({ personId }) => personId !== stint.personId)
      .map((choice) => ({ ...choice, agreed: agreed.has(choice.personId) }));
  }

  /** Does it, with the end of the turn that is replaced; gives the new stint's id. */
  async replace(account: Account, given: Replacement, by: string): Promise<string> {
    const { stintId, reason } = given;
    return this.db.write(await this.ends.locks(account, stintId), async (tx) => {
      await this.ends.demand(tx, 'replace', stintId);
      const before = await this.stints.byId(stintId, account.id, tx);
      await this.clear(tx, account, before, reason, by);
      const made = await this.put(tx, account, before, given, by);
      const told = { key: made.id, reason, by, curator: before.shownName };
      if (!account.selfApproval) await this.letters.proposed(tx, account, made.id, { ...told, act: 'propose' });
      else {
        await this.pass(tx, account, made, given, by);
        await this.letters.team(tx, account, { ...told, act: 'replace' });
      }
      return made.id;
    });
  }

  /** Ends a running turn, or cancels one that has not begun. */
  private async clear(tx: Tx, account: Account, before: StintView, reason: string, by: string): Promise<void> {
    if (before.state === 'active') await this.ends.endNow(tx, account, before.id, 'cut-short', reason, by);
    if (before.state === 'confirmed') await this.changes.cancelIn(tx, account, before.id, reason, by);
  }

  private async put(
    tx: Tx,
    account: Account,
    before: StintView,
    { applicationId, reason }: Replacement,
    by: string,
  ): Promise<StintView> {
    const slot = await this.slots.byId(account.id, before.slotId, tx.manager);
    const startsAt = tx.now > slot.startsAt ? tx.now : slot.startsAt;
    const given = { slot, startsAt, seat: before.seat, applicationId };
    const made = await this.proposals.put(tx, account, given, by, reason);
    if (made.personId === before.personId) throw new Conflict('Choose somebody else: this is whose turn it was.');
    return made;
  }

  /** Approves and offers by one person, as the account allows; at once it is confirmed on the standby's word. */
  private async pass(tx: Tx, account: Account, made: StintView, { way, reason }: Replacement, by: string) {
    const actor = { kind: 'person', id: by } as const;
    const set = { approvedBy: by, approvedAt: tx.now };
    await this.stints.change(tx, made.id, 'approve', { actor, set, detail: { alone: true }, reason });
    if (way === 'offer') return this.offers.make(tx, made.id);
    const agreementId = (await this.agreedTo(account.id, tx)).get(made.personId);
    if (!agreementId)
      throw new Conflict('They have not accepted the newest agreement yet: offer them the turn instead.');
    await this.stints.change(tx, made.id, 'offer', { actor, set: { offeredAt: tx.now } });
    const confirmed = await this.stints.change(tx, made.id, 'confirm', {
      actor,
      set: { answeredAt: tx.now, confirmedAt: tx.now, agreementId },
      detail: { agreementId, onTheirWord: true },
      reason,
    });
    await this.letters.turn(tx, account, confirmed, 'turn-given', reason);
  }

  /** Who has accepted the newest agreement for some turn of theirs: person → agreement. */
  private async agreedTo(accountId: string, reader: Pick<Tx, 'query' | 'manager'>): Promise<Map<string, string>> {
    const newest = await this.agreements.current(accountId, reader.manager);
    if (!newest) return new Map();
    const rows = await reader.query<{ personId: string }>(
      `SELECT DISTINCT person_id AS "personId" FROM stints WHERE account_id = $1 AND agreement_id = $2`,
      [accountId, newest.id],
    );
    return new Map(rows.map(({ personId }) => [personId, newest.id]));
  }
}
