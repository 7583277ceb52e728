/** Marks that letters carry, and characters that nobody sees but that keep a word from being found. */
const UNSEEN = /[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff]/g;
const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/**
 * The words of a text as they are compared: without case and accents, ligatures and wide letters taken apart. What is
 * between them (spaces, punctuation, emoji) is not compared.
 */
export function wordsOf(text: string): string[] {
  const plain = folded(folded(text).toUpperCase().toLowerCase()).replaceAll('ς', 'σ');
  return plain.match(WORD) ?? [];
}

/** Whether whole words of a text are the words of a phrase, one after the other. A phrase without a word is in no text. */
export function says(text: string, phrase: string): boolean {
  const words = wordsOf(phrase);
  return words.length > 0 && ` ${wordsOf(text).join(' ')} `.includes(` ${words.join(' ')} `);
}

function folded(text: string): string {
  return text.normalize('NFKD').replace(UNSEEN, '');
}
