// Starts embedded PostgreSQL in the folder of its first argument and stays, like a Baton that is up.
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.service.js';

const server = await startEmbeddedPostgres({ folder: process.argv[2] ?? '', log: (line) => console.log(line) });
console.log(`ready ${server.pid} ${server.connectionString()}`);
setInterval(() => {}, 60_000);
