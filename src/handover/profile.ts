import { nextAttempt } from '../messages/delivery.js';
import type { Outcome } from '../networks/network.js';
import type { StepResult } from './handover.js';
import type { StepName } from './steps.js';

/** A profile is set part by part: a row and a call for each. */
export type Part = 'name' | 'bio' | 'picture';

/** A part of a profile change as its row has it. */
export interface PartRow {
  part: Part;
  settledAt: Date | null;
  failed: boolean;
  outcome: string | null;
}

/** What became of a call: `failed` with `all` when the other parts would fare no better. */
export type CallEnd =
  | { end: 'set' }
  | { end: 'failed'; all: boolean; why: string }
  | { end: 'again'; at: Date; why: string };

/** After so many failures of a part, four minutes of them, a person gets what to copy. */
const TRIES = 5;
const LONGEST_WAIT_MS = 15 * 60_000;

const PARTS: readonly Part[] = ['name', 'bio', 'picture'];
const partWords: Record<Part, string> = { name: 'the display name', bio: 'the bio', picture: 'the picture' };

/** Which parts are changed. Without a picture of the house no picture is, for it could not be put back. */
export function partsOf(housePicture: string | null): Part[] {
  return PARTS.filter((part) => part !== 'picture' || housePicture !== null);
}

/** The part to set next, or null when all are settled. */
export function nextPart(rows: Pick<PartRow, 'part' | 'settledAt'>[]): Part | null {
  return PARTS.find((part) => rows.some((row) => row.part === part && row.settledAt === null)) ?? null;
}

/** Sets back-off and limits for a call that is harmless to repeat. `attempts` counts this one; `clock.now` is service time. */
export function afterProfileCall(
  outcome: Outcome<null>,
  attempts: number,
  { now, real }: { now: Date; real: Date },
): CallEnd {
  if (outcome.kind === 'done') return { end: 'set' };
  const why = outcome.detail;
  if (outcome.kind === 'refused') {
    return { end: 'failed', all: outcome.why === 'not-signed-in' || outcome.why === 'forbidden', why };
  }
  const hopeless = outcome.kind === 'later' && outcome.why === 'no-credits';
  if (hopeless || attempts >= TRIES) return { end: 'failed', all: true, why };
  const told = outcome.kind === 'later' && outcome.at ? outcome.at.getTime() - real.getTime() : 0;
  const at = told > 0 ? new Date(now.getTime() + Math.min(told, LONGEST_WAIT_MS)) : nextAttempt(attempts, now);
  return { end: 'again', at, why };
}

/** Whether a worker was lost at this part so often that it is left to a person. */
export function isLost({ attempts }: { attempts: number }): boolean {
  return attempts > TRIES;
}

/** What came of a whole profile change. What failed is left for a person. */
export function changeResult(step: StepName, rows: PartRow[]): StepResult {
  const whose = step === 'profile' ? 'the curator' : 'the house';
  const failed = rows.filter((row) => row.failed);
  const set = rows.filter((row) => row.settledAt && !row.failed);
  if (failed.length === 0) return { outcome: `The profile shows ${whose}.` };
  const did = set.length > 0 ? `Set: ${named(set)}. ` : '';
  const reasons = [...new Set(failed.map(({ outcome }) => outcome))].join(' ');
  return { outcome: `${did}Not set: ${named(failed)}. ${reasons} What is missing is ready to copy.`, byHand: true };
}

function named(rows: PartRow[]): string {
  return rows.map(({ part }) => partWords[part]).join(', ');
}
