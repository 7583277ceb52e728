import { expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { freshDatabase } from '../support/database.js';
import { startProgram } from '../support/process.js';
import { startRedis } from '../support/redis.js';

const query = async (url: string, sql: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

test('every fresh database has the whole schema, and none sees another', async () => {
  const [one, other] = await Promise.all([freshDatabase(), freshDatabase()]);
  await query(one.url, 'CREATE TABLE notes (text text)');
  expect(await query(other.url, "SELECT to_regclass('notes') AS notes, to_regclass('stints') AS stints")).toEqual([
    { notes: null, stints: 'stints' },
  ]);
  await one.drop();
  await expect(query(one.url, 'SELECT 1')).rejects.toThrow('does not exist');
  await other.drop();
});

test('a fresh database takes its clock from the test', async () => {
  const database = await freshDatabase({ clockStart: new Date('2027-03-01T08:00:00Z'), clockSpeed: 60 });
  expect(await query(database.url, 'SELECT service_start, speed FROM clock_anchor')).toEqual([
    { service_start: new Date('2027-03-01T08:00:00Z'), speed: 60 },
  ]);
  await database.drop();
});

test('redis keeps what it was told over a kill -9, and can be frozen', async () => {
  const redis = await startRedis();
  const client = new Redis(redis.url);
  client.on('error', () => {});
  await client.set('week', '31');
  await redis.kill();
  await redis.start();
  expect(await client.get('week')).toBe('31');
  redis.freeze();
  const impatient = new Redis(redis.url, { commandTimeout: 50, maxRetriesPerRequest: 0 });
  impatient.on('error', () => {});
  await expect(impatient.get('week')).rejects.toThrow('timed out');
  redis.thaw();
  expect(await client.get('week')).toBe('31');
  client.disconnect();
  impatient.disconnect();
});

test('a child that ends without the awaited line says what it printed', async () => {
  const child = startProgram(process.execPath, ['-e', 'console.log("port taken")'], {}, '/');
  await expect(child.waitForLine(/ready/)).rejects.toThrow('port taken');
});
