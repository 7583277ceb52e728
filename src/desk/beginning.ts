const LENGTH = 60;

/** How a text begins: its first line, and no more of it than tells which one is meant. */
export function beginningOf(text: string): string {
  const [line = ''] = text.trim().split('\n');
  const letters = [...line];
  return letters.length > LENGTH ? `${letters.slice(0, LENGTH).join('')}…` : line;
}
