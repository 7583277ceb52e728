import type { Tables, User } from './rows.js';

export type TableName = keyof Tables;

/** One row written or dropped; an act is a list of them and one line of the journal. */
export type Change = {
  [T in TableName]: { put: T; row: Tables[T] } | { drop: T; id: string };
}[TableName];

/** Everything that the simulator knows. */
export class State {
  private readonly tables = new Map<TableName, Map<string, unknown>>();

  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      if ('put' in change) this.table(change.put).set(change.row.id, change.row);
      else this.table(change.drop).delete(change.id);
    }
  }

  get<T extends TableName>(table: T, id: string): Tables[T] | undefined {
    return this.table(table).get(id);
  }

  all<T extends TableName>(table: T): Tables[T][] {
    return [...this.table(table).values()];
  }

  find<T extends TableName>(table: T, fits: (row: Tables[T]) => boolean): Tables[T] | undefined {
    for (const row of this.table(table).values()) if (fits(row)) return row;
    return undefined;
  }

  userByHandle(handle: string): User | undefined {
    const wanted = handle.toLowerCase();
    return this.find('users', (user) => user.handle.toLowerCase() === wanted);
  }

  /** Every row, as the shortest journal that gives this state. */
  snapshot(): Change[] {
    return [...this.tables].flatMap(([name, rows]) => [...rows.values()].map((row) => ({ put: name, row }) as Change));
  }

  private table<T extends TableName>(name: T): Map<string, Tables[T]> {
    const found = this.tables.get(name) ?? new Map<string, unknown>();
    this.tables.set(name, found);
    return found as Map<string, Tables[T]>;
  }
}
