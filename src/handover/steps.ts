export type Half = 'outgoing' | 'incoming';
export type StepName =
  | 'close'
  | 'check'
  | 'rotate'
  | 'restore'
  | 'thank'
  | 'grant'
  | 'profile'
  | 'announce'
  | 'welcome';

/** The steps of each half, in the order in which they are taken when nothing stands in the way. */
export const stepsOf: Record<Half, readonly StepName[]> = {
  outgoing: ['close', 'check', 'rotate', 'restore', 'thank'],
  incoming: ['grant', 'profile', 'announce', 'welcome'],
};

const order: readonly StepName[] = [...stepsOf.outgoing, ...stepsOf.incoming];

/** What must be done before each step, as far as the handover has that half. */
const after: Record<StepName, readonly StepName[]> = {
  close: [],
  check: ['close'],
  rotate: ['check'],
  restore: ['close'],
  thank: ['close'],
  grant: ['close', 'check', 'rotate'],
  profile: ['grant'],
  announce: ['profile'],
  welcome: ['grant'],
};

/** A step as its row has it. `leaseUntil` is real time, `nextAttemptAt` service time. */
export interface Written {
  name: StepName;
  state: 'waiting' | 'running' | 'done';
  attempts: number;
  nextAttemptAt: Date;
  leaseUntil: Date | null;
}

/** What the account's rows say beyond the handover itself. */
export interface Facts {
  /** A curator who goes out in this handover still has access outside Baton, as far as anybody has proved. */
  unproven: boolean;
  /** A secret that such a curator was shown has not been changed, and no keeper has let that pass. */
  unrotated: boolean;
  /** Some ended stint's access on the account is open, unproven or unrotated. */
  unclear: boolean;
}

/** `proof`: for a person to confirm; `rotation`: for a keeper to change what was shown; `earlier-access`: for an ended stint's access; `retry`: it failed; `worker`: it runs. */
export type WaitsFor = 'proof' | 'rotation' | 'earlier-access' | 'retry' | 'worker';

export type Move =
  | { act: 'run'; step: StepName }
  | { act: 'wait'; for: { step: StepName; waitsFor: WaitsFor }[] }
  | { act: 'finish' };

/**
 * What to do next in a handover: the first step that may be taken now; or what the open steps wait for, named only
 * where a step waits for something other than the step before it; or finish. `now` is service time, `real` unscaled.
 */
export function nextMove(written: Written[], facts: Facts, now: Date, real: Date): Move {
  const open = order.flatMap((name) => written.filter((step) => step.name === name && step.state !== 'done'));
  if (open.length === 0) return { act: 'finish' };
  const waiting: { step: StepName; waitsFor: WaitsFor }[] = [];
  for (const step of open) {
    if (open.some((other) => after[step.name].includes(other.name))) continue;
    const waitsFor = waitOf(step, facts, now, real);
    if (!waitsFor) return { act: 'run', step: step.name };
    waiting.push({ step: step.name, waitsFor });
  }
  return { act: 'wait', for: waiting };
}

function waitOf(step: Written, facts: Facts, now: Date, real: Date): WaitsFor | null {
  if (step.state === 'running' && step.leaseUntil && real < step.leaseUntil) return 'worker';
  if (step.attempts > 0 && now < step.nextAttemptAt) return 'retry';
  if (step.name === 'check' && facts.unproven) return 'proof';
  if (step.name === 'rotate' && facts.unrotated) return 'rotation';
  if (step.name === 'grant' && facts.unclear) return 'earlier-access';
  return null;
}
