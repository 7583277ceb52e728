import type { EndedHow, StintState } from '../rota/stint.js';

/** What a person can do to an account at once. */
export type AccountAct = 'pause' | 'lift' | 'take-over' | 'give-back';
/** What a person can do to one turn. */
export type TurnAct = 'cut-short' | 'no-show' | 'reinstate' | 'replace';

/** Which of the two keeps the curators away by a person's hand; they take each other's place. */
export type Standing = 'pause' | 'takeover' | null;

/** A turn as far as these acts depend on it. */
export interface TurnFacts {
  state: StintState;
  endedHow: EndedHow | null;
  endsAt: Date;
  /** Until when its access was to last before it was ended early; null when access was never opened. */
  plannedEnd: Date | null;
  slotEndsAt: Date;
  /** Posts of the turn that went out, or may have, through Baton. */
  posts: number;
  /** Somebody else is proposed, offered or confirmed in the seat, or the slot was made a break. */
  taken: boolean;
  /** Access of another ended turn is open, unproven or unrotated. */
  othersOpen: boolean;
}

/** `problem` says why not, and what to do instead. */
export type May = { ok: true } | { ok: false; problem: string };

const YES: May = { ok: true };
const no = (problem: string): May => ({ ok: false, problem });

/** What is left standing after an act on the account. */
export const leaves: Record<AccountAct, Standing> = {
  pause: 'pause',
  lift: null,
  'take-over': 'takeover',
  'give-back': null,
};

/** Whether an act on the account makes sense. Pausing and taking over end each other, so that one hold stands at most. */
export function mayOnAccount(act: AccountAct, standing: Standing): May {
  if (act === 'pause') return standing === 'pause' ? no('The account is paused already.') : YES;
  if (act === 'take-over') return standing === 'takeover' ? no('The team has taken over already.') : YES;
  if (act === 'lift') return standing === 'pause' ? YES : no('The account is not paused, so there is nothing to lift.');
  return standing === 'takeover' ? YES : no('The team has not taken over, so there is nothing to give back.');
}

/** Whether an act on a turn can be done at `now`. A turn lasts in [start, end): at its end its handover has it. */
export function mayOnTurn(act: TurnAct, turn: TurnFacts, now: Date): May {
  const rules: Record<TurnAct, () => May> = {
    'cut-short': () => mayEnd(turn, now),
    'no-show': () => mayCallNoShow(turn, now),
    reinstate: () => mayReinstate(turn, now),
    replace: () => mayReplace(turn, now),
  };
  return rules[act]();
}

/** The end of a turn that is ended at `now`: a turn is never empty. */
export function earlyEnd(startsAt: Date, now: Date): Date {
  return now > startsAt ? now : new Date(startsAt.getTime() + 1);
}

/** Whether a turn was ended before its time by a person. */
function endedEarly({ state, endedHow }: Pick<TurnFacts, 'state' | 'endedHow'>): boolean {
  return state === 'ended' && (endedHow === 'cut-short' || endedHow === 'no-show');
}

function mayEnd({ state, endsAt }: TurnFacts, now: Date): May {
  if (state === 'confirmed') return no('This turn has not begun. Cancel it on its own page instead.');
  if (state !== 'active') return no('This turn is not running, so there is nothing to end.');
  return now < endsAt ? YES : no('This turn has reached its end. Its handover closes it by itself.');
}

function mayCallNoShow(turn: TurnFacts, now: Date): May {
  const may = mayEnd(turn, now);
  if (!may.ok || turn.posts === 0) return may;
  return no('This curator has posted, so it is not a no-show. Cut the turn short instead.');
}

function mayReinstate(turn: TurnFacts, now: Date): May {
  if (!endedEarly(turn) || !turn.plannedEnd) return no('Only a turn that was ended early can be given back.');
  if (now >= turn.plannedEnd) return no('The time of this turn is over. Offer another slot on the rota instead.');
  if (turn.taken) return no('The seat is no longer free. Withdraw or cancel what stands there on the rota first.');
  if (turn.othersOpen)
    return no('Access of somebody else on this account is not proven closed. Do what the tasks page says first.');
  return YES;
}

function mayReplace(turn: TurnFacts, now: Date): May {
  if (now >= turn.slotEndsAt) return no('This slot is over. Propose somebody for another slot on the rota.');
  if (turn.state === 'confirmed' || turn.state === 'active') return YES;
  if (!endedEarly(turn)) return no('Nobody has this turn. Propose somebody on the page of its slot.');
  return turn.taken ? no('Somebody is put down for this seat already. See the page of its slot.') : YES;
}
