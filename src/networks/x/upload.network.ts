import { setTimeout as wait } from 'node:timers/promises';
import type { Access, Outcome, Picture } from '../network.js';
import type { Line } from './line.network.js';
import { withValue } from './outcomes.js';
import { anyAnswer, datedMediaAnswer, type MediaAnswer, mediaAnswer } from './wire.js';

const SEGMENT_BYTES = 1024 * 1024;
const LOOKS = 20;
const LONGEST_WAIT_S = 5;

/** `expiresAt` is in unscaled time: X says in how many seconds, counted from its answer. */
interface Uploaded {
  id: string;
  expiresAt: Date | null;
}

/**
 * Uploads a picture in X's four steps: initialize, append (1 MiB at a time), finalize, and status while X still works
 * on it (GIFs). An upload that breaks off leaves nothing that anybody can see, so it may be made again.
 */
export async function upload(line: Line, access: Access, picture: Picture): Promise<Outcome<Uploaded>> {
  const x = line.as(access);
  const begun = await line.ask('media', mediaAnswer, () =>
    x.post('media/upload/initialize', {
      media_type: picture.type,
      media_category: picture.type === 'image/gif' ? 'tweet_gif' : 'tweet_image',
      total_bytes: picture.bytes.length,
    }),
  );
  if (begun.kind !== 'done') return begun;
  const { id } = begun.value.data;
  for (let start = 0; start < picture.bytes.length; start += SEGMENT_BYTES) {
    const segment = {
      segment_index: start / SEGMENT_BYTES,
      media: picture.bytes.subarray(start, start + SEGMENT_BYTES),
    };
    const appended = await line.ask('media', anyAnswer.optional(), () =>
      x.post(`media/upload/${id}/append`, segment, { forceBodyMode: 'form-data' }),
    );
    if (appended.kind !== 'done') return appended;
  }
  const ended = await line.ask('media', datedMediaAnswer, () =>
    x.post(`media/upload/${id}/finalize`, undefined, { fullResponse: true }),
  );
  if (ended.kind !== 'done') return ended;
  const { data, headers } = ended.value;
  const ready = await untilReady(line, access, data.data);
  return withValue(ready, () => ({ id, expiresAt: expiry(headers.date, data.data.expires_after_secs) }));
}

async function untilReady(line: Line, access: Access, uploaded: MediaAnswer['data']): Promise<Outcome<null>> {
  let work = uploaded.processing_info;
  for (let look = 0; look < LOOKS; look++) {
    if (!work || work.state === 'succeeded') return { kind: 'done', value: null };
    if (work.state === 'failed') {
      return { kind: 'refused', why: 'media-refused', detail: work.error?.message ?? 'X could not read it.' };
    }
    await wait(Math.min(work.check_after_secs ?? 1, LONGEST_WAIT_S) * 1000);
    const status = await line.ask('media', mediaAnswer, () =>
      line.as(access).get('media/upload', { command: 'STATUS', media_id: uploaded.id }),
    );
    if (status.kind !== 'done') return status;
    work = status.value.data.processing_info;
  }
  return { kind: 'later', at: null, why: 'unavailable', detail: 'X is still working on the picture.' };
}

function expiry(answeredAt: string | undefined, seconds: number | undefined): Date | null {
  const instant = new Date(Date.parse(answeredAt ?? '') + (seconds ?? Number.NaN) * 1000);
  return Number.isNaN(instant.getTime()) ? null : instant;
}
