export type StintState =
  | 'proposed'
  | 'approved'
  | 'offered'
  | 'confirmed'
  | 'active'
  | 'ended'
  | 'returned'
  | 'declined'
  | 'cancelled';

export type StintMove =
  | 'approve'
  | 'return'
  | 'offer'
  | 'renew'
  | 'move'
  | 'confirm'
  | 'decline'
  | 'cancel'
  | 'start'
  | 'complete'
  | 'cut-short'
  | 'no-show'
  | 'shift'
  | 'reinstate';

/** How a stint ended; only an ended one has it. */
export type EndedHow = 'completed' | 'cut-short' | 'no-show';

type Target = { state: StintState; endedHow: EndedHow | null };

/** What came of a move: the new state, or a sentence for the person who asked. */
export type Moved = ({ ok: true } & Target) | { ok: false; problem: string };

/**
 * Every move out of every state. An approver's approval offers at once; both are kept in the audit log. Moved dates
 * have to be confirmed again; times shifted by a handover that is run early or late stay confirmed. Only a turn that was ended early is given back (`mayOnTurn` in handover holds that).
 */
export const stintMoves: Record<StintState, Partial<Record<StintMove, Target>>> = {
  proposed: { approve: to('approved'), return: to('returned'), move: to('proposed'), cancel: to('cancelled') },
  approved: { offer: to('offered'), cancel: to('cancelled') },
  offered: {
    confirm: to('confirmed'),
    decline: to('declined'),
    renew: to('offered'),
    move: to('offered'),
    cancel: to('cancelled'),
  },
  confirmed: { start: to('active'), move: to('offered'), shift: to('confirmed'), cancel: to('cancelled') },
  active: {
    shift: to('active'),
    complete: to('ended', 'completed'),
    'cut-short': to('ended', 'cut-short'),
    'no-show': to('ended', 'no-show'),
  },
  ended: { reinstate: to('active') },
  returned: {},
  declined: {},
  cancelled: {},
};

/** What each move makes of a turn, as pages say it. */
export const moveWords: Record<StintMove, string> = {
  approve: 'approved',
  return: 'returned',
  offer: 'offered',
  renew: 'offered again',
  move: 'moved',
  confirm: 'confirmed',
  decline: 'declined',
  cancel: 'cancelled',
  start: 'started',
  complete: 'completed',
  'cut-short': 'cut short',
  'no-show': 'marked as a no-show',
  shift: 'given other times',
  reinstate: 'given back',
};

/** The states in which a stint occupies its slot and seat (index `stints_one_live`). */
export const liveStates: readonly StintState[] = ['proposed', 'approved', 'offered', 'confirmed', 'active'];

export function isLive(state: StintState): boolean {
  return liveStates.includes(state);
}

export function canMove(from: StintState, move: StintMove): boolean {
  return stintMoves[from][move] !== undefined;
}

export function moveStint(from: StintState, move: StintMove): Moved {
  const target = stintMoves[from][move];
  return target
    ? { ok: true, ...target }
    : { ok: false, problem: `This turn is ${from}, so it cannot be ${moveWords[move]}.` };
}

function to(state: StintState, endedHow: EndedHow | null = null): Target {
  return { state, endedHow };
}
