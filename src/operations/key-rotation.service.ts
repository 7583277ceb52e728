import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { Audit } from '../audit/audit.service.js';
import { KeyMissing, Vault } from '../credentials/vault.service.js';
import { Db } from '../platform/database.service.js';
import type { Tx } from '../platform/tx.js';
import { holdsOne, type SealedColumn, sealedColumns, versionIn } from './sealed-columns.js';

/** How many values a key version wraps. */
export interface InUse {
  version: string;
  values: number;
}

/** What a run did. `stuck`: values that no key here opens, as `table.column id`. */
export interface Rotated {
  rewrapped: number;
  stuck: string[];
}

/** Keys that do not fit what the database holds: nothing could be read, so nothing is started. */
export class WrongKeys extends Error {}

interface Row {
  id: string;
  purpose: string;
  sealed: Buffer;
}

const BATCH = 200;

/** Brings everything that is sealed under the key in use, and says what is not. */
@Injectable()
export class KeyRotation implements OnModuleInit {
  constructor(
    private readonly db: Db,
    private readonly vault: Vault,
    private readonly audit: Audit,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  /** Before any sweep or request. */
  async onModuleInit(): Promise<void> {
    await this.check();
  }

  /**
   * Opens the wrap of one value of each version in each column.
   * @throws WrongKeys with one sentence that says which key is missing or wrong
   */
  private async check(): Promise<void> {
    for (const column of sealedColumns) {
      for (const row of await this.samples(column)) this.fits(row);
    }
  }

  /** The key versions in use, and how many values each wraps. */
  async inUse(): Promise<InUse[]> {
    const every = sealedColumns.map(
      ({ table, column }) => `SELECT ${versionIn(column)} AS version FROM ${table} WHERE ${holdsOne(column)}`,
    );
    return this.db.query<InUse>(
      `SELECT version, count(*)::int AS values FROM (${every.join(' UNION ALL ')}) each GROUP BY 1 ORDER BY 1`,
    );
  }

  /**
   * Wraps every value anew that another key wraps, a batch in a transaction; a value that somebody changes meanwhile is
   * left to them. Can be stopped at any moment and begun again: what is left is found by its version.
   */
  async rotate(tell: (line: string) => void): Promise<Rotated> {
    const done: Rotated = { rewrapped: 0, stuck: [] };
    for (const column of sealedColumns) {
      let after = '';
      for (;;) {
        const rows = await this.others(column, after);
        const last = rows.at(-1);
        if (!last) break;
        done.rewrapped += await this.batch(column, rows, done.stuck);
        after = last.id;
        tell(`${column.table}.${column.column}: ${done.rewrapped} values so far`);
      }
    }
    return done;
  }

  private async batch(column: SealedColumn, rows: Row[], stuck: string[]): Promise<number> {
    const ready = rows.flatMap((row) => {
      try {
        return [{ row, sealed: this.vault.rewrap(row, row.sealed) }];
      } catch {
        stuck.push(`${column.table}.${column.column} ${row.id}`);
        return [];
      }
    });
    if (ready.length === 0) return 0;
    return this.db.write(async (tx) => {
      let changed = 0;
      for (const { row, sealed } of ready) changed += await this.replace(tx, column, row, sealed);
      if (changed > 0) await this.record(tx, column, changed);
      return changed;
    });
  }

  private async replace(tx: Tx, { table, column, id }: SealedColumn, row: Row, sealed: Buffer): Promise<number> {
    const rows = await tx.query(
      `UPDATE ${table} SET ${column} = $3 WHERE ${id}::text = $1 AND ${column} = $2 RETURNING 1`,
      [row.id, row.sealed, sealed],
    );
    return rows.length;
  }

  private async record(tx: Tx, { table, column }: SealedColumn, values: number): Promise<void> {
    await this.audit.record(tx, {
      accountId: null,
      actor: { kind: 'system' },
      verb: 'keys.rewrapped',
      subject: { kind: 'column', id: `${table}.${column}` },
      detail: { values, version: this.runtime.secrets.encryption.version },
    });
  }

  private samples({ table, column, id, purpose }: SealedColumn): Promise<Row[]> {
    return this.db.query<Row>(
      `SELECT DISTINCT ON (${versionIn(column)}) ${id}::text AS id, ${purpose} AS purpose, ${column} AS sealed FROM ${table}
       WHERE ${holdsOne(column)}`,
    );
  }

  private others({ table, column, id, purpose }: SealedColumn, after: string): Promise<Row[]> {
    return this.db.query<Row>(
      `SELECT ${id}::text AS id, ${purpose} AS purpose, ${column} AS sealed FROM ${table}
       WHERE ${holdsOne(column)} AND (${versionIn(column)} <> $1 OR get_byte(${column}, 0) = 1) AND ${id}::text > $2
       ORDER BY ${id}::text LIMIT ${BATCH}`,
      [this.runtime.secrets.encryption.version, after],
    );
  }

  private fits(row: Row): void {
    try {
      this.vault.check(row, row.sealed);
    } catch (error) {
      if (error instanceof KeyMissing) {
        throw new WrongKeys(
          `The database holds values sealed by key version ${error.version}, and that key is not here. Give it in ` +
            'ENCRYPTION_KEYS_FORMER (or in ENCRYPTION_KEY, if it is the one in use). Nothing was changed.',
        );
      }
      const version = row.sealed.subarray(2, 2 + (row.sealed[1] ?? 0)).toString();
      throw new WrongKeys(
        `The key of version ${version} is not the one that sealed what the database holds. Bring the right key back ` +
          'from where you keep it. Nothing was changed.',
      );
    }
  }
}
