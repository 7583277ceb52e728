import { type FileHandle, open } from 'node:fs/promises';
import { Invalid } from './errors.js';
import { BOX_HEADER, type Box, boxAt, PARTICULARS, secondsOf, withoutParticulars } from './film.js';
import { HEAD_BYTES, mediaTypeOf } from './media-type.js';

/** A film made safe to keep and to send on; its bytes stay in its file. */
export interface PreparedFilm {
  path: string;
  type: 'video/mp4' | 'video/quicktime';
  bytes: number;
}

const INDEX_MOST = 16 * 1024 * 1024;
/** X's limits: https://docs.x.com/x-api/media/quickstart/best-practices */
const SHORTEST_SECONDS = 0.5;
const LONGEST_SECONDS = 140;

/**
 * Reads a film in its file by its content: every byte of it belongs to a box of an MP4 or QuickTime file, or it is
 * refused. What its camera noted (place, time, name) is emptied in the file. Throws Invalid with a sentence for the
 * field.
 */
export async function prepareFilm(path: string, field: string): Promise<PreparedFilm> {
  const refuse = (sentence: string) => new Invalid(sentence, { [field]: sentence });
  const file = await open(path, 'r+');
  try {
    const type = mediaTypeOf(await read(file, 0, HEAD_BYTES));
    const { size } = await file.stat();
    const boxes = await boxesOf(file, size);
    const index = boxes?.find((box) => box.type === 'moov');
    if ((type !== 'mp4' && type !== 'mov') || !boxes || !index || index.size > INDEX_MOST)
      throw refuse('The video could not be read. Save it as an MP4 and choose it anew');
    const moov = await read(file, index.at, index.size);
    const seconds = secondsOf(moov);
    if (seconds === null || seconds < SHORTEST_SECONDS || seconds > LONGEST_SECONDS)
      throw refuse('The video must be between half a second and 2 minutes 20 seconds long');
    const clean = withoutParticulars(moov);
    await file.write(clean, 0, clean.length, index.at);
    for (const box of boxes.filter((each) => PARTICULARS.has(each.type))) await empty(file, box);
    return { path, type: type === 'mp4' ? 'video/mp4' : 'video/quicktime', bytes: size };
  } finally {
    await file.close();
  }
}

/** The outermost boxes; null when they do not fill the file. */
async function boxesOf(file: FileHandle, size: number): Promise<Box[] | null> {
  const boxes: Box[] = [];
  for (let at = 0; at < size; ) {
    const box = boxAt(await read(file, at, BOX_HEADER), at, size - at);
    if (!box || boxes.length > 100_000) return null;
    boxes.push(box);
    at += box.size;
  }
  return boxes;
}

async function empty(file: FileHandle, { at, size, header }: Box): Promise<void> {
  await file.write('free', at + 4, 'latin1');
  const zeros = Buffer.alloc(64 * 1024);
  for (let from = at + header; from < at + size; from += zeros.length)
    await file.write(zeros, 0, Math.min(zeros.length, at + size - from), from);
}

async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
