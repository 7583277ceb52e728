import type { Account } from '../credentials/account.entity.js';
import { dateAndTime } from '../credentials/dates.js';
import type { ShownMessage } from '../messages/shown.js';
import type { Half, StepName, WaitsFor } from './steps.js';
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
}

/** One thing that should be so before a handover, and whether it is. */
export interface Readiness {
  text: string;
  ready: boolean;
}

const stepWords: Record<StepName, string> = {
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

const waitWords: Record<WaitsFor, string> = {
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
  if (!startedAt) return `Begins by itself ${dateAndTime(account.zone, boundary.at, { zone: true })}.`;
  const waits = steps.filter(({ waitsFor }) => waitsFor !== null);
  if (waits.length === 0) return 'It is running.';
  return waits.map(({ name, waitsFor }) => `${stepWords[name]}: ${waitsFor ? waitWords[waitsFor] : ''}`).join(' ');
}

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
  return steps.map(({ name, half, state, outcome, waitsFor, doneAt }) => ({
    name,
    half,
    title: stepWords[name],
    state: state === 'done' ? 'done' : waitsFor ? 'waiting' : 'to-come',
    tag: state === 'done' ? DONE : waitsFor ? WAITING : TO_COME,
    outcome,
    waits: waitsFor && waitWords[waitsFor],
    when: doneAt && dateAndTime(account.zone, doneAt),
    deliveries: deliveries[name] ?? [],
  }));
}

const DONE = { text: 'Done', colour: 'green' };
const WAITING = { text: 'Waiting', colour: 'red' };
const TO_COME = { text: 'To come', colour: 'grey' };
