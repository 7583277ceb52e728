import { setTimeout as wait } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { RUNTIME, type Runtime } from '../config/runtime.js';
import { Blocks } from './desk/blocks/blocks.service.js';
import { DeskJobs } from './desk/desk.jobs.js';
import { MentionRechecks } from './desk/mentions/mention-rechecks.service.js';
import { MentionsJobs } from './desk/mentions/mentions.jobs.js';
import { FeedJobs } from './feed/feed.jobs.js';
import { Rechecks } from './feed/rechecks.service.js';
import { FeedServing } from './feed/serving.service.js';
import { Calls } from './handover/calls.service.js';
import { Digest } from './handover/checklist/digest.service.js';
import { Handovers } from './handover/handovers.service.js';
import { Planning } from './handover/planning.service.js';
import { Rotations } from './handover/rotations.service.js';
import { FinalCounts } from './insight/final-counts.service.js';
import { Series } from './insight/series.service.js';
import { MessagesJobs } from './messages/messages.jobs.js';
import { Retention } from './operations/retention.service.js';
import { Watch } from './operations/watch.service.js';
import { Db } from './platform/database.service.js';
import { Jobs } from './platform/jobs.service.js';
import { Log } from './platform/log.service.js';
import { Blackouts } from './rota/blackouts.service.js';
import { Slots } from './rota/slots.service.js';
import { Limits } from './web/limits.service.js';

// biome-ignore lint/suspicious/noExplicitAny: any injectable class may hold a sweep
type Sweeper = abstract new (...parameters: any[]) => object;

interface Entry<Class extends Sweeper = Sweeper> {
  name: string;
  /** Real milliseconds between two looks of one process. */
  every: number;
  /** In worker processes only, or in every process. */
  in: 'worker' | 'every process';
  why: string;
  /**
   * A worker that is busy with doorbells leaves the look out, for so many milliseconds at most: one of them may have been
   * lost. Without it, it never does.
   */
  canWait?: number;
  handler: [Class, keyof InstanceType<Class> & string];
}

const entry = <Class extends Sweeper>(given: Entry<Class>): Entry => given as unknown as Entry;

/** Every recurring job. Each finds by its rows what is due and was not rung; running in several processes is harmless. */
export const schedule: Entry[] = [
  entry({
    name: 'clock',
    every: 5_000,
    in: 'every process',
    why: "Keeps each process's own clock, used for showing and delays, in line with the database's.",
    handler: [Db, 'readAnchor'],
  }),
  entry({
    name: 'messages',
    every: 1_000,
    in: 'worker',
    why: 'Sends what is due and was not rung, takes over what a lost worker left, and looks up unanswered posts.',
    canWait: 30_000,
    handler: [MessagesJobs, 'sweep'],
  }),
  entry({
    name: 'rota',
    every: 10 * 60_000,
    in: 'worker',
    why: 'Lays out the slots of the coming weeks as time goes on.',
    handler: [Slots, 'extendAll'],
  }),
  entry({
    name: 'blackouts',
    every: 10_000,
    in: 'worker',
    why: 'Lets the letters go that a blackout kept back which has reached its end.',
    handler: [Blackouts, 'letGo'],
  }),
  entry({
    name: 'handovers',
    every: 1_000,
    in: 'worker',
    why: 'Runs handovers that were not rung at their instant, that failed, or that may have stopped waiting.',
    handler: [Handovers, 'sweep'],
  }),
  entry({
    name: 'handover calls',
    every: 1_000,
    in: 'worker',
    why: 'Makes the calls of handovers that were not rung, that failed, or whose worker was lost.',
    handler: [Calls, 'sweep'],
  }),
  entry({
    name: 'handover plan',
    every: 60_000,
    in: 'worker',
    why: 'Brings boundaries and the letters before a stint in line with the rota, in case a change was not rung.',
    handler: [Planning, 'sweep'],
  }),
  entry({
    name: 'rotations',
    every: 60_000,
    in: 'worker',
    why: 'Reminds keepers each day of passwords that former curators have seen and that nobody has changed.',
    handler: [Rotations, 'remind'],
  }),
  entry({
    name: 'digest',
    every: 60_000,
    in: 'worker',
    why: 'Writes the daily letter to those who run an account, once it is eight in the morning there.',
    handler: [Digest, 'sweep'],
  }),
  entry({
    name: 'standstills',
    every: 10_000,
    in: 'worker',
    why: 'Tells curators whose post or thread stands still that it does.',
    canWait: 30_000,
    handler: [DeskJobs, 'sweep'],
  }),
  entry({
    name: 'deletions',
    every: 5_000,
    in: 'worker',
    why: 'Deletes posts whose deletion was not rung, takes over what a lost worker left, and asks again where there was no answer.',
    handler: [DeskJobs, 'sweepDeletions'],
  }),
  entry({
    name: 'approvals',
    every: 10_000,
    in: 'worker',
    why: 'Gives posts back to their authors about which nobody has decided in time, when that was not rung.',
    handler: [DeskJobs, 'sweepApprovals'],
  }),
  entry({
    name: 'mentions',
    every: 5_000,
    in: 'worker',
    why: 'Asks the network who spoke to each account on which somebody is on duty, when that is due.',
    canWait: 30_000,
    handler: [MentionsJobs, 'sweep'],
  }),
  entry({
    name: 'blocks',
    every: 60 * 60_000,
    in: 'worker',
    why: 'Forgets what the log of blocks says of strangers, when it has been over for long enough.',
    handler: [Blocks, 'forget'],
  }),
  entry({
    name: 'mention re-checks',
    every: 60_000,
    in: 'worker',
    why: 'Looks kept mentions up again, so that what its author deleted goes.',
    handler: [MentionRechecks, 'sweep'],
  }),
  entry({
    name: 'feed pulls',
    every: 1_000,
    in: 'worker',
    why: 'Asks the network for the posts of every feed that is due.',
    canWait: 10_000,
    handler: [FeedJobs, 'sweep'],
  }),
  entry({
    name: 'feed re-checks',
    every: 60_000,
    in: 'worker',
    why: 'Looks up posts that no page of the timeline shows any more, within the budget that the keeper gave.',
    handler: [Rechecks, 'sweep'],
  }),
  entry({
    name: 'turn days',
    every: 60_000,
    in: 'worker',
    why: 'Notes for each day of a turn how its posts did so far, by what the feed has read anyway.',
    handler: [Series, 'sweep'],
  }),
  entry({
    name: 'final counts',
    every: 60_000,
    in: 'worker',
    why: 'Looks up the posts of turns that ended a week ago, so that their numbers are settled.',
    handler: [FinalCounts, 'sweep'],
  }),
  entry({
    name: 'feed versions',
    every: 1_000,
    in: 'every process',
    why: 'Renders again what has changed, when the signal of the change was not heard.',
    handler: [FeedServing, 'sweep'],
  }),
  entry({
    name: 'limits',
    every: 10 * 60_000,
    in: 'worker',
    why: 'Forgets how often things were asked for, once it no longer counts.',
    handler: [Limits, 'forget'],
  }),
  entry({
    name: 'retention',
    every: 60 * 60_000,
    in: 'worker',
    why: 'Forgets what is no longer needed, after the periods that the keeper gave.',
    handler: [Retention, 'sweep'],
  }),
  entry({
    name: 'alerts',
    every: 5_000,
    in: 'worker',
    why: 'Tells the teams what is missing, stuck, open or lost, reminds them while it stays so, and says when it is over.',
    canWait: 30_000,
    handler: [Watch, 'sweep'],
  }),
];

