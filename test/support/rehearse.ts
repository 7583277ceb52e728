/**
 * `npm run rehearse`: walks the whole week in the terminal, from an application to the embedded feed, on parts of its
 * own: embedded PostgreSQL in a throw-away folder, the simulator with its mail server, and the service itself. The
 * clock is moved from one instant that matters to the next.
 */
import 'reflect-metadata';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dateAndTime } from '../../src/credentials/dates.js';
import { migrate } from '../../src/data-source.js';
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.service.js';
import { startService } from './service.js';
import { WEEK_BEGINS, walkTheWeek } from './week.js';

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const began = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'baton-rehearsal-'));
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    log: () => undefined,
    durable: false,
  });
  await migrate(server.connectionString(), { start: WEEK_BEGINS, speed: 1 });
  const service = await startService({ databaseUrl: server.connectionString(), clockStart: WEEK_BEGINS });
  say(`The rehearsal runs at ${service.url}; nothing leaves this machine.\n`);
  try {
    await walkTheWeek(service, (stage, what, at) => {
      say(`${dateAndTime('Europe/London', at, { zone: true })}  ·  ${stage}\n    ${what}.\n`);
    });
    say(`The whole week in ${((performance.now() - began) / 1000).toFixed(0)} seconds. Every stage was as it must be.`);
  } finally {
    await service.stop();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    say(`The rehearsal stopped: ${error.message}`);
    process.exit(1);
  },
);
