import { dollars } from '../credentials/budget.js';
import { pollLength } from '../networks/poll.js';
import { textLength } from '../networks/text.js';
import { fieldOf, nameOf } from './compose.js';
import type { DraftedPart } from './draft.entity.js';
import { previewOf } from './preview.js';
import { priceOfParts } from './price.js';
import type { Warning } from './warnings.js';

/** With so few characters left, a screen reader hears how many. */
const NEARLY_FULL = 20;

/** How a post or thread will look, what it will cost and what its author should know, as the page shows it; `summoned` as for its price. */
export function lookView(parts: DraftedPart[], warnings: Warning[], summoned = false) {
  const price = priceOfParts(
    'x',
    parts.map(({ text, media }) => ({ text, descriptions: media.map(({ description }) => description) })),
    summoned,
  );
  const shown = parts.map(({ text, media, poll }, index) => ({
    number: index + 1,
    field: fieldOf('text', index + 1),
    stretches: previewOf(text),
    count: textLength('x', text),
    media: media.map((each) => ({ ...each, name: nameOf(each.type) })),
    poll: poll && { options: poll.options, runs: `People can vote for ${pollLength(poll)}.` },
  }));
  return {
    parts: shown,
    price: dollars(price),
    warnings: { list: warnings.filter(({ kind }) => kind !== 'link-price') },
    linked: warnings.find(({ kind }) => kind === 'link-price')?.sentence,
    says: [...shown.flatMap((part) => saysOf(part, shown.length)), countOf(warnings)].filter(Boolean).join('. '),
  };
}

function saysOf({ number, count }: { number: number; count: { length: number; max: number } }, of: number): string[] {
  const left = count.max - count.length;
  if (left > NEARLY_FULL) return [];
  const words = left >= 0 ? `${left} characters left` : `${-left} characters too many`;
  return [of > 1 ? `Part ${number}: ${words}` : words];
}

function countOf(warnings: Warning[]): string {
  const count = warnings.filter(({ weight }) => weight !== 'hint').length;
  return count === 0 ? '' : `${count} ${count === 1 ? 'warning' : 'warnings'} in the preview`;
}
