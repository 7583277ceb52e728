import { Injectable } from '@nestjs/common';
import { Grants } from '../credentials/grants.service.js';
import { ProfileAccess } from '../credentials/profile-access.service.js';
import { rotationWords } from '../credentials/reveals.js';
import { Reveals } from '../credentials/reveals.service.js';
import { Outbox } from '../messages/outbox.service.js';
import { SIGN_IN } from '../people/sign-in.service.js';
import { Tokens } from '../platform/tokens.service.js';
import type { Tx } from '../platform/tx.js';
import { Stints } from '../rota/stints.service.js';
import { Delegations, givenOutside } from './delegations.service.js';
import { BY_CALLS, type HandoverAtWork, type StepResult } from './handover.js';
import { type TurnRow, turnLetter } from './turns.service.js';
import { thanks } from './words.js';

const LET_PASS = 'A keeper let it pass that nobody has confirmed the end of the access given outside Baton.';

/** Letters that are no longer true when the turn is over. */
const OF_THE_TURN = ['reminder', 'access', 'welcome', 'sign-off'] as const;

/** The outgoing half, a method for each step: rows only, in the transaction of the step. */
@Injectable()
export class OutgoingHalf {
  constructor(
    private readonly grants: Grants,
    private readonly stints: Stints,
    private readonly outbox: Outbox,
    private readonly tokens: Tokens,
    private readonly reveals: Reveals,
    private readonly delegations: Delegations,
    private readonly profileAccess: ProfileAccess,
  ) {}

  /** Ends the stints and everything that Baton gave for them. */
  async close(tx: Tx, { outgoing }: HandoverAtWork): Promise<StepResult> {
    let held = 0;
    for (const turn of outgoing) {
      await this.grants.close(tx, turn.id, 'handover');
      await this.end(tx, turn);
      await this.outbox.withdrawLetters(tx, { kind: 'stint', id: turn.id }, 'the turn has ended', ...OF_THE_TURN);
      held += (await this.outbox.holdPosts(tx, turn.id, 'The turn ended before it was due.')).length;
      await this.tokens.revoke(tx, SIGN_IN, turn.personId);
    }
    const kept =
      held === 0 ? '' : ` ${held === 1 ? 'One scheduled post is' : `${held} scheduled posts are`} held back.`;
    return { outcome: `Access through Baton is closed.${kept}` };
  }

  /** That nothing of theirs is open any more; the delegates were confirmed gone before this step may run. */
  async check(tx: Tx, { account, outgoing }: HandoverAtWork): Promise<StepResult> {
    const ids = outgoing.map(({ id }) => id);
    const [open, unproven] = await Promise.all([
      tx.query('SELECT 1 FROM grants WHERE stint_id = ANY ($1) AND closed_at IS NULL', [ids]),
      this.delegations.unprovenOf(tx, ids),
    ]);
    if (open.length > 0) throw new Error('A grant is still open after its close');
    if (unproven) return { outcome: `No grant is open. ${LET_PASS}` };
    const outside = givenOutside(account) && outgoing.some(({ granted }) => granted);
    const proof = outside ? ' A person confirmed that access given outside Baton is gone.' : '';
    return { outcome: `No grant is open.${proof}` };
  }

  /** What was shown in the stints is changed by now, or a keeper has let it pass: before that this step may not run. */
  async rotate(tx: Tx, { outgoing }: HandoverAtWork): Promise<StepResult> {
    return {
      outcome: rotationWords(
        await this.reveals.ofStints(
          tx,
          outgoing.map(({ id }) => id),
        ),
      ),
    };
  }

  /** By calls where a keeper has switched it on; else a person gets what to copy. */
  async restore(tx: Tx, { account, outgoing, incoming }: HandoverAtWork): Promise<StepResult | typeof BY_CALLS> {
    if (!outgoing.some(({ granted }) => granted)) return { outcome: 'The profile had not been changed.' };
    if (await this.profileAccess.isOn(tx, account.id)) return BY_CALLS;
    if (incoming.length > 0) return { outcome: 'The profile of the next curator follows.' };
    return { outcome: 'The profile of the house is ready to copy.', byHand: true };
  }

  async thank(tx: Tx, { id, account, outgoing }: HandoverAtWork): Promise<StepResult> {
    const curated = outgoing.filter(({ granted, endedHow }) => granted && endedHow !== 'no-show');
    if (curated.length === 0) return { outcome: 'Nobody to thank: the turn did not take place.' };
    for (const turn of curated) {
      if (!turn.email) continue;
      await this.outbox.letter(tx, { ...turnLetter(account, turn, 'thanks'), address: turn.email, dueAt: tx.now });
    }
    const inPublic = curated.filter(({ endedHow }) => endedHow !== 'cut-short');
    if (!account.thanksPost || inPublic.length === 0) return { outcome: 'Thanks queued as a letter.' };
    if (account.connection === 'none') return { outcome: 'Thanks queued; a post is ready to copy.', byHand: true };
    await this.outbox.post(tx, {
      key: `handover ${id} thanks`,
      accountId: account.id,
      cause: { kind: 'handover', id },
      text: thanks(account, inPublic),
      stintId: null,
      authorId: null,
      dueAt: tx.now,
    });
    return { outcome: 'Thanks queued as a letter and as a post.' };
  }

  /** A stint whose grant never opened ends too, but it does not count as completed. */
  private async end(tx: Tx, { id, state, granted }: TurnRow): Promise<void> {
    if (state === 'confirmed') await this.stints.begin(tx, id);
    if (state !== 'confirmed' && state !== 'active') return;
    await this.stints.end(tx, id, granted ? 'completed' : 'cut-short');
  }
}
