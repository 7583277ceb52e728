import twitter from 'twitter-text';
import type { NetworkName, Span } from './network.js';

/** How much of a network's room a text takes. */
export interface TextLength {
  /** In the network's own weights (X: a link 23, an emoji 2, CJK 2 each). */
  length: number;
  max: number;
  /** False when it is too long, empty, or holds characters that the network refuses. */
  valid: boolean;
  /** Length in thousandths of max. */
  permillage: number;
}

const MEASURES: Record<NetworkName, (text: string) => TextLength> = { x: lengthOnX };

/**
 * The longest text that is looked at closely, in UTF-16 units. No post is longer, even with a long link, and twitter-text
 * takes seconds for some texts of ten times that.
 */
const LOOKED_AT = 2_500;

/** Whether a text is so long that no network takes it, whatever is in it. */
export const isFarTooLong = (text: string): boolean => text.length > LOOKED_AT;

/** Measures a text as the network will; what no network would take, only roughly. */
export function textLength(network: NetworkName, text: string): TextLength {
  return MEASURES[network](text.normalize('NFC'));
}

/** twitter-text's third configuration: https://docs.x.com/fundamentals/counting-characters */
function lengthOnX(text: string): TextLength {
  const max = 280;
  if (isFarTooLong(text)) {
    const length = Array.from(text).length;
    return { length, max, valid: false, permillage: Math.floor((length * 1000) / max) };
  }
  const parsed = twitter.parseTweet(text);
  return { length: parsed.weightedLength, max, valid: parsed.valid, permillage: parsed.permillage };
}

/** Whether the network will make a link of something in a text, which makes its post dearer. One that it refuses has none. */
export function hasLink(network: NetworkName, text: string): boolean {
  return !isFarTooLong(text) && LINKS[network](text);
}

const LINKS: Record<NetworkName, (text: string) => boolean> = { x: (text) => twitter.extractUrls(text).length > 0 };

/** The part of a text between two offsets counted in code points. */
export function codePointSlice(text: string, start: number, end: number): string {
  return Array.from(text).slice(start, end).join('');
}

/** A stretch of text: what a mark covers, or the plain text between marks. */
export interface Piece<M> {
  text: string;
  mark: M | null;
}

/**
 * Cuts a text along its marks (offsets in code points). The pieces put together are the text again; a mark that
 * overlaps an earlier one, is empty or lies outside is left out.
 */
export function pieces<M extends Span>(text: string, marks: readonly M[]): Piece<M>[] {
  const points = Array.from(text);
  const cut: Piece<M>[] = [];
  let at = 0;
  const add = (end: number, mark: M | null) => {
    if (end > at) cut.push({ text: points.slice(at, end).join(''), mark });
    at = end;
  };
  for (const mark of [...marks].sort((a, b) => a.start - b.start)) {
    if (mark.start < at || mark.end <= mark.start || mark.end > points.length) continue;
    add(mark.start, null);
    add(mark.end, mark);
  }
  add(points.length, null);
  return cut;
}
