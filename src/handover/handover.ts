import type { Account } from '../credentials/account.entity.js';
import type { TurnRow } from './turns.service.js';

/** A boundary that has begun, with what its steps work on, as it is in the transaction of a step. */
export interface HandoverAtWork {
  id: string;
  /** The database was restored since its instant, so it may have been done already. */
  mayHaveRun: boolean;
  account: Account;
  outgoing: TurnRow[];
  incoming: TurnRow[];
}

/** What a step did, in a sentence for the page. `byHand`: it leaves something for a person to do and tick. */
export interface StepResult {
  outcome: string;
  byHand?: boolean;
}

/** The step is done by calls outside, made after the commit, one after another. */
export const BY_CALLS = 'by calls';
