import type { MessageState } from './message.entity.js';

interface Move {
  from: MessageState;
  to: MessageState;
  /** What brings it about. */
  by: string;
}

const move = (from: MessageState, to: MessageState, by: string): Move => ({ from, to, by });

/** Everything that can become of a row of the outbox. One that waits is due from its due time on; `sent` is the end. */
export const MOVES: readonly Move[] = [
  move('waiting', 'sending', 'its call is about to be made'),
  move('waiting', 'waiting', 'it could not be made ready, or its channel asks for patience'),
  move('waiting', 'refused', 'the network or the mail server refuses something it needs'),
  move('waiting', 'held', 'its author may not act now, or nothing but a person helps'),
  move('waiting', 'withdrawn', 'it is undone, no longer true, or its cause is gone'),
  move('waiting', 'unknown', 'a backup was restored, and it may have left since'),
  move('waiting', 'sent', 'an earlier call turns out to have gone through'),
  move('sending', 'sent', 'the call is answered'),
  move('sending', 'refused', 'the answer is no'),
  move('sending', 'waiting', 'the answer is later'),
  move('sending', 'held', 'the answer is one that nothing but a person helps against'),
  move('sending', 'unknown', 'there is no answer, or nobody is left to hear it'),
  move('sending', 'withdrawn', 'a letter is no longer true: it is not tried again'),
  move('unknown', 'sent', 'it is found, by a look, by a pull, by a person, or by a late answer'),
  move('unknown', 'unknown', 'it was not found yet'),
  move('unknown', 'waiting', 'a person has looked and wants it sent again, or a late answer says later'),
  move('unknown', 'refused', 'a late answer says no'),
  move('unknown', 'held', 'a late answer is one that nothing but a person helps against'),
  move('unknown', 'withdrawn', 'a person has looked and wants it left unsaid'),
  move('held', 'waiting', 'a person lets it go'),
  move('held', 'sent', 'an earlier call turns out to have gone through'),
  move('held', 'withdrawn', 'a person wants it left unsaid'),
  move('refused', 'waiting', 'a person has a letter tried again'),
  move('refused', 'withdrawn', 'a person has seen it'),
  move('withdrawn', 'sent', 'a letter that was being sent has arrived all the same'),
];

/** Whether a row may go from one state to the other. */
export function mayBecome(from: MessageState, to: MessageState): boolean {
  return MOVES.some((each) => each.from === from && each.to === to);
}
