import sharp from 'sharp';
import type { Account } from '../../src/credentials/account.entity.js';
import { ADA, type Answered, answerTo } from './apply.js';
import { eventually } from './poll.js';
import type { Service } from './service.js';
import type { Visitor } from './visitor.js';

const MINUTE = 60_000;

/** Somebody who applied: their browser, their address and their application. */
export interface Applied {
  visitor: Visitor;
  email: string;
  id: string;
}

/** Fills the form in and sends it; the address is name@example.org. */
export async function applied(
  service: Service,
  account: Account,
  name: string,
  answers: Answered = {},
): Promise<Applied> {
  const visitor = service.visitor();
  const email = `${name.toLowerCase()}@example.org`;
  const person = { name: { name: `${name} Marsh`, shown: 'first-name' }, email: { email }, handle: { handle: '' } };
  await answerTo(visitor, account.slug, { ...ADA, ...person, ...answers });
  await visitor.submit({}, '/apply/check');
  const [row] = await service.db.query<{ id: string }>(
    `SELECT id FROM applications WHERE email = $1 AND account_id = $2 ORDER BY submitted_at DESC LIMIT 1`,
    [email, account.id],
  );
  return { visitor, email, id: row?.id ?? '' };
}

/** The path of the link that confirms an address, from its newest letter; waits for another than `old`. */
export async function confirmationOf(service: Service, email: string, old?: string): Promise<string> {
  return eventually(async () => {
    const { links } = await service.letter(email, /confirm your email/i);
    const path = pathIn(links, '/applications/verify/');
    return path === old ? null : path;
  });
}

/** The path of the first of a letter's links that begins so. */
export function pathIn(links: string[], start: string): string {
  const found = links.map((link) => new URL(link).pathname).find((path) => path.startsWith(start));
  if (!found) throw new Error(`No link to ${start} among ${links.join(' ')}`);
  return found;
}

/** Applies and confirms the address; the visitor is then on their status page. */
export async function verified(
  service: Service,
  account: Account,
  name: string,
  answers: Answered = {},
): Promise<Applied> {
  const somebody = await applied(service, account, name, answers);
  await somebody.visitor.get(await confirmationOf(service, somebody.email));
  await somebody.visitor.submit();
  return somebody;
}

export async function stateOf(service: Service, id: string): Promise<string | undefined> {
  const [row] = await service.db.query<{ state: string }>('SELECT state FROM applications WHERE id = $1', [id]);
  return row?.state;
}

/** Moves the service's clock on. */
export async function later(service: Service, minutes: number): Promise<void> {
  await service.moveClock(new Date((await service.db.now()).getTime() + minutes * MINUTE));
}

/** The tables, of every schema, in which a text can be read, in clear or as bytes. */
export async function tablesWith(service: Service, text: string): Promise<string[]> {
  const tables = await service.db.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  const hex = Buffer.from(text).toString('hex');
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await service.db.query(
      `SELECT 1 FROM ${name} t WHERE t::text ILIKE '%' || $1 || '%' OR t::text LIKE '%' || $2 || '%' LIMIT 1`,
      [text, hex],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}

/** A picture of one colour, as a browser would send it. */
export async function photo(format: 'jpeg' | 'png' | 'webp' | 'gif', width = 64, height = 48): Promise<Blob> {
  const colour = { r: width % 256, g: height % 256, b: 90 };
  const picture = sharp({ create: { width, height, channels: 3, background: colour } });
  const taken = picture.withExif({ IFD0: { Copyright: 'canary-camera' }, IFD3: { GPSLatitudeRef: 'N' } });
  return new Blob([new Uint8Array(await taken.toFormat(format).toBuffer())], { type: 'image/jpeg' });
}
