import { settings } from '../../config/settings.js';
import { Invalid } from '../platform/errors.js';
import { prepareFilm } from '../platform/film.service.js';
import { isAnimated, prepareAnimation, preparePicture } from '../platform/picture.service.js';
import type { Upload } from '../web/form.js';

/** A picture, GIF or film made safe to keep and to send on: in memory, or in a file. */
export interface PreparedMedia {
  type: string;
  kept: { bytes: Buffer } | { path: string; size: number };
}

/** Makes what was chosen safe to keep. Gives a sentence for what cannot be taken. */
export async function prepareMedia(upload: Upload, field: string): Promise<PreparedMedia | { problem: string }> {
  if (upload.truncated) return { problem: tooLarge(upload) };
  try {
    return await prepare(upload, field);
  } catch (error) {
    if (error instanceof Invalid) return { problem: error.message };
    throw error;
  }
}

async function prepare({ bytes, path }: Upload, field: string): Promise<PreparedMedia> {
  if (path) {
    const film = await prepareFilm(path, field);
    return { type: film.type, kept: { path, size: film.bytes } };
  }
  const animated = await isAnimated(bytes);
  const made = animated ? await prepareAnimation(bytes, field) : await preparePicture(bytes, field);
  return { type: made.type, kept: { bytes: made.bytes } };
}

function tooLarge({ path }: Upload): string {
  const [what, most] = path ? ['video', settings.filmBytes] : ['picture', settings.deskPictureBytes];
  return `The ${what} must be smaller than ${most / 1024 / 1024} MB`;
}
