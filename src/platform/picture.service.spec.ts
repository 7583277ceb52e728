import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { Invalid } from './errors.js';
import { preparePicture } from './picture.service.js';

const plain = (width = 40, height = 30, background = '#005eb8') =>
  sharp({ create: { width, height, channels: 3, background } });

/** A PNG whose header claims a size that its few bytes do not show. */
async function bomb(width: number, height: number): Promise<Buffer> {
  const bytes = await plain().png().toBuffer();
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  return bytes;
}

describe('a picture is taken', () => {
  it('by its content, whatever it is called', async () => {
    const made = await preparePicture(await plain().png().toBuffer(), 'picture');
    expect(made).toMatchObject({ type: 'image/jpeg', width: 40, height: 30 });
    expect((await sharp(made.bytes).metadata()).format).toBe('jpeg');
  });

  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('as %s', async (format) => {
    const made = await preparePicture(await plain().toFormat(format).toBuffer(), 'picture');
    expect([made.type, made.width]).toEqual(['image/jpeg', 40]);
  });

  it('and stays see-through', async () => {
    const glass = { r: 0, g: 94, b: 184, alpha: 0.4 };
    const bytes = await sharp({ create: { width: 20, height: 20, channels: 4, background: glass } })
      .png()
      .toBuffer();
    expect((await preparePicture(bytes, 'picture')).type).toBe('image/png');
  });

  it('without where, when and with what it was taken', async () => {
    const bytes = await plain()
      .jpeg()
      .withExif({
        IFD0: { Make: 'Camera of Grace', Artist: 'Grace' },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1', GPSLongitudeRef: 'W', GPSLongitude: '0/1 7/1 0/1' },
      })
      .toBuffer();
    expect((await sharp(bytes).metadata()).exif?.includes('Camera of Grace')).toBe(true);
    const made = await preparePicture(bytes, 'picture');
    const { exif, xmp, iptc } = await sharp(made.bytes).metadata();
    expect([exif, xmp, iptc]).toEqual([undefined, undefined, undefined]);
    expect(made.bytes.includes('Grace')).toBe(false);
  });

  it('turned upright', async () => {
    const bytes = await plain(40, 30).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect(await preparePicture(bytes, 'picture')).toMatchObject({ width: 30, height: 40 });
  });

  it('no wider or higher than 2048', async () => {
    const made = await preparePicture(await plain(4096, 1024).jpeg().toBuffer(), 'picture');
    expect([made.width, made.height]).toEqual([2048, 512]);
  });
});

describe('a picture is refused with a sentence for its field', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><script>alert(1)</script></svg>';
  const huge = '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"/>';
  it.each([
    ['an SVG', async () => Buffer.from(svg)],
    ['a huge SVG', async () => Buffer.from(`<?xml version="1.0"?>${huge}`)],
    ['a PDF', async () => Buffer.from('%PDF-1.4\n1 0 obj << >> endobj')],
    ['a page', async () => Buffer.from('<!doctype html><title>cat.jpg</title>')],
    ['nothing at all', async () => Buffer.alloc(0)],
    ['a JPEG cut off in the middle', async () => (await plain(800, 600).jpeg().toBuffer()).subarray(0, 700)],
    ['a small file that unpacks to 2.5 thousand million pixels', () => bomb(50_000, 50_000)],
    ['a TIFF', () => plain().tiff().toBuffer()],
  ])('%s', async (_what, make) => {
    const refusal = await preparePicture(await make(), 'photo').catch((error) => error);
    expect(refusal).toBeInstanceOf(Invalid);
    expect(Object.keys(refusal.fields)).toEqual(['photo']);
  });
});
