import sharp from 'sharp';
import { Invalid } from './errors.js';

/** A picture made safe to keep and to send on. */
export interface PreparedPicture {
  bytes: Buffer;
  type: 'image/jpeg' | 'image/png';
  width: number;
  height: number;
}

const KNOWN = new Set(['jpeg', 'png', 'webp', 'gif', 'heif', 'avif']);
const WIDEST = 2048;
const PROFILE = 400;

/** A kept picture as networks want a profile's: a square JPEG, small. Throws for bytes that are no picture. */
export async function profilePicture(bytes: Buffer): Promise<Buffer> {
  const square = sharp(bytes, { limitInputPixels: 60_000_000 }).resize({
    width: PROFILE,
    height: PROFILE,
    fit: 'cover',
  });
  return square.flatten({ background: '#ffffff' }).jpeg({ quality: 85 }).toBuffer();
}

/**
 * Reads a picture by its content (never its name), turns it upright, drops everything but the pixels (location and
 * camera too), makes it no wider or higher than 2048 and encodes it anew: PNG where it is see-through, else JPEG.
 * Throws Invalid with a sentence for the field.
 */
export async function preparePicture(bytes: Buffer, field: string): Promise<PreparedPicture> {
  const refuse = (sentence: string) => new Invalid(sentence, { [field]: sentence });
  if (bytes.length === 0) throw refuse('The picture is empty. Choose it anew');
  const source = sharp(bytes, { limitInputPixels: 60_000_000, failOn: 'error' });
  const about = await source.metadata().catch(() => null);
  if (!about || !KNOWN.has(about.format ?? '')) throw refuse('The picture must be a JPEG, PNG, WebP, GIF or AVIF file');
  const seeThrough = about.hasAlpha && !(await source.stats().catch(() => ({ isOpaque: true }))).isOpaque;
  const upright = source.rotate().resize({ width: WIDEST, height: WIDEST, fit: 'inside', withoutEnlargement: true });
  const encoded = seeThrough ? upright.png() : upright.flatten({ background: '#ffffff' }).jpeg({ quality: 85 });
  const made = await encoded.toBuffer({ resolveWithObject: true }).catch(() => null);
  if (!made) throw refuse('The picture could not be read. Save it again as a JPEG or PNG and choose it anew');
  const { data, info } = made;
  return { bytes: data, type: seeThrough ? 'image/png' : 'image/jpeg', width: info.width, height: info.height };
}
