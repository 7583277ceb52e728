import { z } from 'zod';
import { settings } from '../../config/settings.js';
import type { NewPoll } from '../networks/network.js';
import { Invalid } from '../platform/errors.js';
import { uploadsOf } from '../web/form.js';
import { DESCRIBE, fieldOf } from './compose.js';
import type { PartWriting, Writing } from './drafts.service.js';
import { prepareMedia } from './media.service.js';
import { pollOf } from './poll-form.js';

const plainText = z.string().max(5_000).default('').transform(plain);
const part = z.object({
  text: z
    .string()
    .max(25_000)
    .default('')
    .transform((text) => plain(text).normalize('NFC')),
  description: plainText,
});
const head = z.object({
  key: z.uuid(),
  version: z.coerce.number().int().min(0).nullable().catch(null).default(null),
  window: z.uuid().nullable().catch(null).default(null),
  replyTo: z
    .string()
    .regex(/^\d{1,19}$/)
    .nullable()
    .catch(null)
    .default(null),
});

/**
 * Reads the desk's form: the fields of the first part have plain names, those of later ones end with their number; the
 * description of a picture that the draft holds is named by its id. Gives what was written with the pictures made safe,
 * and a sentence for each picture that cannot be taken.
 */
export async function readWriting(body: unknown): Promise<{ writing: Writing; problems: [string, string][] }> {
  const given = (body ?? {}) as Record<string, unknown>;
  const start = read(head, given);
  const parts: PartWriting[] = [];
  const problems: [string, string][] = [];
  for (const number of numbersIn(given)) {
    const written = { text: given[fieldOf('text', number)], description: given[fieldOf('description', number)] };
    const { text, description } = read(part, written);
    const { added, wrong } = await addedIn(body, fieldOf('picture', number), description);
    parts.push({ text, descriptions: number === 1 ? descriptionsIn(given) : {}, added });
    problems.push(...wrong);
  }
  return { writing: { ...start, poll: pollIn(given), parts }, problems };
}

/** What is written on the form without its files, and the key of its draft. */
export function wordsIn(body: unknown): {
  key: string;
  replyTo: string | null;
  poll: NewPoll | null;
  parts: { text: string; descriptions: Record<string, string> }[];
} {
  const given = (body ?? {}) as Record<string, unknown>;
  const descriptions = descriptionsIn(given);
  const parts = numbersIn(given).map((number) => ({
    text: read(part, { text: given[fieldOf('text', number)] }).text,
    descriptions,
  }));
  return { ...read(head, given), poll: pollIn(given), parts };
}

function pollIn(given: Record<string, unknown>): NewPoll | null {
  return pollOf(given, (words) => read(plainText, words).normalize('NFC'));
}

/** The numbers of the parts on the form. */
function numbersIn(given: Record<string, unknown>): number[] {
  const after = Array.from({ length: settings.threadParts - 1 }, (_, index) => index + 2);
  const missing = after.findIndex((number) => !(fieldOf('text', number) in given));
  return [1, ...(missing < 0 ? after : after.slice(0, missing))];
}

/** The descriptions of pictures that the draft holds, by their ids. */
function descriptionsIn(given: Record<string, unknown>): Record<string, string> {
  const named = Object.entries(given).filter(([name]) => DESCRIBE.test(name));
  return Object.fromEntries(named.map(([name, value]) => [name.replace(DESCRIBE, '$1'), read(plainText, value)]));
}

function read<T extends z.ZodType>(schema: T, given: unknown): z.infer<T> {
  const answer = schema.safeParse(given);
  if (answer.success) return answer.data;
  throw new Invalid('We could not read the form. Go back, copy your text, reload the page and try again.');
}

/** Line ends as networks count them, and no U+0000, which the database does not take. */
function plain(text: string): string {
  return text.replace(/\r\n/g, '\n').replaceAll('\u0000', '');
}

/** The files chosen in a field. The description that came with them is the first one's. */
async function addedIn(
  body: unknown,
  field: string,
  description: string,
): Promise<{ added: PartWriting['added']; wrong: [string, string][] }> {
  const added: PartWriting['added'] = [];
  const wrong: [string, string][] = [];
  for (const upload of uploadsOf(body, field)) {
    const media = await prepareMedia(upload, field);
    if ('problem' in media) wrong.push([field, media.problem]);
    else added.push({ ...media, description: added.length === 0 ? description : '' });
  }
  return { added, wrong };
}
