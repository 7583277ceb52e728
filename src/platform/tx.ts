import type { ClientBase } from 'pg';
import type { EntityManager } from 'typeorm';

/** A doorbell to ring after the commit: "look at this id", now or at a service instant. */
export interface Ring {
  job: string;
  id: string;
  at: Date | null;
}

/**
 * A row to lock before the clock is read. `share` lets others share it, `update` does not; with `update skip locked` a
 * row that another holds is not found.
 */
export interface Lock {
  table: string;
  column: string;
  id: string;
  mode: 'update' | 'share' | 'update skip locked';
  /** What the column equals, in SQL, where `$1` is the id; that itself when left out. */
  by?: string;
  /** What of the row is read, in SQL. */
  columns?: string;
}

/** Locks the row of a table by its id against every other writer. */
export function lock(table: string, id: string, column = 'id'): Lock {
  return { table, column, id, mode: 'update' };
}

/** Locks a row so that it can be read by others but not changed. */
export function lockShared(table: string, id: string, column = 'id'): Lock {
  return { table, column, id, mode: 'share' };
}

/**
 * The right to write: one transaction, its locks taken, its instant read once from PostgreSQL.
 * `now` is service time (every decision); `real` is unscaled (leases, sessions, OAuth tokens).
 */
export class Tx {
  readonly rings: Ring[] = [];

  /** `sent` takes the answers that nobody waits for; who commits does. */
  constructor(
    private readonly client: Pick<ClientBase, 'query'>,
    readonly manager: EntityManager,
    private readonly sent: Promise<unknown>[],
    readonly now: Date,
    readonly real: Date,
  ) {}

  /** The same transaction as it would be at another instant; its doorbells do not ring. */
  at(now: Date): Tx {
    return new Tx(this.client, this.manager, this.sent, now, this.real);
  }

  /** Runs SQL in this transaction and gives its rows. */
  async query<Row = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const { rows } = await this.client.query(sql, parameters);
    return rows as Row[];
  }

  /**
   * Writes without waiting for the answer, in order with everything else of this transaction: what comes next leaves in
   * the same packet. Should it fail, nothing after it is done and the transaction is not committed.
   */
  send(sql: string, parameters: unknown[] = []): void {
    const answer = this.client.query(sql, parameters);
    answer.catch(() => undefined);
    this.sent.push(answer);
  }

  /** Waits for what was sent until now, to tell what fails from what comes after it. */
  async settled(): Promise<void> {
    await Promise.all(this.sent);
  }

  /** Asks for a doorbell after the commit. A lost ring is found by the sweeper. */
  ring(job: string, id: string, at: Date | null = null): void {
    this.rings.push({ job, id, at });
  }
}

/** TypeORM gives `[rows, count]` for UPDATE and DELETE, and rows for the rest. */
export function rowsOf(result: unknown): unknown[] {
  if (!Array.isArray(result)) return [];
  const [first, second] = result;
  return result.length === 2 && Array.isArray(first) && typeof second === 'number' ? first : result;
}
