/** A box of an MP4 or QuickTime file (ISO/IEC 14496-12): where it starts, how long it is, how long its header is. */
export interface Box {
  type: string;
  at: number;
  size: number;
  header: number;
}

/** The longest header of a box. */
export const BOX_HEADER = 16;

/** Reads a box's header; `left` is how many bytes follow from its start. Null where there is no sound one. */
export function boxAt(header: Buffer, at: number, left: number): Box | null {
  if (header.length < 8) return null;
  const short = header.readUInt32BE(0);
  const type = header.toString('latin1', 4, 8);
  if (!/^[\w© -]{4}$/.test(type) || (short === 1 && header.length < 16)) return null;
  const size = short === 1 ? Number(header.readBigUInt64BE(8)) : short === 0 ? left : short;
  const length = short === 1 ? 16 : 8;
  return size >= length && size <= left ? { type, at, size, header: length } : null;
}

/** The boxes between two offsets, as far as they are sound. */
function boxesIn(bytes: Buffer, from: number, to: number): Box[] {
  const boxes: Box[] = [];
  for (let at = from; at < to; ) {
    const box = boxAt(bytes.subarray(at, Math.min(at + BOX_HEADER, to)), at, to - at);
    if (!box) break;
    boxes.push(box);
    at += box.size;
  }
  return boxes;
}

/** Boxes that say where, when, by whom or with what: notes of the camera and of programs. */
export const PARTICULARS = new Set(['udta', 'meta', 'uuid']);
const SHOWN = new Set(['vide', 'soun', 'text', 'sbtl', 'subt', 'clcp']);

/**
 * A film's index (its `moov` box) with everything emptied that is neither picture, sound nor captions: places, cameras,
 * names, dates and tracks of positions. Every byte keeps its place, so that the film still plays.
 */
export function withoutParticulars(moov: Buffer): Buffer {
  const clean = Buffer.from(moov);
  const [whole] = boxesIn(clean, 0, clean.length);
  if (whole) emptyIn(clean, whole);
  return clean;
}

function emptyIn(bytes: Buffer, outer: Box): void {
  for (const box of boxesIn(bytes, outer.at + outer.header, outer.at + outer.size)) {
    if (PARTICULARS.has(box.type) || (box.type === 'trak' && !isShown(bytes, box))) empty(bytes, box);
    else if (box.type === 'trak') emptyIn(bytes, box);
    else if (box.type === 'mdia') emptyIn(bytes, box);
    else if (box.type === 'mvhd' || box.type === 'tkhd' || box.type === 'mdhd') undate(bytes, box);
  }
}

function empty(bytes: Buffer, { at, size, header }: Box): void {
  bytes.write('free', at + 4, 'latin1');
  bytes.fill(0, at + header, at + size);
}

/** When it was made: two numbers after version and flags. */
function undate(bytes: Buffer, { at, header, size }: Box): void {
  const start = at + header + 4;
  bytes.fill(0, start, Math.min(start + (bytes[at + header] === 1 ? 16 : 8), at + size));
}

function isShown(bytes: Buffer, trak: Box): boolean {
  const inside = (box: Box | undefined, type: string) =>
    box && boxesIn(bytes, box.at + box.header, box.at + box.size).find((each) => each.type === type);
  const handler = inside(inside(trak, 'mdia'), 'hdlr');
  if (!handler) return false;
  const kind = handler.at + handler.header + 8;
  return SHOWN.has(bytes.toString('latin1', kind, kind + 4));
}

/** How long a film is by its index; null where that does not say. */
export function secondsOf(moov: Buffer): number | null {
  const [whole] = boxesIn(moov, 0, moov.length);
  const about = whole && boxesIn(moov, whole.at + whole.header, whole.size).find(({ type }) => type === 'mvhd');
  if (!about || about.size < 32 + about.header) return null;
  const start = about.at + about.header;
  const long = moov[start] === 1;
  const scale = moov.readUInt32BE(start + (long ? 20 : 12));
  const length = long ? Number(moov.readBigUInt64BE(start + 24)) : moov.readUInt32BE(start + 16);
  return scale === 0 ? null : length / scale;
}
