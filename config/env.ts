import { z } from 'zod';
import { ENCRYPTION_KEY } from './secrets.js';

const flag = z.stringbool({ truthy: ['on', 'true', '1', 'yes'], falsy: ['off', 'false', '0', 'no'] });
const KEY_SHAPE = 'must be a version name, a colon and 32 bytes in base64';
const url = (protocols: RegExp) => z.url({ protocol: protocols });

/**
 * Every environment variable Baton reads, one sentence each. This file is the only reader of `process.env`.
 * The README's table and `.env.example` are generated from it (`npm run docs:env`).
 */
export const schema = z.object({
  NODE_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .describe('What kind of place this is; production refuses development secrets and the simulator.'),
  RUN: z
    .string()
    .default('web,worker')
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z.array(z.enum(['web', 'worker'])).min(1))
    .describe('What this process does: web (pages and feeds), worker (handovers, letters, posts, pulls), or both.'),
  HOST: z.string().default('127.0.0.1').describe('The address to listen on.'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000).describe('The port to listen on; 0 takes a free one.'),
  PUBLIC_URL: url(/^https?$/)
    .optional()
    .describe('Where people reach the service, used in letters and links; http://HOST:PORT when empty.'),
  TRUST_PROXY: flag
    .default(false)
    .describe('Believe what one load balancer of your own puts into X-Forwarded-* headers; no more than that.'),
  DATABASE_URL: url(/^postgres(ql)?$/)
    .optional()
    .describe('PostgreSQL 15 or later; when empty an embedded PostgreSQL is started.'),
  REDIS_URL: url(/^rediss?$/)
    .optional()
    .describe('Redis for the job queue; when empty the queue lives in PostgreSQL.'),
  BATON_DATA: z.string().default('.baton').describe('The folder for pictures, the embedded database and its keys.'),
  SECRET_KEY: z
    .string()
    .min(32)
    .optional()
    .describe('At least 32 characters; signs cookies. Made and kept in BATON_DATA when empty outside production.'),
  ENCRYPTION_KEY: z
    .string()
    .regex(ENCRYPTION_KEY, KEY_SHAPE)
    .optional()
    .describe(
      'Key-encryption key as version:base64 of 32 bytes. Made and kept in BATON_DATA when empty outside production.',
    ),
  ENCRYPTION_KEYS_FORMER: z
    .string()
    .optional()
    .transform((value) => (value ?? '').split(',').filter((part) => part.trim() !== ''))
    .pipe(z.array(z.string().trim().regex(ENCRYPTION_KEY, KEY_SHAPE)))
    .describe('Earlier keys, separated by commas: they still open what `npm run keys:rotate` has not reached yet.'),
  ENCRYPTION_KEY_FILE: z
    .string()
    .optional()
    .describe('A file with one key a line, the one in use first, instead of the two variables above.'),
  NETWORK: z
    .enum(['simulator', 'x'])
    .default('simulator')
    .describe('Whom the accounts speak through: the simulator, or X itself.'),
  ALLOW_SIMULATOR: flag.default(false).describe('Lets NODE_ENV=production run on the simulator (for demonstrations).'),
  SIMULATOR_URL: url(/^http$/)
    .optional()
    .describe('A simulator that is already running; when empty one is started beside the service.'),
  X_CLIENT_ID: z.string().optional().describe('OAuth 2.0 client id of your own X developer app.'),
  X_CLIENT_SECRET: z.string().optional().describe('OAuth 2.0 client secret of your own X developer app.'),
  X_CONSUMER_KEY: z
    .string()
    .optional()
    .describe('OAuth 1.0a consumer key of the same X app; only for accounts whose profile Baton sets.'),
  X_CONSUMER_SECRET: z
    .string()
    .optional()
    .describe('OAuth 1.0a consumer secret of the same X app; only for accounts whose profile Baton sets.'),
  SMTP_URL: url(/^smtps?$/)
    .optional()
    .describe('The mail server for letters; when empty the simulator catches them.'),
  MAIL_FROM: z.string().default('Baton <baton@localhost>').describe('The sender of every letter.'),
  CLOCK_START: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('The instant at which the service clock starts. Only with the simulator, for demonstrations and tests.'),
  CLOCK_SPEED: z.coerce
    .number()
    .positive()
    .max(100_000)
    .optional()
    .describe('How many service seconds pass in a real one. Only with the simulator.'),
  METRICS_TOKEN: z.string().min(16).optional().describe('When set, /metrics wants it as a bearer token.'),
  BRAND_NAME: z.string().max(60).default('Baton').describe('The name in the header of every page.'),
  BRAND_COLOUR: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i)
    .default('#005eb8')
    .describe('The colour of the header; white text on it must pass 4.5:1.'),
  BRAND_LOGO: z
    .string()
    .regex(/\.(svg|png|webp)$/i, 'must be the path of an SVG, PNG or WebP file')
    .optional()
    .describe('The path of a picture for the header (SVG, PNG or WebP); the name is shown when empty.'),
  SECURITY_CONTACT: z
    .string()
    .regex(/^(mailto:|https:\/\/)/, 'must start with mailto: or https://')
    .optional()
    .describe('Where a security researcher should write; shown in /.well-known/security.txt.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('How much is logged.'),
});

