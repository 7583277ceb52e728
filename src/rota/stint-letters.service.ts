import { Injectable } from '@nestjs/common';
import type { LetterData, LetterName } from '../messages/letters/letters.js';
import { OFFER, type RotaLetters } from '../messages/letters/rota.js';
import { Outbox } from '../messages/outbox.service.js';
import { People } from '../people/people.service.js';
import { Tokens } from '../platform/tokens.service.js';
import type { Tx } from '../platform/tx.js';
import { offerLapses } from './offer.js';
import type { StintView } from './stints.service.js';

/** Queues the letters about a turn, in the transaction of the act that they tell of. */
@Injectable()
export class StintLetters {
  constructor(
    private readonly outbox: Outbox,
    private readonly tokens: Tokens,
    private readonly people: People,
  ) {}

  /** The offer, or the same offer again under a new revision. */
  async offer(tx: Tx, stint: StintView): Promise<void> {
    await this.queue(tx, stint, 'offer', { ...turnOf(stint), lapsesAt: offerLapses(stint).toISOString() });
  }

  /** The dates have moved: an offer with new dates. */
  async moved(tx: Tx, stint: StintView, before: StintView, reason: string): Promise<void> {
    const was = { startsAt: before.startsAt.toISOString(), endsAt: before.endsAt.toISOString() };
    const turn = turnOf(stint);
    await this.queue(tx, stint, 'dates-moved', {
      ...turn,
      lapsesAt: offerLapses(stint).toISOString(),
      before: was,
      reason,
    });
  }

  /** The turn starts or ends at another time; nothing has to be answered. */
  async shifted(tx: Tx, stint: StintView, before: StintView, reason: string): Promise<void> {
    const was = { startsAt: before.startsAt.toISOString(), endsAt: before.endsAt.toISOString() };
    await this.queue(tx, stint, 'times-changed', { ...turnOf(stint), before: was, reason });
  }

  async confirmed(tx: Tx, stint: StintView): Promise<void> {
    await this.queue(tx, stint, 'turn-confirmed', turnOf(stint));
  }

  /** To somebody who was offered the turn, or who had confirmed it. */
  async cancelled(tx: Tx, stint: StintView, wasConfirmed: boolean, reason: string): Promise<void> {
    const letter = wasConfirmed ? 'turn-cancelled' : 'offer-withdrawn';
    await this.queue(tx, stint, letter, { ...turnOf(stint), reason });
  }

  /** Tells the organisers and approvers, without a name: who it is stands on the page. */
  async answered(tx: Tx, stint: StintView, answer: RotaLetters['offer-answered']['answer']): Promise<void> {
    const team = await this.people.holding(stint.accountId, ['organiser', 'approver'], tx.manager);
    for (const { id, name, email } of team) {
      if (!email) continue;
      const { accountSlug: slug, accountHandle: handle, zone } = stint;
      await this.outbox.letter(tx, {
        key: `offer-answered ${stint.id} ${id} ${stint.revision}`,
        accountId: stint.accountId,
        cause: { kind: 'account', id: stint.accountId },
        template: 'offer-answered',
        data: { name, handle, slug, stintId: stint.id, startsAt: stint.startsAt.toISOString(), zone, answer },
        address: email,
        evidence: 'role',
        dueAt: tx.now,
      });
    }
  }

  /** Ends the unsent letters and the open links of a turn: what they say is no longer so. */
  async withdraw(tx: Tx, stint: { id: string }, reason: string): Promise<void> {
    await this.outbox.withdrawLetters(tx, { kind: 'stint', id: stint.id }, reason);
    await this.tokens.revoke(tx, OFFER, stint.id);
  }

  private async queue<Name extends LetterName>(
    tx: Tx,
    stint: StintView,
    template: Name,
    data: LetterData[Name],
  ): Promise<void> {
    if (!stint.email) return;
    await this.outbox.letter(tx, {
      key: `${template} ${stint.id} ${stint.revision}`,
      accountId: stint.accountId,
      cause: { kind: 'stint', id: stint.id },
      template,
      data,
      address: stint.email,
      evidence: 'applied',
      dueAt: tx.now,
    });
  }
}

function turnOf(stint: StintView): RotaLetters['turn-confirmed'] {
  return {
    name: stint.personName,
    handle: stint.accountHandle,
    stintId: stint.id,
    startsAt: stint.startsAt.toISOString(),
    endsAt: stint.endsAt.toISOString(),
    zone: stint.zone,
    help: stint.helpContact,
  };
}
