import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/data-source.js';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { type Service, startService } from '../support/service.js';

type Column = { table: string; name: string; type: string; nullable: boolean };

const COLUMNS = `
  SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type, NOT a.attnotnull AS nullable
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY 1, 2`;

/** Everything that the migrations make, in words that do not depend on the order of making. */
const SHAPE = `
  SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' '
      || a.attnotnull || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS line
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid IS DISTINCT FROM 'migrations'::regclass
  UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'function ' || p.proname || ' ' || p.prosrc FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.objid = p.oid AND x.deptype = 'e')
  UNION ALL SELECT 'extension ' || extname FROM pg_extension
  ORDER BY 1`;

describe('an entity', () => {
  let service: Service;
  let tables: Column[];
  let entities: DataSource;
  beforeAll(async () => {
    service = await startService();
    tables = await service.db.query<Column>(COLUMNS);
    entities = service.app.get(DataSource);
  });
  afterAll(() => service.stop());

  it('has the columns of its table: name, type and whether it may be empty', () => {
    expect(entities.entityMetadatas.length).toBeGreaterThan(8);
    for (const { tableName, columns } of entities.entityMetadatas) {
      const declared = columns.map((column) => ({
        table: tableName,
        name: column.databaseName,
        type: `${longName(entities.driver.normalizeType(column))}${column.isArray ? '[]' : ''}`,
        nullable: column.isNullable,
      }));
      const migrated = tables.filter(({ table }) => table === tableName);
      expect(declared.toSorted(byName)).toEqual(migrated.toSorted(byName));
    }
  });
});

describe('the migrations', () => {
  let database: FreshDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await freshDatabase();
    source = await new DataSource(dataSourceOptions(database.url)).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  it('can all go down, leaving nothing, and come up to the same again', async () => {
    const before = await shape(database.url);
    const count = source.migrations.length;
    for (let done = 0; done < count; done += 1) await source.undoLastMigration({ transaction: 'each' });
    expect((await shape(database.url)).filter((line) => !isNotOurs(line))).toEqual([]);
    await source.runMigrations({ transaction: 'each' });
    expect(before.length).toBeGreaterThan(100);
    expect(await shape(database.url)).toEqual(before);
  });
});

const byName = (one: Column, other: Column) => (one.name < other.name ? -1 : 1);

/** Types of which TypeORM and PostgreSQL use different names. */
function longName(type: string): string {
  return (
    { int4: 'integer', int8: 'bigint', int2: 'smallint', bool: 'boolean', float8: 'double precision' }[type] ?? type
  );
}

/** TypeORM's own list of migrations, and PostgreSQL's language. */
function isNotOurs(line: string): boolean {
  return /\bmigrations\b/.test(line) || line === 'extension plpgsql';
}

async function shape(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ line: string }>(SHAPE)).rows.map(({ line }) => line);
  } finally {
    await client.end();
  }
}
