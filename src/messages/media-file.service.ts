import type { Film, Picture } from '../networks/network.js';
import type { Files } from '../platform/files.service.js';
import type { MessageMedia } from './message.entity.js';

/** A picture in memory, or a film that is read from its file while it is open. */
export interface Opened {
  media: Picture | Film;
  close(): Promise<void>;
}

/** What a post carries, ready to be uploaded; null when its file is gone. `taken` is told how much of a film has gone up. */
export async function openMedia(
  files: Files,
  { file, type }: Pick<MessageMedia, 'file' | 'type'>,
  taken: Film['taken'],
): Promise<Opened | null> {
  if (!isFilm(type)) {
    const bytes = await files.read(file);
    return bytes && { media: { bytes, type: type as Picture['type'] }, close: async () => undefined };
  }
  const handle = await files.open(file);
  if (!handle) return null;
  const read = async (start: number, end: number) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    return buffer.subarray(0, bytesRead);
  };
  const { size } = await handle.stat();
  return { media: { type, size, read, taken }, close: () => handle.close() };
}

function isFilm(type: string): type is Film['type'] {
  return type === 'video/mp4' || type === 'video/quicktime';
}
