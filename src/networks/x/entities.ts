import type { Entities, Span } from '../network.js';
import type { WireEntities } from './wire.js';

const ESCAPES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** A text of X as its writer wrote it, with its entities moved to where they are in it. */
export interface ReadText {
  text: string;
  entities: Entities;
}

/**
 * X escapes `&`, `<` and `>` in its texts, and counts entities' offsets in code points of the escaped text. Some
 * answers have been seen to count in the plain text instead, so each entity is placed where its sign (`@`, `#`, `$`,
 * `http`) stands; one that stands on neither is dropped rather than laid over the wrong words.
 */
export function readText(escaped: string, wire: WireEntities | undefined): ReadText {
  const { text, offsets } = unescaped(escaped);
  const points = Array.from(text);
  const place = <E extends Span>(found: E[] | undefined, sign: RegExp): E[] =>
    (found ?? []).flatMap((entity) => {
      const moved = { start: offsets[entity.start] ?? -1, end: offsets[entity.end] ?? -1 };
      const span = [moved, { start: entity.start, end: entity.end }].find((at) => fits(points, at, sign));
      return span ? [{ ...entity, ...span }] : [];
    });
  return {
    text,
    entities: {
      links: place(wire?.urls, /^https?:/i).map(({ start, end, ...link }) => ({
        start,
        end,
        url: link.url,
        display: link.display_url ?? link.url,
        expanded: link.unwound_url ?? link.expanded_url ?? link.url,
        mediaKey: link.media_key ?? null,
      })),
      mentions: place(wire?.mentions, /^[@＠]/).map(({ start, end, username, id }) => ({
        start,
        end,
        handle: username,
        id: id ?? null,
      })),
      hashtags: place(wire?.hashtags, /^[#＃]/),
      cashtags: place(wire?.cashtags, /^\$/),
    },
  };
}

/** `offsets[n]` is where the n-th code point of the escaped text begins in the plain one, counted in code points. */
function unescaped(escaped: string): { text: string; offsets: number[] } {
  const plain: string[] = [];
  const offsets: number[] = [];
  for (const part of escaped.split(/(&(?:amp|lt|gt);)/)) {
    const character = ESCAPES[part];
    if (character) {
      for (const _ of part) offsets.push(plain.length);
      plain.push(character);
    } else {
      for (const point of part) {
        offsets.push(plain.length);
        plain.push(point);
      }
    }
  }
  offsets.push(plain.length);
  return { text: plain.join(''), offsets };
}

function fits(points: string[], { start, end }: Span, sign: RegExp): boolean {
  return start >= 0 && end > start && end <= points.length && sign.test(points.slice(start, end).join(''));
}
