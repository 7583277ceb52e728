import type { NewPoll } from './network.js';
import { textLength } from './text.js';

/** What X takes: https://docs.x.com/x-api/posts/create-post (`poll`). Minutes from 5 to 10,080. */
export const POLL = { optionsLeast: 2, optionsMost: 4, optionMax: 25 };

/** How long people may be asked to vote, in minutes, as a page offers it. */
export const POLL_LENGTHS = [
  { minutes: 5, words: '5 minutes' },
  { minutes: 30, words: '30 minutes' },
  { minutes: 60, words: '1 hour' },
  { minutes: 360, words: '6 hours' },
  { minutes: 720, words: '12 hours' },
  { minutes: 1440, words: '1 day' },
  { minutes: 4320, words: '3 days' },
  { minutes: 10_080, words: '7 days' },
];

/** How much of its room an option takes: as X weighs a text, but a long link is not let off. */
export function optionLength(option: string): number {
  return Math.max(textLength('x', option).length, [...option].length);
}

/** "1 day", "30 minutes". */
export function pollLength({ minutes }: NewPoll): string {
  return POLL_LENGTHS.find((each) => each.minutes === minutes)?.words ?? `${minutes} minutes`;
}

/** A poll in one line: "Poll for 1 day: Tea / Coffee". */
export function pollInWords(poll: NewPoll): string {
  return `Poll for ${pollLength(poll)}: ${poll.options.join(' / ')}`;
}
