import type { Env } from './env.js';
import type { Secrets } from './secrets.js';

/** Everything a process needs to know about where it runs, once the embedded services (if any) are up. */
export interface Runtime {
  env: Env;
  secrets: Secrets;
  databaseUrl: string;
  redisUrl: string | null;
  publicUrl: string;
  /** Where the simulator answers, or null when the network is X. */
  simulatorUrl: string | null;
  smtpUrl: string;
  /** Folder for pictures and other files; absolute. */
  dataFolder: string;
  /** Folder of package.json; templates and assets are read from below it. Absolute. */
  root: string;
  /** True when the pages must say "demonstration, not an NHS service". */
  demonstration: boolean;
}

/** Where a process finds itself once what it leans on is up. `root` is the folder of package.json. */
export function runtimeOf(
  env: Env,
  given: Pick<Runtime, 'dataFolder' | 'root' | 'secrets'> & {
    services: Pick<Runtime, 'databaseUrl' | 'simulatorUrl' | 'smtpUrl'>;
  },
): Runtime {
  const { dataFolder, root, secrets, services } = given;
  return {
    env,
    secrets,
    databaseUrl: services.databaseUrl,
    redisUrl: env.REDIS_URL ?? null,
    publicUrl: env.PUBLIC_URL?.replace(/\/$/, '') ?? `http://${env.HOST}:${env.PORT}`,
    simulatorUrl: services.simulatorUrl,
    smtpUrl: services.smtpUrl,
    dataFolder,
    root,
    demonstration: env.NETWORK === 'simulator',
  };
}

/** The injection token for the Runtime. */
export const RUNTIME = Symbol('runtime');
