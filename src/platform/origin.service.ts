import pg from 'pg';

/** A database that is not the one Baton last ran on: somebody restored or copied it. */
export class Restored extends Error {
  constructor() {
    super(
      'This database was restored or copied since Baton last ran on it, so what left after the backup was taken would be ' +
        'sent again. Say when the backup was begun: bin/restored 2026-11-22T03:00:00Z. If every Baton was stopped before ' +
        'it was taken, so that nothing is missing: bin/restored nothing-lost.',
    );
  }
}

/** Where a database's rows lie: a dump that is restored makes its tables anew, under ids of their own. */
const HERE = `
  SELECT (SELECT system_identifier::text FROM pg_control_system()) AS cluster, 'accounts'::regclass::oid::text AS relation`;

/** Checks that the database is the one it was; the first look notes it. @throws Restored */
export async function checkOrigin(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`INSERT INTO origin (id, cluster, relation) SELECT 1, cluster, relation FROM (${HERE}) here
      ON CONFLICT (id) DO NOTHING`);
    const { rowCount } = await client.query(`SELECT FROM origin JOIN (${HERE}) here USING (cluster, relation)`);
    if (!rowCount) throw new Restored();
  } finally {
    await client.end();
  }
}

/** From now on this database is the one. */
export const noteOrigin = `UPDATE origin SET (cluster, relation) = (SELECT cluster, relation FROM (${HERE}) here)`;
