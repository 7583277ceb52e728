import type { NewPoll } from '../networks/network.js';
import { optionLength, POLL, POLL_LENGTHS } from '../networks/poll.js';

/** How long a poll runs where nothing else is chosen. */
const USUAL = 1440;

/** The name of an option's field on the form, from 1. */
const optionField = (number: number): string => `poll-${number}`;
const NUMBERS = Array.from({ length: POLL.optionsMost }, (_, index) => index + 1);

/** The fields of a poll, from what was posted: without its empty options, and null where all are empty. */
export function pollOf(given: Record<string, unknown>, words: (given: unknown) => string): NewPoll | null {
  const options = NUMBERS.map((number) => words(given[optionField(number)]).replace(/\s+/g, ' ').trim()).filter(
    Boolean,
  );
  const chosen = POLL_LENGTHS.find(({ minutes }) => String(minutes) === given['poll-minutes']);
  return options.length > 0 ? { options, minutes: chosen?.minutes ?? USUAL } : null;
}

/** What keeps a poll from being sent with a post, by field. */
export function problemsOfPoll(poll: NewPoll, text: string, mediaCount: number): [string, string][] {
  const problems: [string, string][] = [];
  if (text.trim() === '') problems.push(['text', 'Write what the poll asks']);
  if (mediaCount > 0) problems.push([optionField(1), NOT_BOTH]);
  problems.push(...poll.options.flatMap((_, index) => problemsOfOption(poll.options, index)));
  if (poll.options.length < POLL.optionsLeast) problems.push([optionField(2), 'Give the poll at least two options']);
  return problems;
}

const NOT_BOTH = 'X takes a poll or pictures with a post, not both. Empty the options or take the pictures off';

function problemsOfOption(options: string[], index: number): [string, string][] {
  const [option = '', name, field] = [options[index], `Option ${index + 1}`, optionField(index + 1)];
  const over = optionLength(option) - POLL.optionMax;
  if (over > 0) return [[field, `${name} is ${over} ${over === 1 ? 'character' : 'characters'} too long`]];
  return options.indexOf(option) < index ? [[field, `${name} says the same as another`]] : [];
}

/** A poll as the form shows it. */
export function pollView(poll: NewPoll | null) {
  return {
    given: poll !== null,
    options: NUMBERS.map((number) => ({
      field: optionField(number),
      label: `Option ${number}${number > POLL.optionsLeast ? ' (optional)' : ''}`,
      value: poll?.options[number - 1] ?? '',
    })),
    lengths: POLL_LENGTHS.map(({ minutes, words }) => ({
      value: String(minutes),
      text: words,
      selected: minutes === (poll?.minutes ?? USUAL),
    })),
  };
}
