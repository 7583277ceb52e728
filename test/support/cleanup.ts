const left = new Set<() => unknown>();

/** Runs `end` after the spec file, if it was not called off by then. @returns calls it off */
export function atTheEnd(end: () => unknown): () => void {
  left.add(end);
  return () => left.delete(end);
}

async function endAll(): Promise<void> {
  await Promise.all([...left].map((end) => end()));
}

if (typeof afterAll === 'function') afterAll(endAll);

declare const afterAll: ((fn: () => Promise<void>) => void) | undefined;
