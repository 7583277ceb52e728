import { Injectable } from '@nestjs/common';
import sharp from 'sharp';
import { Db } from '../platform/database.service.js';
import { Invalid } from '../platform/errors.js';
import { Files } from '../platform/files.service.js';
import { type MediaType, mediaTypeOf } from '../platform/media-type.js';

const KNOWN: (MediaType | null)[] = ['jpeg', 'png', 'webp'];
/**
 * Telephones take up to 50 million pixels, as JPEGs that are made smaller while they are read. What has to be unpacked
 * whole, or nearly so, costs a stranger's hundreds of megabytes here: their usual 24 million are enough of that.
 */
const MOST_PIXELS = { shrinking: 51_000_000, whole: 25_000_000 };
const LARGEST = { width: 2000, height: 2000, fit: 'inside', withoutEnlargement: true } as const;

/** Applicants' photos: JPEG files of their own, so that deleting one never takes a picture away from a post. */
@Injectable()
export class Photos {
  constructor(
    private readonly db: Db,
    private readonly files: Files,
  ) {}

  /**
   * Reads a photo by its content (never its name), turns it upright, drops everything but the pixels (place and camera
   * too), makes it no wider or higher than 2000 and keeps it. Gives its name in Files. Throws Invalid.
   */
  async keep(bytes: Buffer): Promise<string> {
    // Nothing else comes near a decoder: an SVG of a few megabytes can keep one busy for hours.
    if (!KNOWN.includes(mediaTypeOf(bytes))) throw refusal('The photo must be a JPEG, PNG or WebP file');
    const source = sharp(bytes, { limitInputPixels: MOST_PIXELS.shrinking, failOn: 'error' });
    if (await isTooLarge(bytes))
      throw refusal('The photo has too many pixels. Take a screenshot of it, and choose that instead');
    const encoded = source.rotate().resize(LARGEST).flatten({ background: '#ffffff' }).jpeg({ quality: 82 });
    const made = await encoded.toBuffer().catch(() => null);
    if (!made) throw refusal('The photo could not be read. Save it again as a JPEG or PNG and choose it anew');
    return this.files.keep(made);
  }

  /** The JPEG, or null when there is none. */
  async read(name: string | null): Promise<Buffer | null> {
    return name ? this.files.read(name) : null;
  }

  /** Deletes a file that no application shows any more. */
  async forget(name: string | null): Promise<void> {
    if (!name) return;
    const shown = await this.db.query('SELECT 1 FROM applications WHERE photo_file = $1', [name]);
    if (shown.length === 0) await this.files.remove(name);
  }
}

/** By what the file's head says; false when it says nothing that can be read. */
async function isTooLarge(bytes: Buffer): Promise<boolean> {
  const about = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => null);
  if (!about) return false;
  const most = about.format === 'jpeg' && !about.isProgressive ? MOST_PIXELS.shrinking : MOST_PIXELS.whole;
  return about.width * about.height > most;
}

function refusal(sentence: string): Invalid {
  return new Invalid(sentence, { photo: sentence });
}
