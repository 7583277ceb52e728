import pg from 'pg';

const READ_EVERY_MS = 1000;

/** Service time, and how to stop reading it. */
export interface ServiceClock {
  now(): Date;
  stop(): Promise<void>;
}

interface Anchor {
  /** By this machine's clock. */
  anchoredAt: number;
  serviceStart: number;
  speed: number;
}

/**
 * Service time as the service itself computes it: start + (database time − anchored at) × speed, from the anchor row.
 * Real time where there is no database, and until its row exists. The row is read again every second.
 */
export async function serviceClock(databaseUrl: string | undefined): Promise<ServiceClock> {
  if (!databaseUrl) return { now: () => new Date(), stop: async () => {} };
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1, connectionTimeoutMillis: 2000 });
  pool.on('error', () => {});
  let anchor: Anchor | null = null;
  const look = async () => {
    anchor = (await readAnchor(pool).catch(() => null)) ?? anchor;
  };
  await look();
  const timer = setInterval(look, READ_EVERY_MS);
  timer.unref();
  return {
    now: () => (anchor ? instantBy(anchor, Date.now()) : new Date()),
    stop: async () => {
      clearInterval(timer);
      await pool.end();
    },
  };
}

function instantBy({ anchoredAt, serviceStart, speed }: Anchor, real: number): Date {
  return new Date(serviceStart + (real - anchoredAt) * speed);
}

async function readAnchor(pool: pg.Pool): Promise<Anchor | null> {
  const before = Date.now();
  const { rows } = await pool.query(
    'SELECT anchored_at, service_start, speed, clock_timestamp() AS real FROM clock_anchor',
  );
  const [row] = rows as { anchored_at: Date; service_start: Date; speed: number; real: Date }[];
  if (!row) return null;
  const offset = before - row.real.getTime();
  return {
    anchoredAt: row.anchored_at.getTime() + offset,
    serviceStart: row.service_start.getTime(),
    speed: row.speed,
  };
}
