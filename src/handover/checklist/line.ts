/** Who does a line of a checklist. */
export type Doer = 'curator' | 'team';
/** What the time of a line is counted from: when the turn was confirmed, its start, or its end. */
export type Anchor = 'confirmed' | 'start' | 'end';

/** One line of an account's checklist around a turn. */
export interface Line {
  /** Names the line for as long as it lives: what was ticked stays ticked. */
  key: string;
  doer: Doer;
  anchor: Anchor;
  /** Calendar days in the account's zone; negative is before the anchor. */
  days: number;
  /** Hours on top of the days; only where there is no wall time. */
  hours: number;
  /** `HH:MM` on that day; null for the wall time of the anchor itself. */
  time: string | null;
  title: string;
  /** How it is done, in a sentence or two. */
  how: string;
}

/** A line with its place and whether it is in use. */
export interface KeptLine extends Line {
  position: number;
  off: boolean;
}

/** When a line is due, in words: "10 days before the turn starts, at 10am". */
export function whenInWords({ anchor, days, hours, time }: Pick<Line, 'anchor' | 'days' | 'hours' | 'time'>): string {
  const what = { confirmed: 'the turn is confirmed', start: 'the turn starts', end: 'the turn ends' }[anchor];
  const at = time ? `, at ${time}` : '';
  const spans = [counted(days, 'day'), counted(hours, 'hour')].filter((span) => span !== null);
  if (spans.length === 0) return `When ${what}${at}`;
  const sign = Math.sign(days || hours);
  return `${spans.join(' and ')} ${sign < 0 ? 'before' : 'after'} ${what}${at}`;
}

function counted(number: number, unit: string): string | null {
  const amount = Math.abs(number);
  return amount === 0 ? null : `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
