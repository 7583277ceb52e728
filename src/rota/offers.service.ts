import { Injectable } from '@nestjs/common';
import { OFFER } from '../messages/letters/rota.js';
import { Db } from '../platform/database.service.js';
import { Conflict, NotFound } from '../platform/errors.js';
import { type TokenState, Tokens } from '../platform/tokens.service.js';
import type { Tx } from '../platform/tx.js';
import { Agreements } from './agreements.service.js';
import { Candidates } from './candidates.service.js';
import { type OfferStanding, offerStanding } from './offer.js';
import { StintLetters } from './stint-letters.service.js';
import { Stints, type StintView } from './stints.service.js';

/** How somebody shows that an offer is theirs: by the link of their letter, or signed in. */
export type Claim = { token: string } | { personId: string; stintId: string };

/** What a link or an address leads to. */
export interface OfferFound {
  stint: StintView | null;
  standing: OfferStanding | null;
  /** Whether this claim can answer it: an open offer, and a link that still works. */
  open: boolean;
  token: TokenState['state'] | null;
}

/** Offers: made by an approval, answered once by the person they were made to. */
@Injectable()
export class Offers {
  constructor(
    private readonly db: Db,
    private readonly stints: Stints,
    private readonly agreements: Agreements,
    private readonly candidates: Candidates,
    private readonly letters: StintLetters,
    private readonly tokens: Tokens,
  ) {}

  /** Offers an approved turn, in the transaction of the approval. */
  async make(tx: Tx, id: string): Promise<void> {
    const change = { actor: { kind: 'system' }, set: { offeredAt: tx.now } } as const;
    await this.letters.offer(tx, await this.stints.change(tx, id, 'offer', change));
  }

  /** Makes an unanswered or lapsed offer again, with a new letter; earlier links stop working. */
  async renew(accountId: string, id: string, by: string): Promise<void> {
    await this.db.write(await this.stints.locks(id, accountId), async (tx) => {
      const { revision, endsAt } = await this.stints.byId(id, accountId, tx);
      if (endsAt <= tx.now) throw new Conflict('This slot is over, so it cannot be offered any more.');
      await this.letters.withdraw(tx, { id }, 'offered again');
      const set = { offeredAt: tx.now, revision: revision + 1 };
      const stint = await this.stints.change(tx, id, 'renew', { actor: { kind: 'person', id: by }, set });
      await this.letters.offer(tx, stint);
    });
  }

  /** What is behind a claim. Changes nothing. A signed-in person's claim on another's stint throws NotFound. */
  async look(claim: Claim): Promise<OfferFound> {
    const token = 'token' in claim ? await this.tokens.look(OFFER, claim.token) : null;
    const stintId = 'token' in claim ? token?.subject : claim.stintId;
    if (!stintId) return { stint: null, standing: null, open: false, token: 'unknown' };
    const stint = await this.stints.byId(stintId);
    if ('personId' in claim) refuseOthers(stint, claim.personId);
    const standing = offerStanding(stint, await this.db.now());
    return {
      stint,
      standing,
      open: standing === 'open' && (!token || token.state === 'good'),
      token: token?.state ?? null,
    };
  }

  /** Confirms the turn as the page showed it: these dates (`revision`) and this version of the agreement. */
  async confirm(claim: Claim, shown: { revision: number; agreementId: string | null }): Promise<void> {
    await this.answer(claim, async (tx, stint) => {
      if (stint.revision !== shown.revision)
        throw new Conflict('The dates have changed since you opened the page. Open your newest letter.');
      const agreement = await this.agreements.current(stint.accountId, tx.manager);
      if ((agreement?.id ?? null) !== shown.agreementId)
        throw new Conflict('The agreement has changed since you opened the page. Open the link again and read it.');
      await this.candidates.demandAccepted(tx, stint);
      const set = { answeredAt: tx.now, confirmedAt: tx.now, agreementId: shown.agreementId };
      const detail = { agreementId: shown.agreementId };
      const actor = { kind: 'person', id: stint.personId } as const;
      const confirmed = await this.stints.change(tx, stint.id, 'confirm', { actor, set, detail });
      await this.letters.confirmed(tx, confirmed);
      await this.letters.answered(tx, confirmed, 'confirmed');
    });
  }

  /** Declines the turn; the slot is free again. */
  async decline(claim: Claim, reason: string): Promise<void> {
    await this.answer(claim, async (tx, stint) => {
      const set = { answeredAt: tx.now, reason: reason || null };
      const actor = { kind: 'person', id: stint.personId } as const;
      const declined = await this.stints.change(tx, stint.id, 'decline', { actor, set, reason: reason || undefined });
      await this.letters.answered(tx, declined, 'declined');
    });
  }

  private async answer(claim: Claim, act: (tx: Tx, stint: StintView) => Promise<void>): Promise<void> {
    const { stint: found } = await this.look(claim);
    if (!found) throw new NotFound('This link is not one of ours, or it was not copied completely.');
    await this.db.write(await this.stints.locks(found.id), async (tx) => {
      const stint = await this.stints.byId(found.id, null, tx);
      const standing = offerStanding(stint, tx.now);
      if (standing !== 'open') throw new Conflict(ANSWER_TOO_LATE[standing]);
      if ('token' in claim) await this.useUp(tx, claim.token);
      await this.letters.withdraw(tx, stint, 'answered');
      await act(tx, stint);
    });
  }

  private async useUp(tx: Tx, token: string): Promise<void> {
    const { state } = await this.tokens.use(tx, OFFER, token);
    if (state !== 'good') throw new Conflict('This link has been used or replaced. Open your newest letter.');
  }
}

function refuseOthers(stint: StintView, personId: string): void {
  if (stint.personId !== personId) throw new NotFound('There is no such turn of yours.');
}

const ANSWER_TOO_LATE: Record<Exclude<OfferStanding, 'open'>, string> = {
  lapsed: 'This offer has lapsed, so nothing was changed. Write to the team if you would still like a turn.',
  'not-yet': 'This turn has not been offered yet.',
  confirmed: 'This turn is confirmed already.',
  declined: 'This offer was declined, so nothing was changed. Write to the team if you have changed your mind.',
  withdrawn:
    'This offer was withdrawn or the slot was given to somebody else, so nothing was changed. Write to the team if you would still like a turn.',
  cancelled: 'This turn was cancelled, so nothing was changed.',
  running: 'This turn has started already.',
  ended: 'This turn is over.',
};
