/** What a file is by its first bytes, whatever it is called. */
export type MediaType = 'jpeg' | 'png' | 'gif' | 'webp' | 'avif' | 'mp4' | 'mov';

/** How many first bytes `mediaTypeOf` wants to see. */
export const HEAD_BYTES = 1024;

const FILMS = /^(isom|iso[2-9]|mp4[12]|avc1|M4V |dash|MSNV|3gp[4-6]|f4v )$/;
const OTHER_KINDS = /<svg|<html|<!doctype|<script|<\?php|%PDF-/i;

/**
 * The type of a file, or null when it is none that posts may carry or carries the beginning of another kind as well (a
 * polyglot: a page, a script, a PDF).
 */
export function mediaTypeOf(head: Buffer): MediaType | null {
  const type = byMagic(head);
  return type && !OTHER_KINDS.test(head.subarray(0, HEAD_BYTES).toString('latin1')) ? type : null;
}

function byMagic(head: Buffer): MediaType | null {
  const ascii = (start: number, end: number) => head.toString('latin1', start, end);
  if (head.length < 12) return null;
  if (head.readUIntBE(0, 3) === 0xffd8ff) return 'jpeg';
  if (ascii(0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (/^GIF8[79]a$/.test(ascii(0, 6))) return 'gif';
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return 'webp';
  if (ascii(4, 8) !== 'ftyp') return null;
  const brand = ascii(8, 12);
  if (brand === 'avif' || brand === 'avis') return 'avif';
  if (brand === 'qt  ') return 'mov';
  return FILMS.test(brand) ? 'mp4' : null;
}

const TAIL = 66_000;

/** Whether a file is an archive, too: its end holds the directory of a ZIP file. */
export function isArchiveToo(bytes: Buffer): boolean {
  const tail = bytes.subarray(-TAIL);
  for (let at = tail.indexOf('PK\x05\x06', 0, 'latin1'); at >= 0; at = tail.indexOf('PK\x05\x06', at + 1, 'latin1')) {
    if (at + 22 <= tail.length && at + 22 + tail.readUInt16LE(at + 20) === tail.length) return true;
  }
  return false;
}
