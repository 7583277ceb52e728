import { Redis } from 'ioredis';
import pg from 'pg';

/** A place that was searched, with all that stands in it. */
export interface Haystack {
  where: string;
  text: string;
}

/** Every way in which a secret may stand in a text without standing there as it is. */
export function formsOf(secret: string): Record<string, string> {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const forms: Record<string, string> = {
    clear: secret,
    hex,
    HEX: hex.toUpperCase(),
    address: encodeURIComponent(secret),
  };
  for (const offset of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    // What is before and behind shares the first and the last letters; the middle is the secret's alone.
    const middle = encoded.slice(
      offset === 0 ? 0 : offset + 1,
      encoded.length - ((bytes.length + offset) % 3 === 0 ? 0 : 1),
    );
    forms[`base64 at ${offset}`] = middle;
    forms[`base64url at ${offset}`] = middle.replaceAll('+', '-').replaceAll('/', '_');
  }
  return forms;
}

/** Where each secret was found: `who, as what, where`. */
export function leaks(secrets: Record<string, string>, places: Haystack[]): string[] {
  return Object.entries(secrets).flatMap(([who, secret]) =>
    Object.entries(formsOf(secret)).flatMap(([form, text]) =>
      places.filter((place) => place.text.includes(text)).map(({ where }) => `${who}, as ${form}, in ${where}`),
    ),
  );
}

/** Every table of every schema, copied out row by row as a dump would hold it. */
export async function tables(url: string): Promise<Haystack[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const places: Haystack[] = [];
    for (const { name } of rows) {
      const copied = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      places.push({ where: `table ${name}`, text: copied.rows.map(({ row }) => row).join('\n') });
    }
    return places;
  } finally {
    await client.end();
  }
}

/** Every key of a Redis with its value, whatever its type. */
export async function keys(url: string): Promise<Haystack[]> {
  const redis = new Redis(url);
  try {
    const places: Haystack[] = [];
    for (const key of await redis.keys('*')) {
      const read: Record<string, () => Promise<unknown>> = {
        string: () => redis.get(key),
        hash: () => redis.hgetall(key),
        list: () => redis.lrange(key, 0, -1),
        set: () => redis.smembers(key),
        zset: () => redis.zrange(key, 0, -1, 'WITHSCORES'),
        stream: () => redis.xrange(key, '-', '+'),
      };
      const value = await read[await redis.type(key)]?.();
      places.push({ where: `Redis ${key}`, text: `${key} ${JSON.stringify(value)}` });
    }
    return places;
  } finally {
    redis.disconnect();
  }
}
