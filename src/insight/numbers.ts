/** What is shown for a number that the network did not give. */
const NOT_KNOWN = 'Not known';

/** "12,345", or that it is not known. */
export function inFigures(count: number | null | undefined): string {
  return count === null || count === undefined ? NOT_KNOWN : count.toLocaleString('en-GB');
}

/** "1 post", "2,000 posts". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${inFigures(count)} ${count === 1 ? one : many}`;
}
