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
