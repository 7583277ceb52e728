import { setTimeout as wait } from 'node:timers/promises';

/** Asks again every few milliseconds until `fn` neither throws nor answers false or undefined.
 *  @param within milliseconds; default 15000. @returns its answer. @throws what the last attempt said */
export async function eventually<T>(fn: () => T | Promise<T>, { within = 15_000 } = {}): Promise<NonNullable<T>> {
  const end = performance.now() + within;
  for (;;) {
    const { answer, error } = await attempt(fn);
    if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<T>;
    if (performance.now() > end) throw error ?? new Error(`not so within ${within} ms, last answer: ${answer}`);
    await wait(15);
  }
}

async function attempt<T>(fn: () => T | Promise<T>): Promise<{ answer?: T; error?: unknown }> {
  try {
    return { answer: await fn() };
  } catch (error) {
    return { error };
  }
}
