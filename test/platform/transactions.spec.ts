import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/data-source.js';
import { Clock } from '../../src/platform/clock.service.js';
import { Db } from '../../src/platform/database.service.js';
import type { Jobs } from '../../src/platform/jobs.service.js';
import { lock, type Ring } from '../../src/platform/tx.js';
import { type FreshDatabase, freshDatabase } from '../support/database.js';

let database: FreshDatabase;
let source: DataSource;
let db: Db;
const rung: Ring[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  source = await new DataSource(dataSourceOptions(database.url)).initialize();
  db = new Db(source, new Clock(), { ring: (ring: Ring) => rung.push(ring) } as unknown as Jobs);
  await source.query('CREATE TABLE notes (id integer PRIMARY KEY, text text NOT NULL, seen boolean DEFAULT false)');
});
beforeEach(async () => {
  rung.length = 0;
  await source.query('DELETE FROM notes');
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const texts = async () =>
  (await db.query<{ text: string }>('SELECT text FROM notes ORDER BY id')).map(({ text }) => text);
const WRITE = 'INSERT INTO notes (id, text) VALUES ($1, $2)';

it('commits what was sent without waiting, in the order of the acts', async () => {
  await db.write(async (tx) => {
    tx.send(WRITE, [1, 'first']);
    tx.send('UPDATE notes SET text = text || $1', [' and changed']);
    expect(await tx.query('SELECT text FROM notes')).toEqual([{ text: 'first and changed' }]);
    tx.send(WRITE, [2, 'second']);
    tx.ring('note.made', '2');
  });
  expect([await texts(), rung.length]).toEqual([['first and changed', 'second'], 1]);
});

it('keeps nothing and rings nobody when the last thing that was sent fails', async () => {
  const act = db.write(async (tx) => {
    tx.send(WRITE, [1, 'first']);
    tx.ring('note.made', '1');
    tx.send(WRITE, [1, 'once more']);
  });
  await expect(act).rejects.toMatchObject({ code: '23505' });
  expect([await texts(), rung]).toEqual([[], []]);
});

it('gives the first failure as the reason, not what came after it', async () => {
  const act = db.write(async (tx) => {
    tx.send(WRITE, [1, null]);
    await tx.query('SELECT 1 FROM notes');
  });
  await expect(act).rejects.toMatchObject({ code: '23502' });
});

it('says so when the work went on after a failure', async () => {
  const act = db.write(async (tx) => {
    await tx.query('SELECT no_such_column FROM notes').catch(() => undefined);
  });
  await expect(act).rejects.toThrow('rolled back');
});

it('does not stop at a failure for the next transaction on the connection', async () => {
  for (const id of [1, 1, 2]) await db.write(async (tx) => tx.send(WRITE, [id, `note ${id}`])).catch(() => undefined);
  expect(await texts()).toEqual(['note 1', 'note 2']);
});

it('gives the work what its locks found, and passes by what another holds', async () => {
  await db.write(async (tx) => tx.send(WRITE, [1, 'mine']));
  const wanted = { ...lock('notes', '1'), columns: 'text' };
  await db.write([wanted, lock('notes', '9')], async (_, found) => {
    expect(found).toEqual([{ text: 'mine' }, null]);
    await db.write([{ ...wanted, mode: 'update skip locked' }], async (_, [passed]) => expect(passed).toBeNull());
  });
});
