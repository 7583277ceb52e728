import { z } from 'zod';
import { settings } from '../../config/settings.js';
import { Invalid } from '../platform/errors.js';
import { type PreparedPicture, preparePicture } from '../platform/picture.service.js';
import { uploadOf } from '../web/form.js';
import { fieldOf } from './compose.js';
import type { PartWriting, Writing } from './drafts.service.js';

const part = z.object({
  text: z
    .string()
    .max(25_000)
    .default('')
    .transform((text) => plain(text).normalize('NFC')),
  description: z.string().max(5_000).default('').transform(plain),
});
const head = z.object({ key: z.uuid() });

/**
 * Reads the desk's form: the fields of the first part have plain names, those of later ones end with their number. Gives
 * what was written with the pictures made safe, and a sentence for each picture that cannot be taken.
 */
export async function readWriting(body: unknown): Promise<{ writing: Writing; problems: [string, string][] }> {
  const given = (body ?? {}) as Record<string, unknown>;
  const { key } = read(head, given);
  const parts: PartWriting[] = [];
  const problems: [string, string][] = [];
  for (
    let number = 1;
    number === 1 || (number <= settings.threadParts && fieldOf('text', number) in given);
    number += 1
  ) {
    const field = fieldOf('picture', number);
    const { picture, problem } = await pictureOf(body, field);
    const written = { text: given[fieldOf('text', number)], description: given[fieldOf('description', number)] };
    parts.push({ ...read(part, written), picture });
    if (problem) problems.push([field, problem]);
  }
  return { writing: { key, parts }, problems };
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

async function pictureOf(
  body: unknown,
  field: string,
): Promise<{ picture: PreparedPicture | null; problem: string | null }> {
  const upload = uploadOf(body, field);
  if (!upload) return { picture: null, problem: null };
  if (upload.truncated) {
    return { picture: null, problem: `The picture must be smaller than ${settings.pictureBytes / 1024 / 1024} MB` };
  }
  try {
    return { picture: await preparePicture(upload.bytes, field), problem: null };
  } catch (error) {
    if (error instanceof Invalid) return { picture: null, problem: error.message };
    throw error;
  }
}
