import { chmod, mkdtemp, rm } from 'node:fs/promises';
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
  for (const folder of [server?.folder, wanted]) if (folder) await rm(folder, { recursive: true, force: true });
}
