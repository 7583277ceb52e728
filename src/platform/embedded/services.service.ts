import { join } from 'node:path';
import type { Env } from '../../../config/env.js';
import { startEmbeddedPostgres } from './postgres.service.js';
import { startEmbeddedSimulator } from './simulator.service.js';

/** What the service leans on, whether it was started here or is somebody else's. */
export interface EmbeddedServices {
  databaseUrl: string;
  /** Null when the network is X. */
  simulatorUrl: string | null;
  smtpUrl: string;
  /** Stops what was started here, in the opposite order. */
  stop(): Promise<void>;
}

/** Starts what the environment does not name: PostgreSQL, and the simulator with its mail server. */
export async function startEmbeddedServices(
  env: Env,
  dataFolder: string,
  say: (line: string) => void,
): Promise<EmbeddedServices> {
  const postgres = env.DATABASE_URL
    ? null
    : await startEmbeddedPostgres({ folder: join(dataFolder, 'postgres'), log: say });
  const databaseUrl = env.DATABASE_URL ?? (postgres?.connectionString() as string);
  const needsSimulator = env.NETWORK === 'simulator' && !env.SIMULATOR_URL;
  const simulator = needsSimulator ? await startEmbeddedSimulator(databaseUrl, dataFolder) : null;
  return {
    databaseUrl,
    simulatorUrl: env.NETWORK === 'simulator' ? (env.SIMULATOR_URL ?? simulator?.url ?? null) : null,
    smtpUrl: env.SMTP_URL ?? simulator?.smtpUrl ?? 'smtp://127.0.0.1:25',
    stop: async () => {
      await simulator?.stop();
      await postgres?.stop();
    },
  };
}
