import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65535).default(0);

/** What the simulator's program is told by its environment; port 0 takes any free one. */
const schema = z.object({
  SIMULATOR_PORT: port,
  SIMULATOR_HOST: z.string().default('127.0.0.1'),
  SIMULATOR_SMTP_PORT: port,
  SIMULATOR_DATA: z.string().default('.baton/simulator'),
  SIMULATOR_DATABASE_URL: z.string().optional(),
  SIMULATOR_RATE_LIMITS: z.enum(['on', 'off']).default('on'),
});

export interface ProgramOptions {
  port: number;
  host: string;
  smtpPort: number;
  /** The folder of the journal and the pictures. */
  dataFolder: string;
  /** Whose clock row gives service time; real time when undefined. */
  databaseUrl: string | undefined;
  rateLimits: boolean;
}

/** Reads the program's environment; empty strings count as not set. Throws a ZodError that names what is wrong. */
export function simulatorOptions(env: Record<string, string | undefined>): ProgramOptions {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const read = schema.parse(given);
  return {
    port: read.SIMULATOR_PORT,
    host: read.SIMULATOR_HOST,
    smtpPort: read.SIMULATOR_SMTP_PORT,
    dataFolder: read.SIMULATOR_DATA,
    databaseUrl: read.SIMULATOR_DATABASE_URL,
    rateLimits: read.SIMULATOR_RATE_LIMITS === 'on',
  };
}
