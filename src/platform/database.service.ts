import { Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { DataSource, type EntityManager, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { CLOCK_SQL, Clock } from './clock.service.js';
import { Jobs } from './jobs.service.js';
import { type Lock, rowsOf, Tx } from './tx.js';

const TRY_AGAIN = new Set(['40001', '40P01']);

/** The database. Reading is free; to write, hold a Tx. */
@Injectable()
export class Db {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
  ) {}

  /** For reading only. */
  get manager(): EntityManager {
    return this.source.manager;
  }

  /** Runs a reading statement and gives its rows. */
  async query<Row = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return rowsOf(await this.source.query(sql, parameters)) as Row[];
  }

  /** The columns of an entity for a SELECT, named as its properties: for rows that are read more often than TypeORM is quick. */
  columnsOf(entity: EntityTarget<ObjectLiteral>): string {
    const { columns } = this.source.getMetadata(entity);
    return columns.map(({ databaseName, propertyName }) => `${databaseName} AS "${propertyName}"`).join(', ');
  }

  /** Service time by the database's clock, for reading decisions that write nothing. */
  async now(): Promise<Date> {
    const [row] = await this.query<{ now: Date }>(CLOCK_SQL);
    if (!row) throw new Error('The clock has no anchor row');
    return row.now;
  }

  /**
   * One transaction: takes the locks in the order given, then reads the clock once, then does the work, which gets what
   * the locks found (a row or null for each); after the commit its doorbells ring. Repeated by itself on a deadlock or a
   * serialization failure, so `work` must have no effect outside the transaction.
   */
  async write<T>(work: Work<T>): Promise<T>;
  async write<T>(locks: Lock[], work: Work<T>): Promise<T>;
  async write<T>(first: Lock[] | Work<T>, second?: Work<T>): Promise<T> {
    const locks = Array.isArray(first) ? first : [];
    const work = Array.isArray(first) ? second : first;
    if (!work) throw new Error('db.write needs something to do');
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(locks, work);
      } catch (error) {
        if (attempt >= 4 || !TRY_AGAIN.has(codeOf(error))) throw error;
      }
    }
  }

  /** Moves the service clock forward to an instant. Only ever called where the network is the simulator. */
  async moveClock(to: Date): Promise<void> {
    await this.source.query(
      `UPDATE clock_anchor a SET anchored_at = c.real, service_start = $1
       FROM (SELECT clock_timestamp() AS real) c
       WHERE a.service_start + (c.real - a.anchored_at) * a.speed <= $1`,
      [to],
    );
    await this.readAnchor();
  }

  /** Brings the process's own clock in line with the anchor row and the database's clock. */
  async readAnchor(): Promise<void> {
    const before = this.clock.real();
    const [row] = await this.query<{ anchored_at: Date; service_start: Date; speed: number; real: Date }>(
      'SELECT anchored_at, service_start, speed, clock_timestamp() AS real FROM clock_anchor',
    );
    if (!row) return;
    const offset = before.getTime() - row.real.getTime();
    this.clock.use({
      anchoredAt: new Date(row.anchored_at.getTime() + offset),
      serviceStart: row.service_start,
      speed: row.speed,
    });
  }

  private async once<T>(locks: Lock[], work: Work<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    const sent: Promise<unknown>[] = [];
    try {
      const client: ClientBase = await runner.connect();
      const { now, real, found } = await this.begin(client, locks);
      Object.assign(runner, { isTransactionActive: true });
      const tx = new Tx(client, runner.manager, sent, now, real);
      const result = await work(tx, found);
      // To commit a transaction in which something failed is to roll it back, so this need not wait either.
      const [commit] = await Promise.all([client.query('COMMIT'), ...sent]);
      if (commit.command !== 'COMMIT')
        throw new Error('Something in the transaction had failed, so it was rolled back');
      for (const ring of tx.rings) this.jobs.ring(ring);
      return result;
    } catch (error) {
      // A connection that is gone has rolled back by itself.
      if (!runner.isReleased) await runner.query('ROLLBACK').catch(() => undefined);
      throw (await firstFailure(sent)) ?? error;
    } finally {
      Object.assign(runner, { isTransactionActive: false });
      await runner.release();
    }
  }

  /**
   * Sent together, answered in this order: the clock is read when the last lock is held. TypeORM's own beginning would be
   * a round trip more for each transaction; it only needs to know that there is one.
   */
  private async begin(client: ClientBase, locks: Lock[]): Promise<Begun> {
    const [, ...answers] = await Promise.all([
      client.query('START TRANSACTION'),
      ...locks.map(({ table, column, id, mode, by = '$1', columns = '1' }) =>
        client.query(`SELECT ${columns} FROM ${table} WHERE ${column} = ${by} FOR ${mode.toUpperCase()}`, [id]),
      ),
      client.query(CLOCK_SQL, []),
    ]);
    const clock = answers.pop()?.rows[0];
    if (!clock) throw new Error('The clock has no anchor row');
    return { ...clock, found: answers.map(({ rows }) => rows[0] ?? null) };
  }
}

/** What is done in a transaction. `found` has what was read of each locked row; null where there is none. */
// biome-ignore lint/suspicious/noExplicitAny: rows are as wide as their locks ask
type Work<T> = (tx: Tx, found: any) => Promise<T>;

interface Begun {
  now: Date;
  real: Date;
  found: unknown[];
}

/** Why the first of these failed; what comes after it in a transaction only fails because it did. */
async function firstFailure(sent: Promise<unknown>[]): Promise<unknown> {
  const failed = (await Promise.allSettled(sent)).find(({ status }) => status === 'rejected');
  return (failed as PromiseRejectedResult | undefined)?.reason;
}

/** The SQLSTATE of a PostgreSQL error, or an empty string. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown; driverError?: { code?: unknown } })?.driverError?.code;
  return String(code ?? (error as { code?: unknown })?.code ?? '');
}
