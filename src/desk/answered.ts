import { z } from 'zod';
import { type Warning, warningKey } from './warnings.js';

/** What the author of a post has read and said about its warnings. */
export interface Answered {
  /** Keys of the warnings that stood on the page when the button was pressed. */
  read: string[];
  /** Why a wall may be passed; empty when nothing was said. */
  reason: string;
}

const answered = z.object({
  read: z.preprocess(listed, z.array(z.string()).catch([])),
  reason: z.string().trim().max(1_000).catch(''),
});

/** Reads the form's fields `read` (JSON) and `reason`. */
export function answeredIn(body: unknown): Answered {
  return answered.parse(body ?? {});
}

/** The warnings that keep a post back: those not read yet, and walls without a reason. Hints never do. */
export function keptBackBy(warnings: Warning[], { read, reason }: Answered): Warning[] {
  return warnings.filter((warning) => {
    if (warning.weight === 'hint') return false;
    return !read.includes(warningKey(warning)) || (warning.weight === 'wall' && reason === '');
  });
}

/** Warnings as the page shows them, the weightiest first. */
export function warningsView(warnings: Warning[], { read, reason }: Answered) {
  const weights = ['wall', 'warning', 'hint'];
  const walls = warnings.some(({ weight }) => weight === 'wall');
  return {
    list: warnings.toSorted((a, b) => weights.indexOf(a.weight) - weights.indexOf(b.weight)),
    keys: JSON.stringify(warnings.map(warningKey)),
    walls,
    reason,
    lacksReason: walls && reason === '' && read.length > 0,
  };
}

function listed(given: unknown): unknown {
  try {
    return JSON.parse(String(given));
  } catch {
    return [];
  }
}
