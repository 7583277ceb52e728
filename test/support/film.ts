/** A box of an MP4 file. */
export function box(type: string, ...inside: Buffer[]): Buffer {
  const bytes = Buffer.concat(inside);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(bytes.length + 8);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, bytes]);
}

/** What a phone notes beside the picture: where, with what, by whom. */
export const PLACE = '+51.5014-000.1419/';
export const CAMERA = 'Phone of Grace';

/** A film as phones write them: an index, pictures (`mdat`), and notes of place and camera in every usual spot. */
export function film({ seconds = 5, bytes = 2_000, brand = 'isom', after = [] as Buffer[] } = {}): Buffer {
  const track = (kind: string) => box('trak', box('tkhd', made(84)), box('udta', words(PLACE)), media(kind));
  return Buffer.concat([
    box('ftyp', words(`${brand}\0\0\0\0isommp42`)),
    box(
      'moov',
      about(seconds),
      track('vide'),
      track('meta'),
      box('udta', words(`©xyz${PLACE}`)),
      box('meta', words(CAMERA)),
    ),
    box('mdat', Buffer.alloc(bytes, 7)),
    box('uuid', words(`0123456789abcdef${PLACE}`)),
    ...after,
  ]);
}

function media(kind: string): Buffer {
  const handler = box('hdlr', Buffer.alloc(8), words(kind), Buffer.alloc(12), words('Handler\0'));
  return box('mdia', box('mdhd', made(24)), handler);
}

function about(seconds: number): Buffer {
  const body = made(100);
  body.writeUInt32BE(1_000, 12);
  body.writeUInt32BE(seconds * 1_000, 16);
  return box('mvhd', body);
}

/** A body that begins with version 0, no flags, and when it was made and changed. */
function made(length: number): Buffer {
  const body = Buffer.alloc(length);
  body.writeUInt32BE(3_800_000_000, 4);
  body.writeUInt32BE(3_800_000_001, 8);
  return body;
}

const words = (text: string) => Buffer.from(text, 'latin1');