/** How long a stop waits for sweeps, milliseconds: longer than any call outside may take. */
const GOODBYE_MS = 20_000;

/** By how much sweeps that come as often are apart, milliseconds: together they would keep visitors waiting. */
const APART_MS = 170;

/** Starts the table above by @nestjs/schedule. A sweep that still runs is not started again. */
@Injectable()
export class Schedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly running = new Map<string, Promise<void>>();
  private closing = false;
  private readonly leftOut = new Map<string, number>();

  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly registry: SchedulerRegistry,
    private readonly modules: ModuleRef,
    private readonly jobs: Jobs,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const worker = this.runtime.env.RUN.includes('worker');
    const mine = schedule.filter((candidate) => worker || candidate.in === 'every process');
    for (const [index, each] of mine.entries()) {
      void this.run(each);
      setTimeout(() => this.repeat(each), (index * APART_MS) % each.every).unref();
    }
  }

  /** Sweeps still have a database until they are done. */
  async beforeApplicationShutdown(): Promise<void> {
    this.closing = true;
    await Promise.race([Promise.all(this.running.values()), wait(GOODBYE_MS, undefined, { ref: false })]);
  }

  private repeat(each: Entry): void {
    if (this.closing) return;
    this.registry.addInterval(
      each.name,
      setInterval(() => void this.run(each), each.every),
    );
  }

  private async run(each: Entry): Promise<void> {
    const { name } = each;
    if (this.closing || this.running.has(name) || this.isLeftOut(each)) return;
    const sweeping = this.sweep(each);
    this.running.set(name, sweeping);
    await sweeping;
    this.running.delete(name);
  }

  private async sweep({ name, handler: [type, method] }: Entry): Promise<void> {
    try {
      const instance = this.modules.get(type, { strict: false }) as Record<string, () => Promise<void>>;
      await instance[method]?.();
    } catch (error) {
      this.log.warn({ sweep: name, error }, 'a sweep failed; the next one tries again');
    }
  }

  private isLeftOut({ name, every, canWait = 0 }: Entry): boolean {
    const times = (this.leftOut.get(name) ?? 0) + 1;
    const left = this.jobs.busy && times * every <= canWait;
    this.leftOut.set(name, left ? times : 0);
    return left;
  }
}
