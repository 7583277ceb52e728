import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { lookAtProcess } from '../../src/platform/embedded/child.service.js';
import { EmbeddedServiceError } from '../../src/platform/embedded/embedded-service-error.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/embedded/postgres.service.js';
import { eventually } from '../support/poll.js';
import { startNode } from '../support/process.js';

const asRoot = process.getuid?.() === 0 ? test : test.skip;
const onLinux = process.platform === 'linux' ? test : test.skip;

let parent: string;
let folder: string;
let said: string[];
const running = new Set<EmbeddedPostgres>();

// The tests share one data folder, each starting servers of its own in it: making one takes half a second.
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'baton-embedded-'));
  await chmod(parent, 0o755);
  folder = join(parent, 'postgres');
});

beforeEach(() => {
  said = [];
});

afterEach(async () => {
  for (const server of running) await server.stop();
  running.clear();
});

afterAll(() => rm(parent, { recursive: true, force: true }));

async function start(options: { folder?: string; port?: number } = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, log: (line) => said.push(line), ...options });
  running.add(server);
  return server;
}

async function ask(server: EmbeddedPostgres | string, sql: string): Promise<Record<string, unknown>[]> {
  const connectionString = typeof server === 'string' ? server : server.connectionString();
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A Baton in a process of its own, with its server up. */
async function otherBaton(...manner: 'untied'[]) {
  const baton = startNode('test/support/embedded-postgres.ts', { args: [folder, ...manner] });
  const [, serverPid, url] = await baton.waitForLine(/^ready (\d+) (\S+)$/);
  return { baton, serverPid: Number(serverPid), url: url ?? '' };
}

test('it starts from nothing, with UTF-8 text, durable commits and only 127.0.0.1 open', async () => {
  const server = await start();
  const [settings] = await ask(
    server,
    `SELECT lower('ÅDA') AS lower, current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
            current_setting('synchronous_commit') AS commit, current_setting('listen_addresses') AS addresses`,
  );
  expect(settings).toEqual({ lower: 'åda', encoding: 'UTF8', fsync: 'on', commit: 'on', addresses: '127.0.0.1' });
  expect((await stat(join(folder, 'cluster/password'))).mode & 0o777).toBe(0o600);
});

test('nobody gets in without the password', async () => {
  const server = await start();
  const url = Object.assign(new URL(server.connectionString()), { password: 'guess' }).href;
  await expect(ask(url, 'SELECT 1')).rejects.toThrow('password authentication failed');
});

test('a restart keeps the data, the password and the port', async () => {
  const first = await start();
  await ask(first, 'CREATE OR REPLACE VIEW turns AS SELECT 31 AS week');
  await first.stop();
  const second = await start();
  expect(second.connectionString()).toBe(first.connectionString());
  expect(await ask(second, 'SELECT * FROM turns')).toEqual([{ week: 31 }]);
});

test('when another program took its port meanwhile it takes a free one', async () => {
  const first = await start();
  await first.stop();
  const squatter = createServer();
  await new Promise<void>((done) => squatter.listen(first.port, '127.0.0.1', done));
  const second = await start();
  expect(second.port).not.toBe(first.port);
  expect(await ask(second, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await second.stop();
  await expect(start({ port: first.port })).rejects.toThrow(`Port ${first.port} is taken by another program.`);
  squatter.close();
});

onLinux('a Baton killed with -9 takes its server with it, and the next start finds what was committed', async () => {
  const { baton, serverPid, url } = await otherBaton();
  await ask(url, 'CREATE OR REPLACE VIEW turns AS SELECT 32 AS week');
  await baton.kill('SIGKILL');
  const server = await start();
  expect(lookAtProcess(serverPid)).toBeUndefined();
  expect(said).toEqual([]);
  expect(await ask(server, 'SELECT * FROM turns')).toEqual([{ week: 32 }]);
});

test('where the system cannot tie a server to its Baton, the next start stops the one that was left', async () => {
  const { baton, serverPid } = await otherBaton('untied');
  await baton.kill('SIGKILL');
  const server = await start();
  expect(said).toEqual([expect.stringContaining(`Stopping the PostgreSQL server (pid ${serverPid})`)]);
  expect(await ask(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('after Baton and its server are both killed with -9 the next start recovers what was committed', async () => {
  const { baton, serverPid, url } = await otherBaton();
  await ask(url, 'CREATE OR REPLACE VIEW turns AS SELECT 33 AS week');
  process.kill(serverPid, 'SIGKILL');
  await baton.kill('SIGKILL');
  expect(await ask(await start(), 'SELECT * FROM turns')).toEqual([{ week: 33 }]);
});

test('a process id that now belongs to a stranger does not stop the start', async () => {
  const first = await start();
  await first.stop();
  const stranger = startNode('test/support/poll.ts');
  await writeFile(join(folder, 'cluster/data/postmaster.pid'), `${stranger.pid}\n${folder}/cluster/data\n`);
  expect(await ask(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a second Baton in the same folder is told who has it, and the first goes on', async () => {
  const { baton, url } = await otherBaton();
  await expect(start()).rejects.toThrow(`Another Baton is using this folder (pid ${baton.pid}): ${folder}`);
  expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await baton.kill();
});

test('two Batons that begin in an empty folder at the same moment make one database', async () => {
  const empty = join(parent, 'empty');
  const batons = [1, 2].map(() => startNode('test/support/embedded-postgres.ts', { args: [empty] }));
  await eventually(() => batons.every((each) => /ready|Error/.test(each.output())), { within: 20_000 });
  const outputs = batons.map((each) => each.output());
  expect(outputs.filter((output) => /^ready/m.test(output))).toHaveLength(1);
  expect(outputs.filter((output) => /Error: Another Baton is using this folder/.test(output))).toHaveLength(1);
  expect((await readdir(empty)).filter((name) => name.startsWith('making'))).toEqual([]);
  for (const baton of batons) await baton.kill();
});

test.each(['PG_VERSION', 'global/pg_control', 'base', 'pg_wal'])(
  'data that lost %s is called damaged in one sentence that says what to do',
  async (lost) => {
    const path = join(folder, 'cluster/data', lost);
    await rename(path, `${path}.away`);
    const error = await start().catch((reason: Error) => reason);
    await rename(`${path}.away`, path);
    expect(error).toBeInstanceOf(EmbeddedServiceError);
    expect((error as Error).message).toMatch(
      /^The data in \S+ is damaged .*bring back a backup, or move the folder away/,
    );
    expect((error as Error).message).not.toContain('\n');
  },
);

test('a file where the folder should be is told in one sentence', async () => {
  const file = join(parent, 'file');
  await writeFile(file, '');
  await expect(start({ folder: file })).rejects.toThrow(`Baton cannot write in the folder ${file}`);
});

asRoot('root gets a folder that the server can reach when it cannot reach the wanted one', async () => {
  const locked = join(parent, 'locked');
  await mkdir(locked);
  await chmod(locked, 0o700);
  const server = await start({ folder: join(locked, 'postgres') });
  expect(server.folder).toMatch(/^\/var\/lib\/baton\/postgres-[0-9a-f]{10}$/);
  expect(said).toEqual([expect.stringContaining(`the data is in ${server.folder}`)]);
  await ask(server, 'CREATE OR REPLACE VIEW turns AS SELECT 31 AS week');
  await server.stop();
  const again = await start({ folder: join(locked, 'postgres') });
  expect(await ask(again, 'SELECT * FROM turns')).toEqual([{ week: 31 }]);
  await again.stop();
  await rm(server.folder, { recursive: true });
});
