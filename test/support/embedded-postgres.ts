// Starts embedded PostgreSQL in the folder of its first argument and stays, like a Baton that is up. With "untied" as
// second argument it finds no setpriv, as on macOS.
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.service.js';

if (process.argv[3] === 'untied') process.env.PATH = '/nowhere';
const server = await startEmbeddedPostgres({ folder: process.argv[2] ?? '', log: (line) => console.log(line) });
console.log(`ready ${server.pid} ${server.connectionString()}`);
setInterval(() => {}, 60_000);
