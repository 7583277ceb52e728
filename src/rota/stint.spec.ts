import { describe, expect, it } from '@jest/globals';
import {
  canMove,
  isLive,
  liveStates,
  moveStint,
  moveWords,
  type StintMove,
  type StintState,
  stintMoves,
} from './stint.js';

const states = Object.keys(stintMoves) as StintState[];
const moves = Object.keys(moveWords) as StintMove[];

function targetsOf(state: StintState): StintState[] {
  return Object.values(stintMoves[state]).map((target) => target.state);
}

describe('the life of a stint', () => {
  it('runs from a proposal to its end', () => {
    const week: StintMove[] = ['approve', 'offer', 'confirm', 'start', 'complete'];
    const passed: StintState[] = ['proposed'];
    for (const move of week) {
      const moved = moveStint(passed.at(-1) ?? 'ended', move);
      if (moved.ok) passed.push(moved.state);
    }
    expect(passed).toEqual(['proposed', 'approved', 'offered', 'confirmed', 'active', 'ended']);
  });

  it('can reach every state from a proposal', () => {
    const reached = new Set<StintState>(['proposed']);
    for (const state of reached) for (const next of targetsOf(state)) reached.add(next);
    expect([...reached].sort()).toEqual(states.toSorted());
  });

  it('uses every move that has a name, and names every move', () => {
    const used = new Set(states.flatMap((state) => Object.keys(stintMoves[state])));
    expect([...used].sort()).toEqual(moves.toSorted());
  });

  it('has no way out of a state that is over but being given back, and one out of every live state', () => {
    const over = states.filter((state) => !isLive(state));
    expect(over).toEqual(['ended', 'returned', 'declined', 'cancelled']);
    expect(over.flatMap((state) => Object.keys(stintMoves[state]))).toEqual(['reinstate']);
    expect(moveStint('ended', 'reinstate')).toEqual({ ok: true, state: 'active', endedHow: null });
    expect(liveStates.filter((state) => targetsOf(state).every(isLive))).toEqual([]);
  });

  it('is offered only after an approval, and starts only after the curator confirmed', () => {
    expect(states.filter((state) => canMove(state, 'offer'))).toEqual(['approved']);
    expect(states.filter((state) => canMove(state, 'confirm'))).toEqual(['offered']);
    expect(states.filter((state) => canMove(state, 'start'))).toEqual(['confirmed']);
  });

  it('has to be confirmed again once its dates have moved, and stays put once it runs', () => {
    expect(moveStint('confirmed', 'move')).toMatchObject({ state: 'offered' });
    expect(moveStint('proposed', 'move')).toMatchObject({ state: 'proposed' });
    expect(canMove('active', 'move')).toBe(false);
  });

  it('records how it ended, and only then', () => {
    expect(moveStint('active', 'complete')).toEqual({ ok: true, state: 'ended', endedHow: 'completed' });
    expect(moveStint('active', 'cut-short')).toEqual({ ok: true, state: 'ended', endedHow: 'cut-short' });
    expect(moveStint('active', 'no-show')).toEqual({ ok: true, state: 'ended', endedHow: 'no-show' });
    const targets = states.flatMap((state) => Object.values(stintMoves[state]));
    for (const { state, endedHow } of targets) expect(endedHow !== null).toBe(state === 'ended');
  });

  it('says in a sentence why a move is refused', () => {
    expect(moveStint('cancelled', 'confirm')).toEqual({
      ok: false,
      problem: 'This turn is cancelled, so it cannot be confirmed.',
    });
  });
});
