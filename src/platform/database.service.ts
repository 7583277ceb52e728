import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
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

  /** Service time by the database's clock, for reading decisions that write nothing. */
  async now(): Promise<Date> {
    const [row] = await this.query<{ now: Date }>(CLOCK_SQL);
    if (!row) throw new Error('The clock has no anchor row');
    return row.now;
  }

  /**
   * One transaction: takes the locks in the order given, then reads the clock once, then does the work; after the
   * commit its doorbells ring. Repeated by itself on a deadlock or a serialization failure, so `work` must have no
   * effect outside the transaction.
   */
  async write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  async write<T>(locks: Lock[], work: (tx: Tx) => Promise<T>): Promise<T>;
  async write<T>(first: Lock[] | ((tx: Tx) => Promise<T>), second?: (tx: Tx) => Promise<T>): Promise<T> {
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

  private async once<T>(locks: Lock[], work: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    try {
      const tx = await this.begin(runner, locks);
      const result = await work(tx);
      await runner.query('COMMIT');
      for (const ring of tx.rings) this.jobs.ring(ring);
      return result;
    } catch (error) {
      // A connection that is gone has rolled back by itself.
      if (!runner.isReleased) await runner.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      Object.assign(runner, { isTransactionActive: false });
      await runner.release();
    }
  }

  /**
   * Sent together, answered in this order: the clock is read when the last lock is held. TypeORM's own beginning would be
   * a round trip more for each transaction; it only needs to know that there is one.
   */
  private async begin(runner: QueryRunner, locks: Lock[]): Promise<Tx> {
    await runner.connect();
    Object.assign(runner, { isTransactionActive: true });
    const answers = await Promise.all([
      runner.query('START TRANSACTION'),
      ...locks.map(({ table, column, id, mode }) =>
        runner.query(`SELECT 1 FROM ${table} WHERE ${column} = $1 FOR ${mode.toUpperCase()}`, [id]),
      ),
      runner.query(CLOCK_SQL, []),
    ]);
    const [row] = answers.at(-1) as { now: Date; real: Date }[];
    if (!row) throw new Error('The clock has no anchor row');
    return new Tx(runner.manager, row.now, row.real);
  }
}

/** The SQLSTATE of a PostgreSQL error, or an empty string. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown; driverError?: { code?: unknown } })?.driverError?.code;
  return String(code ?? (error as { code?: unknown })?.code ?? '');
}
