import type { EntityManager } from 'typeorm';

/** A doorbell to ring after the commit: "look at this id", now or at a service instant. */
export interface Ring {
  job: string;
  id: string;
  at: Date | null;
}

/** A row to lock before the clock is read. `share` lets others share it, `update` does not. */
export interface Lock {
  table: string;
  column: string;
  id: string;
  mode: 'update' | 'share';
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

  constructor(
    readonly manager: EntityManager,
    readonly now: Date,
    readonly real: Date,
  ) {}

  /** Runs SQL in this transaction and gives its rows. */
  async query<Row = Record<string, unknown>>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const result = await this.manager.query(sql, parameters);
    return rowsOf(result) as Row[];
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
