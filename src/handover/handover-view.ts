import type { Account } from '../credentials/account.entity.js';
import { dateAndTime } from '../credentials/dates.js';
import type { ShownMessage } from '../messages/shown.js';
import type { Half, Openings, StepName, WaitsFor } from './steps.js';
import { STILL_OPEN } from './tasks.js';
import type { TurnRow } from './turns.service.js';
import { listed } from './words.js';

/** A boundary with its stints, as the pages read it. */
export interface BoundaryRead {
  id: string;
  at: Date;
  startedAt: Date | null;
  doneAt: Date | null;
  latenessMs: number | null;
  suspendedAt: Date | null;
  suspendedByName: string | null;
  suspendedReason: string | null;
  outgoing: TurnRow[];
  incoming: TurnRow[];
}

/** A step's row, or one to come where the handover has not begun. */
export interface StepRead {
  name: StepName;
  half: Half;
  state: 'waiting' | 'running' | 'done';
  outcome: string | null;
  waitsFor: WaitsFor | null;
  doneAt: Date | null;
  attempts: number;
  nextAttemptAt: Date | null;
  leaseUntil: Date | null;
  overriddenAt: Date | null;
  /** Who let it pass or did it by hand, and why. */
  byName: string | null;
  reason: string | null;
  /** What a person may do about it now. */
  openings: Openings;
}

/** One thing that should be so before a handover, and whether it is. */
export interface Readiness {
  text: string;
  ready: boolean;
}

export const stepWords: Record<StepName, string> = {
  close: 'Close access',
  check: 'Check that it is closed',
  rotate: 'Change what was shown',
  restore: 'Put the profile back',
  thank: 'Say thank you',
  grant: 'Open access',
  profile: 'Set the profile',
  announce: 'Introduce the curator',
  welcome: 'Welcome the curator',
};

export const waitWords: Record<WaitsFor, string> = {
  resume: 'Waits until somebody resumes the handover.',
  proof: `${STILL_OPEN} Waits for an organiser or keeper to confirm on the tasks page that it is gone.`,
  rotation: `${STILL_OPEN} Waits for a keeper to change the password that was shown and to say so on the tasks page.`,
  'earlier-access': 'Waits until the access of everybody before is proven to have ended.',
  retry: 'It failed and is tried again by itself.',
  worker: 'A worker is at it.',
};

/** "Grace to the house", "The house to Ada", "Grace to Ada". */
export function whoToWhom({ outgoing, incoming }: Pick<BoundaryRead, 'outgoing' | 'incoming'>): string {
  const names = (turns: TurnRow[]) => listed(turns.map(({ shownName }) => shownName));
  return `${names(outgoing) || 'The house'} to ${names(incoming) || 'the house'}`;
}

/** What should be so before access can pass on. `stillOpen`: names of former curators with access outside Baton. */
export function readinessOf({ incoming }: BoundaryRead, stillOpen: string[]): Readiness[] {
  if (incoming.length === 0) return [];
  const of = incoming.flatMap(({ shownName, agreed, state }) => [
    {
      text: state === 'cancelled' ? `${shownName} has cancelled` : `${shownName} has confirmed`,
      ready: state !== 'cancelled',
    },
    {
      text: agreed ? `${shownName} has accepted the agreement` : `${shownName} has not accepted the agreement`,
      ready: agreed,
    },
  ]);
  const gone = stillOpen.length === 0;
  const before = gone ? 'Nobody from before has access' : `${STILL_OPEN} ${listed(stillOpen)} must be confirmed gone`;
  return [...of, { text: before, ready: gone }];
}

/** How it stands with a handover, in a sentence. */
export function standing(account: Account, boundary: BoundaryRead, steps: StepRead[]): string {
  const { startedAt, doneAt } = boundary;
  if (doneAt) return `Finished ${dateAndTime(account.zone, doneAt)}. It began ${lateness(boundary.latenessMs)}.`;
  if (boundary.suspendedAt) return suspended(account, boundary);
  if (!startedAt) return `Begins by itself ${dateAndTime(account.zone, boundary.at, { zone: true })}.`;
  const waits = steps.filter(({ waitsFor }) => waitsFor !== null);
  if (waits.length === 0) return 'It is running.';
  return waits.map(({ name, waitsFor }) => `${stepWords[name]}: ${waitsFor ? waitWords[waitsFor] : ''}`).join(' ');
}

function suspended(account: Account, { at, suspendedAt, suspendedByName, suspendedReason }: BoundaryRead): string {
  const since = suspendedAt && dateAndTime(account.zone, suspendedAt);
  const who = `Suspended by ${suspendedByName ?? 'somebody of the team'} ${since}: ${suspendedReason}.`.replace(
    /\.\.$/,
    '.',
  );
  const due = dateAndTime(account.zone, at, { zone: true });
  return `${who} No step is taken until somebody resumes it; it is due ${due}. ${ENDS_ALL_THE_SAME}`;
}

/** A grant carries its own end. */
export const ENDS_ALL_THE_SAME =
  'The access of whoever goes out still ends by itself at the end of their turn, and nobody else gets access before.';

/** "on time", "2.4 seconds late", "3 hours late". */
export function lateness(ms: number | null): string {
  if (ms === null || ms < 1000) return 'on time';
  const units = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1000, 'second'],
  ] as const;
  const [size, unit] = units.find(([each]) => ms >= each) ?? units[3];
  const count = Math.floor(ms / size);
  return `${count} ${unit}${count === 1 ? '' : 's'} late`;
}

/** The steps as the page lists them, each with the messages that it queued. */
export function shownSteps(account: Account, steps: StepRead[], deliveries: Partial<Record<StepName, ShownMessage[]>>) {
  return steps.map((step) => ({
    name: step.name,
    half: step.half,
    title: stepWords[step.name],
    state: step.state === 'done' ? 'done' : step.waitsFor ? 'waiting' : 'to-come',
    tag: step.state === 'done' ? DONE : step.waitsFor ? WAITING : TO_COME,
    outcome: step.outcome,
    waits: step.waitsFor && waitWords[step.waitsFor],
    again: step.waitsFor === 'retry' && step.nextAttemptAt ? dateAndTime(account.zone, step.nextAttemptAt) : null,
    when: step.doneAt && dateAndTime(account.zone, step.doneAt),
    settled: settledWords(account, step),
    openings: step.openings,
    deliveries: deliveries[step.name] ?? [],
  }));
}

/** Who let a step pass or did it by hand, when and why. */
function settledWords(account: Account, { overriddenAt, byName, doneAt, reason }: StepRead): string | null {
  if (!byName || !reason) return null;
  const at = overriddenAt ?? doneAt;
  const when = at ? ` ${dateAndTime(account.zone, at)}` : '';
  return overriddenAt
    ? `${byName} let it pass without proof${when}: ${reason}`
    : `${byName} did it by hand${when}: ${reason}`;
}

const DONE = { text: 'Done', colour: 'green' };
const WAITING = { text: 'Waiting', colour: 'red' };
const TO_COME = { text: 'To come', colour: 'grey' };
