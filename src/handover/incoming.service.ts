import { Injectable } from '@nestjs/common';
import { Grants } from '../credentials/grants.service.js';
import { ProfileAccess } from '../credentials/profile-access.service.js';
import { Reveals } from '../credentials/reveals.service.js';
import { Outbox } from '../messages/outbox.service.js';
import type { Tx } from '../platform/tx.js';
import { Stints } from '../rota/stints.service.js';
import { admissionOf, admissionWords } from './admission.js';
import { Delegations, givenOutside } from './delegations.service.js';
import { BY_CALLS, type HandoverAtWork, type StepResult } from './handover.js';
import { type TurnRow, turnLetter } from './turns.service.js';
import { introduction, listed } from './words.js';

const NOBODY: StepResult = { outcome: 'Nothing to do: no access was opened.' };

/** The incoming half, a method for each step: rows only, in the transaction of the step. */
@Injectable()
export class IncomingHalf {
  constructor(
    private readonly grants: Grants,
    private readonly stints: Stints,
    private readonly outbox: Outbox,
    private readonly delegations: Delegations,
    private readonly reveals: Reveals,
    private readonly profileAccess: ProfileAccess,
  ) {}

  /** Opens the grants, from now until the stints end; a stint that is over, moved or cancelled gets none. */
  async grant(tx: Tx, { account, incoming }: HandoverAtWork): Promise<StepResult> {
    const said: string[] = [];
    for (const turn of incoming) {
      const admission = admissionOf(turn, tx.now);
      if (admission === 'open') await this.open(tx, account.id, turn);
      if (admission === 'open' && givenOutside(account)) await this.delegations.begin(tx, account.id, turn);
      said.push(`${turn.shownName}: ${admissionWords[admission]}.`);
    }
    await this.reveals.lay(tx, account.id);
    return { outcome: said.join(' ') };
  }

  /** By calls where a keeper has switched it on; else a person gets what to copy. */
  async profile(tx: Tx, { account, incoming }: HandoverAtWork): Promise<StepResult | typeof BY_CALLS> {
    if (!incoming.some(isOn)) return NOBODY;
    if (await this.profileAccess.isOn(tx, account.id)) return BY_CALLS;
    return { outcome: 'The profile of the curator is ready to copy.', byHand: true };
  }

  async announce(tx: Tx, { id, account, incoming }: HandoverAtWork): Promise<StepResult> {
    const on = incoming.filter(isOn);
    if (on.length === 0) return NOBODY;
    if (account.connection === 'none') return { outcome: 'The introduction is ready to copy.', byHand: true };
    await this.outbox.post(tx, {
      key: `handover ${id} announce`,
      accountId: account.id,
      cause: { kind: 'handover', id },
      text: introduction(account, on),
      stintId: null,
      authorId: null,
      dueAt: tx.now,
    });
    return { outcome: `Introduction of ${listed(on.map(({ shownName }) => shownName))} queued as a post.` };
  }

  async welcome(tx: Tx, { account, incoming }: HandoverAtWork): Promise<StepResult> {
    const on = incoming.filter(isOn);
    if (on.length === 0) return NOBODY;
    for (const turn of on) {
      if (!turn.email) continue;
      await this.outbox.letter(tx, { ...turnLetter(account, turn, 'welcome'), address: turn.email, dueAt: tx.now });
    }
    return { outcome: 'Welcome queued as a letter.' };
  }

  /** Letters that say what comes are no longer true once it has come: the welcome replaces them. */
  private async open(tx: Tx, accountId: string, turn: TurnRow): Promise<void> {
    await this.stints.begin(tx, turn.id);
    await this.outbox.withdrawLetters(tx, { kind: 'stint', id: turn.id }, 'the turn has begun', 'reminder', 'access');
    await this.grants.open(tx, {
      accountId,
      stintId: turn.id,
      personId: turn.personId,
      seat: turn.seat,
      opensAt: tx.now,
      endsAt: turn.endsAt,
    });
  }
}

export function isOn({ state, granted }: TurnRow): boolean {
  return state === 'active' && granted;
}
