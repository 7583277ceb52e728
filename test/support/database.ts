import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../src/data-source.js';
import { anchorClock } from '../../src/platform/clock.service.js';

export type Clock = { clockStart?: Date; clockSpeed?: number };

export type FreshDatabase = { url: string; drop(): Promise<void> };

const TEMPLATE = 'baton_template';

/** A database of one's own with every migration applied, copied from a template that is made once per test run.
 *  Its clock begins at `clockStart`; without one, service time is the database's own. */
export async function freshDatabase({ clockStart, clockSpeed = 1 }: Clock = {}): Promise<FreshDatabase> {
  const name = `baton_${randomUUID().replaceAll('-', '')}`;
  await within('postgres', async (client) => {
    await makeTemplate(client);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY file_copy`);
  });
  if (clockStart || clockSpeed !== 1) {
    await within(name, async (client) => {
      await client.query('DELETE FROM clock_anchor');
      await anchorClock(client, clockStart ?? null, clockSpeed);
    });
  }
  return { url: urlOf(name), drop: () => within('postgres', (client) => dropDatabase(client, name)) };
}

/** Every row of a database's own tables, as a dump holds them: the queue's are left out. */
export type Backup = Record<string, string>;

/** Reads all rows at one moment. */
export async function backUp(url: string): Promise<Backup> {
  const backup: Backup = {};
  await within(nameIn(url), async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    for (const table of await tablesOf(client)) {
      const { rows } = await client.query(`SELECT coalesce(json_agg(t), '[]')::text AS all FROM ${table} t`);
      backup[table] = rows[0].all;
    }
    await client.query('COMMIT');
  });
  return backup;
}

/** A database of its own, whose tables are made anew as a restore does, with the rows of the backup. */
export async function restoreFrom(backup: Backup): Promise<FreshDatabase> {
  const name = `baton_${randomUUID().replaceAll('-', '')}`;
  await within('postgres', async (client) => void (await client.query(`CREATE DATABASE ${name}`)));
  await migrate(urlOf(name), { start: null, speed: 1 });
  await within(name, async (client) => {
    await client.query("SET session_replication_role = 'replica'");
    for (const table of await tablesOf(client)) await client.query(`DELETE FROM ${table}`);
    for (const [table, rows] of Object.entries(backup)) {
      await client.query(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1)`, [rows]);
    }
  });
  return { url: urlOf(name), drop: () => within('postgres', (client) => dropDatabase(client, name)) };
}

async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
  return rows.map(({ tablename }) => tablename);
}

const nameIn = (url: string) => new URL(url).pathname.slice(1);

/** Jest's workers meet here: the first makes the template, the others wait for the lock. A failed one leaves no template. */
async function makeTemplate(client: pg.Client): Promise<void> {
  await client.query('SELECT pg_advisory_lock(1)');
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [TEMPLATE]);
    if (rowCount) return;
    await dropDatabase(client, `${TEMPLATE}_making`);
    await client.query(`CREATE DATABASE ${TEMPLATE}_making`);
    await migrate(urlOf(`${TEMPLATE}_making`), { start: null, speed: 1 });
    await client.query(`ALTER DATABASE ${TEMPLATE}_making RENAME TO ${TEMPLATE}`);
  } finally {
    await client.query('SELECT pg_advisory_unlock(1)');
  }
}

async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

async function within(database: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = await connected(urlOf(database));
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** A connection may end while it opens, with no word why (seen once); nothing was asked of it yet, so it is tried again. */
async function connected(connectionString: string, attempts = 3): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    if (attempts === 1) throw error;
    return connected(connectionString, attempts - 1);
  }
}

function urlOf(database: string): string {
  const server = process.env.TEST_POSTGRES_URL;
  if (!server)
    throw new Error('TEST_POSTGRES_URL is not set: run this through jest, whose global setup starts PostgreSQL');
  return Object.assign(new URL(server), { pathname: `/${database}` }).href;
}
