import type { Broken } from './threads.js';

/** Where a thread stands still, by the numbers of its parts. */
export interface Standstill {
  out: number[];
  at: number;
  how: 'unknown' | 'refused' | 'held';
  rest: number[];
}

/** A broken thread in numbers, as letters and alerts keep it. */
export function numbersOf({ at, out, rest }: Broken): Standstill {
  const how = at.state === 'unknown' || at.state === 'refused' ? at.state : 'held';
  return { out: out.map(numberOf), at: numberOf(at), how, rest: rest.map(numberOf) };
}

const numberOf = ({ part }: { part: number | null }) => part ?? 0;

const IN_THE_WAY: Record<Standstill['how'], string> = {
  unknown: 'may be out: the network did not answer, and it was not found',
  refused: 'was refused by the network',
  held: 'is held',
};

/** What is out, what is in the way and what waits, in sentences. Nothing of a thread is left unsaid without them. */
export function standstill({ out, at, how, rest }: Standstill): string[] {
  return [
    out.length === 0 ? 'No part of the thread is out.' : `${partsOf(out)} ${out.length === 1 ? 'is' : 'are'} out.`,
    `Part ${at} ${IN_THE_WAY[how]}.`,
    ...(rest.length === 0 ? [] : [`${partsOf(rest)} ${rest.length === 1 ? 'waits' : 'wait'} behind it.`]),
  ];
}

/** "Part 4", "Parts 1 and 2", "Parts 3 to 6". */
function partsOf(numbers: number[]): string {
  const [first = 0, last = 0] = [numbers[0], numbers.at(-1)];
  if (numbers.length === 1) return `Part ${first}`;
  if (numbers.length > 2 && last - first === numbers.length - 1) return `Parts ${first} to ${last}`;
  return `Parts ${numbers.slice(0, -1).join(', ')} and ${last}`;
}
