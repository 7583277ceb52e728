import twitter from 'twitter-text';

const EMOJI = String.raw`(?:\p{RI}\p{RI}|(?![\p{RI}\p{EMod}])\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f)(?:\p{EMod}|\ufe0f|\u200d\p{Extended_Pictographic})*`;
const RUN = new RegExp(String.raw`(?:${EMOJI}[ \t]*){4,}`, 'gu');
const WAITS =
  'a|an|the|my|our|your|his|her|their|to|of|with|and|or|for|from|in|on|at|by|i|we|you|they|is|are|love|need|want';
const INSTEAD = new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${WAITS}) ${EMOJI}[ \t]*\p{L}*`, 'giu');

/** Emoji that stand where words should: four and more in a row, or one after a word that waits for another ("I ❤️ my"). */
export function emojiForWords(text: string): string[] {
  return [...text.matchAll(RUN), ...text.matchAll(INSTEAD)].map(([found]) => found.trim());
}

/** Letters that Unicode has for formulas and the like; one or two may be meant so. */
const FEW = 2;
/** Small raised and lowered letters and figures (m², CO₂) are meant as they are. */
const RAISED = /[\u00aa\u00b2\u00b3\u00b9\u00ba\u2070-\u209c\u02b0-\u02b8]/u;

/** The styled letters of a text ("𝗯𝗼𝗹𝗱", "ｗｉｄｅ"), or null where there are hardly any. */
export function styledLetters(text: string): string | null {
  const styled = [...text].filter((letter) => !RAISED.test(letter) && isStyled(letter));
  return styled.length > FEW ? styled.join('') : null;
}

function isStyled(letter: string): boolean {
  const plain = letter.normalize('NFKC');
  return plain !== letter && /^[\p{L}\p{N}]$/u.test(plain) && plain !== letter.normalize('NFC');
}

const LONG = 10;

/** Hashtags so long that they are likely several words, without a capital that tells where each begins. */
export function runTogether(text: string): string[] {
  return twitter
    .extractHashtags(text)
    .filter((tag) => [...tag].length >= LONG && tag === tag.toLowerCase() && /\p{Ll}/u.test(tag) && !tag.includes('_'));
}
