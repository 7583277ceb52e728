import sharp, { type OutputInfo } from 'sharp';
import { Invalid } from './errors.js';
import { isArchiveToo, mediaTypeOf } from './media-type.js';

/** A picture made safe to keep and to send on. */
export interface PreparedPicture {
  bytes: Buffer;
  type: 'image/jpeg' | 'image/png';
  width: number;
  height: number;
}

/** An animated GIF made safe to keep and to send on. */
export interface PreparedAnimation {
  bytes: Buffer;
  type: 'image/gif';
}

const KNOWN = new Set(['jpeg', 'png', 'webp', 'gif', 'heif', 'avif']);
const WIDEST = 2048;
const MOST_PIXELS = 60_000_000;
/** X's limits: https://docs.x.com/x-api/media/quickstart/best-practices */
const PICTURE_MOST = 5 * 1024 * 1024;
const ANIMATION = { bytes: 15 * 1024 * 1024, frames: 350, width: 1280, height: 1080, pixels: 100_000_000 };
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
  const source = sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'error' });
  const about = looksLikeOne(bytes) ? await source.metadata().catch(() => null) : null;
  if (!about || !KNOWN.has(about.format ?? '')) throw refuse('The picture must be a JPEG, PNG, WebP, GIF or AVIF file');
  if ((about.width ?? 0) * (about.height ?? 0) > MOST_PIXELS)
    throw refuse('The picture has too many pixels. Make it smaller and choose it anew');
  const seeThrough = about.hasAlpha && !(await source.stats().catch(() => ({ isOpaque: true }))).isOpaque;
  const upright = source.rotate().resize({ width: WIDEST, height: WIDEST, fit: 'inside', withoutEnlargement: true });
  const encoded = seeThrough ? upright.png() : upright.flatten({ background: '#ffffff' }).jpeg({ quality: 85 });
  const made = await encoded.toBuffer({ resolveWithObject: true }).then(smallEnough, () => null);
  if (!made) throw refuse('The picture could not be read. Save it again as a JPEG or PNG and choose it anew');
  const { data, info } = made;
  return { bytes: data, type: seeThrough ? 'image/png' : 'image/jpeg', width: info.width, height: info.height };
}

/** A see-through picture of noise can be larger than networks take even when it is not wide. */
async function smallEnough(made: { data: Buffer; info: OutputInfo }): Promise<typeof made> {
  if (made.data.length <= PICTURE_MOST) return made;
  const half = sharp(made.data).resize({ width: Math.floor(made.info.width / 2) });
  return smallEnough(await half.png().toBuffer({ resolveWithObject: true }));
}

/** Whether the bytes of a GIF move. */
export async function isAnimated(bytes: Buffer): Promise<boolean> {
  const about =
    mediaTypeOf(bytes) === 'gif'
      ? await sharp(bytes)
          .metadata()
          .catch(() => null)
      : null;
  return (about?.pages ?? 1) > 1;
}

/**
 * Reads an animated GIF and encodes it anew with nothing but its frames, within X's limits. Throws Invalid with a
 * sentence for the field.
 */
export async function prepareAnimation(bytes: Buffer, field: string): Promise<PreparedAnimation> {
  const refuse = (sentence: string) => new Invalid(sentence, { [field]: sentence });
  const source = sharp(bytes, { animated: true, limitInputPixels: ANIMATION.pixels, failOn: 'error' });
  const about = looksLikeOne(bytes) ? await source.metadata().catch(() => null) : null;
  const [frames, width, height] = [about?.pages ?? 0, about?.width ?? 0, about?.pageHeight ?? 0];
  if (frames > ANIMATION.frames || frames * width * height > ANIMATION.pixels)
    throw refuse('The GIF is too long or too large to be read. Send it as a video');
  const { width: most, height: highest } = ANIMATION;
  const fitting = source.resize({ width: most, height: highest, fit: 'inside', withoutEnlargement: true });
  const made = await fitting
    .gif({ effort: 3 })
    .toBuffer()
    .catch(() => null);
  if (!made || frames === 0) throw refuse('The GIF could not be read. Save it again and choose it anew');
  if (made.length > ANIMATION.bytes) throw refuse('The GIF must be smaller than 15 MB. Send it as a video');
  return { bytes: made, type: 'image/gif' };
}

function looksLikeOne(bytes: Buffer): boolean {
  return mediaTypeOf(bytes) !== null && !isArchiveToo(bytes);
}
