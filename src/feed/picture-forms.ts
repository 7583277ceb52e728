import { settings } from '../../config/settings.js';

/** How a picture is written. */
export type PictureType = 'avif' | 'webp' | 'jpg';

/** One form of one of our copies. `width` is null for the copy's own. */
export interface PictureForm {
  /** SHA-256 of the copy, in hex. */
  file: string;
  width: number | null;
  type: PictureType;
}

/** What is served for each type. */
export const PICTURE_TYPES: Record<PictureType, string> = {
  avif: 'image/avif',
  webp: 'image/webp',
  jpg: 'image/jpeg',
};

const NAME = new RegExp(`^([0-9a-f]{64})(?:-(${settings.pictureWidths.join('|')}))?\\.(avif|webp|jpg)$`);

/** Reads the last part of a picture's address; null for anything that we never made. */
export function pictureForm(name: string): PictureForm | null {
  const [, file, width, type] = NAME.exec(name) ?? [];
  return file ? { file, width: width ? Number(width) : null, type: type as PictureType } : null;
}

/** The last part of its address, and its name on disk. */
export function pictureName({ file, width, type }: PictureForm): string {
  return `${file}${width ? `-${width}` : ''}.${type}`;
}

/** The address of another form of a picture whose address ends in `.webp`. */
export function otherForm(href: string, type: PictureType, width: number | null = null): string {
  return href.replace(/\.webp$/, `${width ? `-${width}` : ''}.${type}`);
}
