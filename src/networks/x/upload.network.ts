import { setTimeout as wait } from 'node:timers/promises';
import type { Access, Film, Outcome, Picture } from '../network.js';
import type { Line } from './line.network.js';
import { withValue } from './outcomes.js';
import { anyAnswer, datedMediaAnswer, type MediaAnswer, mediaAnswer } from './wire.js';

const SEGMENT_BYTES = 1024 * 1024;
const LOOKS = 20;
const LONGEST_WAIT_S = 5;
const CATEGORIES: Record<(Picture | Film)['type'], string> = {
  'image/jpeg': 'tweet_image',
  'image/png': 'tweet_image',
  'image/webp': 'tweet_image',
  'image/gif': 'tweet_gif',
  'video/mp4': 'tweet_video',
  'video/quicktime': 'tweet_video',
};

/** `expiresAt` is in unscaled time: X says in how many seconds, counted from its answer. */
interface Uploaded {
  id: string;
  expiresAt: Date | null;
}

/**
 * Uploads a picture or film in X's four steps: initialize, append (1 MiB at a time), finalize, and status while X still
 * works on it (GIFs and films). An upload that breaks off leaves nothing that anybody can see, so it may be made again.
 */
export async function upload(line: Line, access: Access, media: Picture | Film): Promise<Outcome<Uploaded>> {
  const x = line.as(access);
  const film = 'bytes' in media ? inMemory(media) : media;
  const begun = await line.ask('media', mediaAnswer, () =>
    x.post('media/upload/initialize', {
      media_type: media.type,
      media_category: CATEGORIES[media.type],
      total_bytes: film.size,
    }),
  );
  if (begun.kind !== 'done') return begun;
  const { id } = begun.value.data;
  for (let start = 0; start < film.size; start += SEGMENT_BYTES) {
    const end = Math.min(start + SEGMENT_BYTES, film.size);
    const segment = { segment_index: start / SEGMENT_BYTES, media: await film.read(start, end) };
    const appended = await line.ask('media', anyAnswer.optional(), () =>
      x.post(`media/upload/${id}/append`, segment, { forceBodyMode: 'form-data' }),
    );
    if (appended.kind !== 'done') return appended;
    await film.taken(end);
  }
  const ended = await line.ask('media', datedMediaAnswer, () =>
    x.post(`media/upload/${id}/finalize`, undefined, { fullResponse: true }),
  );
  if (ended.kind !== 'done') return ended;
  const { data, headers } = ended.value;
  const ready = await untilReady(line, access, data.data, () => film.taken(film.size));
  return withValue(ready, () => ({ id, expiresAt: expiry(headers.date, data.data.expires_after_secs) }));
}

function inMemory({ bytes }: Picture): Omit<Film, 'type'> {
  return { size: bytes.length, read: async (start, end) => bytes.subarray(start, end), taken: async () => undefined };
}

/** `working` is told before each wait. */
async function untilReady(
  line: Line,
  access: Access,
  uploaded: MediaAnswer['data'],
  working: () => Promise<void>,
): Promise<Outcome<null>> {
  let work = uploaded.processing_info;
  for (let look = 0; look < LOOKS; look++) {
    if (!work || work.state === 'succeeded') return { kind: 'done', value: null };
    if (work.state === 'failed') {
      return { kind: 'refused', why: 'media-refused', detail: work.error?.message ?? 'X could not read it.' };
    }
    await working();
    await wait(Math.min(work.check_after_secs ?? 1, LONGEST_WAIT_S) * 1000);
    const status = await line.ask('media', mediaAnswer, () =>
      line.as(access).get('media/upload', { command: 'STATUS', media_id: uploaded.id }),
    );
    if (status.kind !== 'done') return status;
    work = status.value.data.processing_info;
  }
  return { kind: 'later', at: null, why: 'unavailable', detail: 'X is still working on it.' };
}

function expiry(answeredAt: string | undefined, seconds: number | undefined): Date | null {
  const instant = new Date(Date.parse(answeredAt ?? '') + (seconds ?? Number.NaN) * 1000);
  return Number.isNaN(instant.getTime()) ? null : instant;
}
