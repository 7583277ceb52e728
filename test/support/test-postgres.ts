import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/embedded/postgres.service.js';

let server: EmbeddedPostgres | undefined;
let wanted: string | undefined;

/** Puts its address into TEST_POSTGRES_URL, which Jest's workers inherit. */
export async function startTestPostgres(): Promise<void> {
  wanted = await mkdtemp(join(tmpdir(), 'baton-test-'));
  await chmod(wanted, 0o755);
  server = await startEmbeddedPostgres({ folder: join(wanted, 'postgres'), durable: false, log: () => {} });
  process.env.TEST_POSTGRES_URL = server.connectionString('postgres');
}

export async function stopTestPostgres(): Promise<void> {
  await server?.stop();
  if (server) await tellOfCrashes(join(server.folder, 'server.log'));
  for (const folder of [server?.folder, wanted]) if (folder) await rm(folder, { recursive: true, force: true });
}

/** A backend that dies takes every connection with it, which tests see only as "terminated unexpectedly". */
async function tellOfCrashes(log: string): Promise<void> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).split('\n');
  const crashes = lines.filter((line) => /PANIC|terminated by signal|exited with exit code|could not fork/.test(line));
  if (crashes.length > 0) console.error(`The tests' PostgreSQL server wrote:\n${crashes.slice(0, 20).join('\n')}`);
}
