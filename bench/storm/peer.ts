/**
 * The peer: the least that could write the same rows. A plain `pg` loop that takes the rows which the handovers of a
 * storm left behind and writes them again, one statement for each row, into tables of the same shape with the same
 * indexes, in the transactions that cannot be fewer: one for a handover, and two for each message, before and after its
 * call. No calls, no decisions, no queue. Run by the storm, as many processes as it has workers:
 * `peer.js DATABASE_URL PREFIX PART PARTS CONCURRENCY`.
 */
import pg from 'pg';

type Row = Record<string, unknown>;

interface Handover {
  boundary: Row;
  steps: Row[];
  opened: Row;
  closed: Row;
  stints: Row[];
  messages: Row[];
  entries: Row[];
}

const TABLES = ['boundaries', 'steps', 'grants', 'stints', 'messages', 'audit_entries', 'audit_chains'];

/** Makes the peer's tables and fills them with what was there before the instant. */
export async function preparePeer(databaseUrl: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('CREATE SCHEMA peer');
  for (const table of TABLES) await client.query(`CREATE TABLE peer.${table} (LIKE ${table} INCLUDING ALL)`);
  const of = `IN (SELECT id FROM accounts WHERE slug LIKE '${prefix}%')`;
  await client.query(`INSERT INTO peer.boundaries SELECT * FROM boundaries WHERE account_id ${of}`);
  await client.query(`INSERT INTO peer.stints SELECT * FROM stints WHERE account_id ${of}`);
  await client.query(`INSERT INTO peer.audit_chains SELECT * FROM audit_chains WHERE chain ${of}`);
  await client.query(
    `INSERT INTO peer.grants SELECT g.* FROM grants g JOIN stints s ON s.id = g.stint_id AND s.state = 'ended' WHERE g.account_id ${of}`,
  );
  await client.query('ANALYZE');
  await client.end();
}

async function replay(pool: pg.Pool, accountId: string): Promise<void> {
  const { boundary, steps, opened, closed, stints, messages, entries } = await read(pool, accountId);
  await inOne(pool, async (client) => {
    await client.query('UPDATE peer.boundaries SET started_at = $2 WHERE id = $1', [boundary.id, boundary.started_at]);
    for (const step of steps)
      await insert(client, 'steps', { ...step, state: 'waiting', done_at: null, outcome: null });
    for (const step of steps)
      await client.query(
        `UPDATE peer.steps SET state = 'done', done_at = $3, outcome = $4 WHERE boundary_id = $1 AND name = $2`,
        [boundary.id, step.name, step.done_at, step.outcome],
      );
    await client.query('UPDATE peer.grants SET closed_at = $2 WHERE id = $1', [closed.id, closed.closed_at]);
    await insert(client, 'grants', opened);
    for (const { id, state } of stints)
      await client.query('UPDATE peer.stints SET state = $2 WHERE id = $1', [id, state]);
    for (const message of messages)
      await insert(client, 'messages', { ...message, state: 'waiting', provider_ref: null });
    for (const entry of entries) await chain(client, entry);
    await client.query('UPDATE peer.boundaries SET done_at = $2 WHERE id = $1', [boundary.id, boundary.done_at]);
  });
  for (const { id, provider_ref } of messages) {
    await inOne(pool, (client) =>
      client.query(`UPDATE peer.messages SET state = 'sending', attempts = 1, started_at = now() WHERE id = $1`, [id]),
    );
    await inOne(pool, (client) =>
      client.query(`UPDATE peer.messages SET state = 'sent', provider_ref = $2, settled_at = now() WHERE id = $1`, [
        id,
        provider_ref,
      ]),
    );
  }
}

async function read(pool: pg.Pool, accountId: string): Promise<Handover> {
  const { rows } = await pool.query<{ handover: Handover }>(READ, [accountId]);
  const [row] = rows;
  if (!row) throw new Error('There was no handover');
  return row.handover;
}

async function chain(client: pg.PoolClient, entry: Row): Promise<void> {
  await insert(client, 'audit_entries', entry);
  await client.query('UPDATE peer.audit_chains SET seq = $2, hash = $3 WHERE chain = $1', [
    entry.chain,
    entry.seq,
    entry.hash,
  ]);
}

async function insert(client: pg.PoolClient, table: string, row: Row): Promise<void> {
  await client.query(`INSERT INTO peer.${table} SELECT * FROM json_populate_record(NULL::peer.${table}, $1)`, [
    JSON.stringify(row),
  ]);
}

async function inOne(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<unknown>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

const of = (table: string, where: string) => `coalesce((SELECT json_agg(t) FROM ${table} t WHERE ${where}), '[]')`;
const READ = `
  SELECT json_build_object('boundary', to_json(b), 'steps', ${of('steps', 't.boundary_id = b.id')},
    'opened', (SELECT to_json(g) FROM grants g JOIN stints s ON s.id = g.stint_id AND s.state = 'active' WHERE g.account_id = $1),
    'closed', (SELECT to_json(g) FROM grants g JOIN stints s ON s.id = g.stint_id AND s.state = 'ended' WHERE g.account_id = $1),
    'stints', ${of('stints', 't.account_id = $1')}, 'messages', ${of('messages', 't.account_id = $1 AND t.due_at >= b.at')},
    'entries', ${of('audit_entries', 't.chain = $1 AND t.at >= b.at')}) AS handover
  FROM boundaries b WHERE b.account_id = $1 AND b.done_at IS NOT NULL`;

async function main(databaseUrl = '', prefix = '', part = 0, parts = 1, concurrency = 1): Promise<void> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: concurrency });
  const { rows } = await pool.query<{ id: string }>(
    'SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM accounts WHERE slug LIKE $1) a WHERE n % $2 = $3',
    [`${prefix}%`, parts, part],
  );
  const began = Date.now();
  const work = async () => {
    for (let next = rows.pop(); next; next = rows.pop()) await replay(pool, next.id);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  process.stdout.write(`replayed ${Date.now() - began}\n`);
  await pool.end();
}

if (process.argv[1]?.endsWith('peer.js')) {
  const [, , url, prefix, part, parts, concurrency] = process.argv;
  await main(url, prefix, Number(part), Number(parts), Number(concurrency));
}
