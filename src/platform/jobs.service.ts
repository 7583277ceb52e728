import { setTimeout as wait } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { createPostgresBackend, createRedisBackend, type Queue, type Worker, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { Clock } from './clock.service.js';
import { AT_ONCE_HERE, CAN_WAIT, JOB } from './job.js';
import { Log } from './log.service.js';
import { TurnTaking } from './turn-taking.js';
import type { Ring } from './tx.js';

const QUEUE = 'doorbells';
/** BullMQ takes jobs with a priority when there are none without. */
const BEHIND_OTHERS = 1;
/** How many jobs a worker answers at once. */
const AT_ONCE = 16;
/** How long a queue may take to close once no handler is at work (milliseconds). */
const GOODBYE_MS = 2_000;
type Handler = (id: string) => Promise<void>;

const goodbye = () => wait(GOODBYE_MS, undefined, { ref: false });

/**
 * The doorbell: BullMQ jobs that carry a job's name and an id and say "look". On PostgreSQL by default, on Redis where
 * REDIS_URL is set. A ring that is lost is found by a sweeper, so a failing queue is logged and never an error.
 */
@Injectable()
export class Jobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly handlers = new Map<string, Handler>();
  private readonly patient = new Set<string>();
  private readonly urgent = new Set<string>();
  private readonly own = new TurnTaking();
  private closing = false;
  private readonly active = new Set<Promise<void>>();
  private queue: Queue | undefined;
  private worker: Worker | undefined;
  private readonly connections: Redis[] = [];
  private readonly pools: pg.Pool[] = [];
  /** Rings that the queue would not take, since this process started. */
  lost = 0;

  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * On PostgreSQL the queue's connections must be ready before anything else is begun: BullMQ keeps the answer to its first
   * look for ever, and a worker whose first look failed would ask again without a pause, and do nothing else.
   */
  async onApplicationBootstrap(): Promise<void> {
    this.findHandlers();
    this.openQueue();
    if (!this.runtime.redisUrl) await this.queue?.waitUntilReady();
    if (this.runtime.env.RUN.includes('worker')) await this.openWorker();
  }

  /** The names of all jobs that have a handler. */
  get names(): string[] {
    return [...this.handlers.keys()];
  }

  /** Whether this process answers one doorbell after the other: what is due and was rung is being reached already. */
  get busy(): boolean {
    return this.active.size >= AT_ONCE / 2;
  }

  /** Rings now, or at a service instant. Never throws and never waits. */
  ring({ job, id, at }: Ring): void {
    if (!this.handlers.has(job)) {
      this.lose(job, new Error('no handler answers this job'));
      return;
    }
    const delay = at ? Math.ceil(this.clock.delayUntil(at)) : 0;
    if (delay <= 0 && this.answersItself(job, id)) return;
    const deduplication =
      delay > 0 ? { id: `${job}-${id}-${at?.getTime()}` } : { id: `${job}-${id}`, keepLastIfActive: true };
    const priority = this.patient.has(job) ? BEHIND_OTHERS : undefined;
    this.queue?.add(job, { id }, { delay, deduplication, priority }).catch((error: Error) => this.lose(job, error));
  }

  /** True when the queue answers. */
  async healthy(): Promise<boolean> {
    try {
      await this.queue?.getJobCounts('waiting');
      return true;
    } catch {
      return false;
    }
  }

  /** Waits for the handlers at work, while they still have a database; not for a queue that is away or has forgotten them, which may never answer. */
  async beforeApplicationShutdown(): Promise<void> {
    this.closing = true;
    const closed = this.worker?.close().catch(() => undefined);
    while (this.active.size > 0) await Promise.allSettled(this.active);
    await Promise.race([closed, goodbye()]);
    await Promise.race([this.queue?.close().catch(() => undefined), goodbye()]);
    for (const connection of this.connections) connection.disconnect();
    await Promise.all(this.pools.map((pool) => pool.end().catch(() => undefined)));
  }

  /** Where this process is web and worker in one, the way through the queue is only a detour. */
  private answersItself(job: string, id: string): boolean {
    const key = `${job}-${id}`;
    const alone = this.worker !== undefined && this.runtime.env.RUN.includes('web');
    if (!alone || this.closing || !this.urgent.has(job) || (this.active.size >= AT_ONCE && !this.own.has(key)))
      return false;
    this.track(this.own.take(key, () => this.answer(job, id)));
    return true;
  }

  private track(answering: Promise<void>): Promise<void> {
    const tracked = answering.finally(() => this.active.delete(tracked));
    this.active.add(tracked);
    return tracked;
  }

  private lose(job: string, error: Error): void {
    this.lost += 1;
    this.log.warn({ job, error: error.message }, 'doorbell lost; the sweeper will find the work');
  }

  private findHandlers(): void {
    for (const { instance } of this.discovery.getProviders()) {
      if (!instance || typeof instance !== 'object') continue;
      const prototype = Object.getPrototypeOf(instance);
      for (const method of this.scanner.getAllMethodNames(prototype)) {
        const name = Reflect.getMetadata(JOB, prototype[method]) as string | undefined;
        if (!name) continue;
        if (this.handlers.has(name)) throw new Error(`Two handlers answer the job ${name}`);
        if (Reflect.getMetadata(CAN_WAIT, prototype[method])) this.patient.add(name);
        if (Reflect.getMetadata(AT_ONCE_HERE, prototype[method])) this.urgent.add(name);
        this.handlers.set(name, (id) => prototype[method].call(instance, id));
      }
    }
  }

  private openQueue(): void {
    const options = { defaultJobOptions: { removeOnComplete: true, removeOnFail: 1000, attempts: 1 } };
    if (this.runtime.redisUrl) {
      const connection = this.redis({ enableOfflineQueue: false, maxRetriesPerRequest: 1 });
      this.queue = new (withBackend(createRedisBackend).Queue)(QUEUE, { connection, ...options }) as Queue;
    } else {
      const connection = this.pool(3);
      this.queue = new (withBackend(createPostgresBackend).Queue)(QUEUE, {
        connection,
        ...options,
      }) as unknown as Queue;
    }
    this.queue.on('error', (error) => this.log.debug({ error: error.message }, 'queue'));
  }

  private async openWorker(): Promise<void> {
    const work = ({ name, data }: { name: string; data: { id: string } }) => this.track(this.answer(name, data.id));
    const options = { concurrency: AT_ONCE, lockDuration: 5000, stalledInterval: 2000, maxStalledCount: 10 };
    if (this.runtime.redisUrl) {
      const connection = this.redis({ maxRetriesPerRequest: null });
      this.worker = new (withBackend(createRedisBackend).Worker)(QUEUE, work, { connection, ...options }) as Worker;
    } else {
      const connection = this.pool(7);
      this.worker = new (withBackend(createPostgresBackend).Worker)(QUEUE, work, {
        connection,
        autorun: false,
        ...options,
      }) as unknown as Worker;
      await this.worker.waitUntilReady();
      void this.worker.run();
    }
    this.worker.on('error', (error) => this.log.debug({ error: error.message }, 'worker'));
  }

  /** Runs the handler. A failure is logged; trying again is the sweeper's business, by the rows. */
  async answer(name: string, id: string): Promise<void> {
    const handler = this.handlers.get(name);
    if (!handler) return this.log.warn({ job: name }, 'a doorbell nobody answers was rung');
    try {
      await handler(id);
    } catch (error) {
      this.log.error({ job: name, id, error }, 'a job failed; the sweeper will come back to it');
    }
  }

  /**
   * Connections of our own for BullMQ: those it makes itself have moments without an error listener, at which a
   * PostgreSQL that goes away would end the process.
   */
  private pool(max: number): pg.Pool {
    const options = '-c search_path="bullmq"';
    const pool = new pg.Pool({ connectionString: this.runtime.databaseUrl, max, options, keepAlive: true });
    const note = (error: Error) => this.log.debug({ error: error.message }, 'queue connection');
    pool.on('connect', (client) => client.on('error', note));
    this.pools.push(pool);
    return pool;
  }

  private redis(options: object): Redis {
    const connection = new Redis(this.runtime.redisUrl ?? '', {
      retryStrategy: (times) => Math.min(times * 100, 1000),
      ...options,
    });
    connection.on('error', (error) => this.log.debug({ error: error.message }, 'redis'));
    this.connections.push(connection);
    return connection;
  }
}
