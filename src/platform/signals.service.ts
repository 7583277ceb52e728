import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { Log } from './log.service.js';
import type { Tx } from './tx.js';

const CHANNEL = 'baton';

/**
 * News between processes by PostgreSQL's NOTIFY: sent with the commit, heard by every connected process. Who cannot
 * hear must not rely on it: `lastHeard` tells since when the line is down, and every listener also looks at its rows.
 */
@Injectable()
export class Signals implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly listeners = new Map<string, ((id: string) => void)[]>();
  private client: pg.Client | undefined;
  private stopped = false;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly log: Log,
  ) {}

  /** Tells every process, when the transaction commits. */
  async send(tx: Tx, topic: string, id: string): Promise<void> {
    tx.send('SELECT pg_notify($1, $2)', [CHANNEL, `${topic} ${id}`]);
  }

  /** Calls back for every signal of a topic, and with an empty id whenever the line has come up (again). */
  on(topic: string, heard: (id: string) => void): void {
    this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), heard]);
  }

  get connected(): boolean {
    return this.client !== undefined;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({ connectionString: this.runtime.databaseUrl, keepAlive: true });
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    client.on('notification', ({ payload = '' }) => this.heard(payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      this.client = client;
      for (const topic of this.listeners.keys()) this.tell(topic, '');
    } catch {
      this.later();
    }
  }

  private lost(client: pg.Client): void {
    if (this.client !== client || this.stopped) return;
    this.client = undefined;
    this.log.warn({}, 'the line for signals is down');
    this.later();
  }

  private later(): void {
    if (this.stopped) return;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.connect(), 250);
  }

  private heard(payload: string): void {
    const [topic = '', id = ''] = payload.split(' ');
    this.tell(topic, id);
  }

  private tell(topic: string, id: string): void {
    for (const listener of this.listeners.get(topic) ?? []) listener(id);
  }
}
