import { isVideo } from './compose.js';
import type { DraftedPart } from './draft.entity.js';
import { type Warnable, warningsOf } from './warnings.js';

/** What of a draft is sent: a part that was added and left empty is none. */
export function toSend(parts: DraftedPart[]): DraftedPart[] {
  return parts.filter(({ text, media }, index) => index === 0 || text.trim() !== '' || media.length > 0);
}

/** What the warnings look at. */
export function warnable({ text, media, poll }: DraftedPart): Warnable {
  return {
    text,
    descriptions: media.map(({ description }) => description),
    options: poll?.options ?? [],
    hasVideo: media.some(({ type }) => isVideo(type)),
  };
}

/** How many things of a post nobody may publish without a reason. No year is needed to see them. */
export function wallsOf(parts: DraftedPart[]): number {
  return warningsOf(parts.map(warnable), 0).filter(({ weight }) => weight === 'wall').length;
}