export type Env = z.infer<typeof schema>;

/** What is wrong with an environment, as a list of sentences for the person who set it. */
export class BadEnvironment extends Error {
  constructor(readonly problems: string[]) {
    super(`The environment is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** Reads and checks a whole environment at once. Empty strings count as not set. Throws BadEnvironment. */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    throw new BadEnvironment(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  const problems = contradictions(parsed.data);
  if (problems.length > 0) throw new BadEnvironment(problems);
  return parsed.data;
}

function contradictions(env: Env): string[] {
  const problems: string[] = [];
  const production = env.NODE_ENV === 'production';
  const movesClock = env.CLOCK_START !== undefined || env.CLOCK_SPEED !== undefined;
  if (movesClock && env.NETWORK !== 'simulator') {
    problems.push(
      'CLOCK_START and CLOCK_SPEED may be set only with NETWORK=simulator: a real account lives in real time',
    );
  }
  if (env.NETWORK === 'x' && !(env.X_CLIENT_ID && env.X_CLIENT_SECRET)) {
    problems.push('NETWORK=x needs X_CLIENT_ID and X_CLIENT_SECRET of your own developer app');
  }
  if (env.ENCRYPTION_KEY_FILE && (env.ENCRYPTION_KEY || env.ENCRYPTION_KEYS_FORMER.length > 0)) {
    problems.push('ENCRYPTION_KEY_FILE goes instead of ENCRYPTION_KEY and ENCRYPTION_KEYS_FORMER, not beside them');
  }
  const versions = [env.ENCRYPTION_KEY ?? '', ...env.ENCRYPTION_KEYS_FORMER].map((key) => key.split(':')[0]);
  if (new Set(versions).size < versions.length) {
    problems.push('ENCRYPTION_KEY and ENCRYPTION_KEYS_FORMER must each have a version name of their own');
  }
  if (!production) return problems;
  if (env.NETWORK === 'simulator' && !env.ALLOW_SIMULATOR) {
    problems.push('NETWORK=simulator is refused in production unless ALLOW_SIMULATOR=on');
  }
  for (const name of ['SECRET_KEY', 'ENCRYPTION_KEY', 'PUBLIC_URL', 'DATABASE_URL', 'SMTP_URL'] as const) {
    if (name === 'ENCRYPTION_KEY' && env.ENCRYPTION_KEY_FILE) continue;
    if (!env[name] && !(env.ALLOW_SIMULATOR && name === 'SMTP_URL')) problems.push(`${name} must be set in production`);
  }
  if (env.SECRET_KEY?.startsWith('development-') || env.ENCRYPTION_KEY?.startsWith('development:')) {
    problems.push('SECRET_KEY and ENCRYPTION_KEY hold development values: make your own (see README)');
  }
  return problems;
}
