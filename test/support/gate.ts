import pg from 'pg';
import { eventually } from './poll.js';
import type { Service } from './service.js';

const LOCK = 20_261_123;

/** A place in a handover where whoever writes next is kept waiting, inside their transaction. */
export interface Gate {
  /** Whoever reaches this stage from now on waits. */
  shut(stage: string): Promise<void>;
  /** Waits until somebody waits. */
  reached(): Promise<void>;
  /** Lets them go; also after the database was restarted under it. */
  open(): Promise<void>;
}

/** Installs the gate in a test's database. A stage is "close done" (a step) or "post sending", "welcome sent" (a message). */
export async function gateIn({ db, runtime }: Service): Promise<Gate> {
  let keeper: pg.Client | null = null;
  await db.write(async (tx) => {
    await tx.query('CREATE TABLE test_gate (stage text NOT NULL)');
    await tx.query(`CREATE FUNCTION test_wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF EXISTS (SELECT FROM test_gate WHERE stage = CASE TG_TABLE_NAME
           WHEN 'steps' THEN to_jsonb(NEW) ->> 'name'
           ELSE CASE to_jsonb(NEW) ->> 'channel' WHEN 'post' THEN 'post' ELSE to_jsonb(NEW) ->> 'template' END
         END || ' ' || NEW.state) THEN PERFORM pg_advisory_xact_lock_shared(${LOCK}); END IF;
      RETURN NEW; END $$`);
    for (const table of ['steps', 'messages'])
      await tx.query(
        `CREATE TRIGGER test_wait BEFORE UPDATE ON ${table} FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION test_wait()`,
      );
  });
  return {
    shut: async (stage) => {
      keeper = new pg.Client({ connectionString: runtime.databaseUrl });
      keeper.on('error', () => undefined);
      await keeper.connect();
      await keeper.query('SELECT pg_advisory_lock($1)', [LOCK]);
      await keeper.query('INSERT INTO test_gate (stage) VALUES ($1)', [stage]);
    },
    reached: async () => {
      const waiting = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted`;
      await eventually(async () => ((await keeper?.query(waiting, [LOCK]))?.rowCount ?? 0) > 0, { within: 30_000 });
    },
    open: async () => {
      await eventually(() => db.write((tx) => tx.query('DELETE FROM test_gate')), { within: 30_000 });
      await keeper?.end().catch(() => undefined);
    },
  };
}
