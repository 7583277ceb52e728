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
  /** What it does is done by calls outside, one after another. */
  calls: boolean;
}

/** What the account's rows say beyond the handover itself. */
export interface Facts {
  /** Somebody of the team keeps the handover back; no step is taken until it is resumed. */
  suspended: boolean;
  /** A curator who goes out in this handover still has access outside Baton, as far as anybody has proved. */
  unproven: boolean;
  /** A secret that such a curator was shown has not been changed, and no keeper has let that pass. */
  unrotated: boolean;
  /** Some ended stint's access on the account is open, unproven or unrotated. */
  unclear: boolean;
}

/**
 * `resume`: for somebody to resume the handover; `proof`: for a person to confirm; `rotation`: for a keeper to change
 * what was shown; `earlier-access`: for an ended stint's access; `retry`: it failed; `worker`: it runs.
 */
export type WaitsFor = 'resume' | 'proof' | 'rotation' | 'earlier-access' | 'retry' | 'worker';

interface Waiting {
  step: StepName;
  waitsFor: WaitsFor;
}

export type Move =
  | { act: 'run'; step: StepName }
  | { act: 'call'; step: StepName; for: Waiting[] }
  | { act: 'wait'; for: Waiting[] }
  | { act: 'finish' };

/**
 * What to do next in a handover: the first step that may be taken now, those that only write rows before any that calls
 * outside; or what the open steps wait for, named only where a step waits for something other than the step before it;
 * or finish. `now` is service time, `real` unscaled.
 */
export function nextMove(written: Written[], facts: Facts, now: Date, real: Date): Move {
  const open = order.flatMap((name) => written.filter((step) => step.name === name && step.state !== 'done'));
  if (open.length === 0) return { act: 'finish' };
  const waiting: Waiting[] = [];
  let call: StepName | null = null;
  for (const step of open) {
    if (open.some((other) => after[step.name].includes(other.name) && holdsUp(other))) continue;
    const waitsFor = waitOf(step, facts, now, real);
    if (waitsFor) waiting.push({ step: step.name, waitsFor });
    else if (step.calls) call ??= step.name;
    else return { act: 'run', step: step.name };
  }
  return call ? { act: 'call', step: call, for: waiting } : { act: 'wait', for: waiting };
}

/** A step that calls outside keeps those after it waiting only until its first try has ended. */
function holdsUp({ calls, attempts, state }: Written): boolean {
  return !calls || attempts === 0 || (attempts === 1 && state === 'running');
}

function waitOf(step: Written, facts: Facts, now: Date, real: Date): WaitsFor | null {
  if (isHeld(step, real)) return 'worker';
  if (facts.suspended) return 'resume';
  if (step.attempts > 0 && now < step.nextAttemptAt) return 'retry';
  if (step.name === 'check' && facts.unproven) return 'proof';
  if (step.name === 'rotate' && facts.unrotated) return 'rotation';
  if (step.name === 'grant' && facts.unclear) return 'earlier-access';
  return null;
}

/** A worker is at the step and its lease has not run out. */
function isHeld({ state, leaseUntil }: Pick<Written, 'state' | 'leaseUntil'>, real: Date): boolean {
  return state === 'running' && leaseUntil !== null && real < leaseUntil;
}

/** What a person may do about a step, by its row. */
export interface Openings {
  /** A keeper lets it pass although what it waits for is not proven. */
  override: boolean;
  /** An organiser or keeper has done it themselves. */
  byHand: boolean;
  /** It failed, and need not wait for its time. */
  retry: boolean;
}

const OVERRIDABLE: readonly WaitsFor[] = ['proof', 'rotation'];
const BY_HAND: readonly StepName[] = ['restore', 'thank', 'profile', 'announce', 'welcome'];

/** What may be done about a step of a handover that has begun. */
export function openingsOf(step: Written & { waitsFor: WaitsFor | null }, real: Date): Openings {
  const free = step.state !== 'done' && !isHeld(step, real);
  return {
    override: free && step.waitsFor !== null && OVERRIDABLE.includes(step.waitsFor),
    byHand: free && BY_HAND.includes(step.name),
    retry: free && step.attempts > 0,
  };
}
