import { z } from 'zod';
import { type Answer, type Call, type Endpoint, ok, refuse, userOf } from './call.js';
import { sizeOf } from './picture.js';
import { invalidRequest, missing } from './problems.js';
import type { Media, Upload } from './rows.js';
import type { World } from './world.service.js';

const DAY = 24 * 60 * 60;
const MEBIBYTE = 1024 * 1024;
const KINDS = [
  { type: /^image\/gif$/, key: 16, kind: 'animated_gif', most: 15 * MEBIBYTE },
  { type: /^image\/(jpeg|png|webp|pjpeg|bmp|tiff)$/, key: 3, kind: 'photo', most: 5 * MEBIBYTE },
  { type: /^video\//, key: 7, kind: 'video', most: 512 * MEBIBYTE },
] as const;

const begin = z.object({
  media_type: z.string(),
  media_category: z.string(),
  total_bytes: z.coerce.number().int().min(1),
});
const whole = z.object({
  media: z.union([z.instanceof(Buffer), z.string()]),
  media_category: z.string(),
  media_type: z.string().default('image/jpeg'),
});
const description = z.object({
  id: z.string(),
  metadata: z.object({ alt_text: z.object({ text: z.string().min(1).max(1000) }) }),
});

/** Pictures and films: in pieces (initialize, append, finalize, status), or small pictures at once. */
export function mediaEndpoints(world: World): Endpoint[] {
  const endpoint = (name: Endpoint['name'], method: Endpoint['method'], path: string, answer: Endpoint['answer']) => ({
    name,
    method,
    path,
    scopes: ['media.write'],
    answer,
  });
  return [
    endpoint('media-initialize', 'POST', '/2/media/upload/initialize', initialize),
    endpoint('media-append', 'POST', '/2/media/upload/:id/append', (call) => append(world, call)),
    endpoint('media-finalize', 'POST', '/2/media/upload/:id/finalize', (call) => finalize(world, call)),
    endpoint('media-status', 'GET', '/2/media/upload', status),
    endpoint('media-upload', 'POST', '/2/media/upload', (call) => atOnce(world, call)),
    endpoint('media-metadata', 'POST', '/2/media/metadata', describe),
  ];
}

function initialize(call: Call): Answer {
  const read = begin.safeParse(call.body);
  const kind = KINDS.find(({ type }) => type.test(read.data?.media_type ?? ''));
  if (!read.success || !kind) {
    return refuse(
      invalidRequest('media_type', call.body.media_type, 'media_type, media_category and total_bytes are needed'),
    );
  }
  const { media_type: contentType, media_category: category, total_bytes: totalBytes } = read.data;
  if (totalBytes > kind.most) return tooBig(totalBytes);
  const id = call.newId();
  const row: Upload = {
    id,
    ownerId: userOf(call).id,
    contentType,
    category,
    totalBytes,
    segments: [],
    expiresAt: inADay(call.real),
  };
  return ok(
    { data: { id, expires_after_secs: DAY, media_key: `${kind.key}_${id}` } },
    { act: [{ put: 'uploads', row }] },
  );
}

function append(world: World, call: Call): Answer {
  const upload = uploadOf(call);
  if (!upload) return unknownMedia(call.params.id);
  const index = Number(call.body.segment_index);
  const bytes = bytesOf(call.body.media);
  if (!Number.isInteger(index) || index < 0 || index > 999 || !bytes) {
    return refuse(invalidRequest('segment_index', call.body.segment_index, 'segment_index and media are needed'));
  }
  world.saveBytes(`${upload.id}.${index}`, bytes);
  const segments = [...new Set([...upload.segments, index])].sort((a, b) => a - b);
  const expiresAt = Math.floor(Date.parse(upload.expiresAt) / 1000);
  return ok({ data: { expires_at: expiresAt } }, { act: [{ put: 'uploads', row: { ...upload, segments } }] });
}

async function finalize(world: World, call: Call): Promise<Answer> {
  const upload = uploadOf(call);
  if (!upload) return unknownMedia(call.params.id);
  const bytes = Buffer.concat(upload.segments.map((index) => world.readBytes(`${upload.id}.${index}`)));
  if (bytes.length !== upload.totalBytes) {
    return refuse(invalidRequest('id', upload.id, `Segments do not add up to provided total file size.`));
  }
  const media = await mediaFrom(call, upload.id, upload.contentType, bytes);
  if (!media) return refuse(invalidRequest('media', upload.id, 'The media type is not what it was said to be.'));
  world.saveBytes(media.id, bytes);
  for (const index of upload.segments) world.dropBytes(`${upload.id}.${index}`);
  const body = { data: { ...uploaded(media, bytes.length), ...(needsWork(media) ? working('pending') : {}) } };
  return ok(body, {
    act: [
      { put: 'media', row: media },
      { drop: 'uploads', id: upload.id },
    ],
  });
}

function status(call: Call): Answer {
  const media = ownMedia(call, call.query.media_id ?? '');
  if (!media) return unknownMedia(call.query.media_id);
  return ok({ data: { ...uploaded(media), ...working('succeeded') } });
}

async function atOnce(world: World, call: Call): Promise<Answer> {
  const read = whole.safeParse(call.body);
  const bytes = read.success ? bytesOf(read.data.media) : null;
  if (!read.success || !bytes) return refuse(invalidRequest('media', '', 'media and media_category are needed'));
  if (bytes.length > 5 * MEBIBYTE) return tooBig(bytes.length);
  const media = await mediaFrom(call, call.newId(), read.data.media_type, bytes);
  if (media?.type !== 'photo') return refuse(invalidRequest('media', '', 'Only pictures can be uploaded at once.'));
  world.saveBytes(media.id, bytes);
  return ok({ data: uploaded(media, bytes.length) }, { act: [{ put: 'media', row: media }] });
}

function describe(call: Call): Answer {
  const read = description.safeParse(call.body);
  const media = read.success ? ownMedia(call, read.data.id) : undefined;
  if (!read.success || !media) {
    return refuse(
      invalidRequest('id', call.body.id, 'An own media id and an alt text of up to 1,000 characters are needed'),
    );
  }
  const { id, metadata } = read.data;
  return ok(
    { data: { id, associated_metadata: { alt_text: metadata.alt_text } } },
    {
      act: [{ put: 'media', row: { ...media, alt: metadata.alt_text.text } }],
      items: [{ what: 'media description', id }],
    },
  );
}

/** Null when the bytes are not what they were said to be. */
async function mediaFrom(call: Call, id: string, contentType: string, bytes: Buffer): Promise<Media | null> {
  const kind = KINDS.find(({ type }) => type.test(contentType));
  const size = kind?.kind === 'video' ? { width: 1280, height: 720 } : await sizeOf(bytes);
  if (!kind || !size) return null;
  const ownerId = userOf(call).id;
  return {
    id: `${kind.key}_${id}`,
    ownerId,
    type: kind.kind,
    contentType,
    ...size,
    alt: null,
    expiresAt: inADay(call.real),
  };
}

function uploadOf(call: Call): Upload | undefined {
  const upload = call.state.get('uploads', call.params.id ?? '');
  return upload?.ownerId === userOf(call).id && upload.expiresAt > call.real.toISOString() ? upload : undefined;
}

function ownMedia(call: Call, mediaId: string): Media | undefined {
  const media = call.state.find('media', ({ id }) => id.endsWith(`_${mediaId}`));
  return media?.ownerId === userOf(call).id ? media : undefined;
}

function uploaded(media: Media, size?: number) {
  return { id: media.id.split('_')[1], media_key: media.id, expires_after_secs: DAY, ...(size ? { size } : {}) };
}

function needsWork(media: Media): boolean {
  return media.type !== 'photo';
}

function working(state: 'pending' | 'succeeded') {
  const progress = state === 'succeeded' ? { progress_percent: 100 } : { check_after_secs: 1, progress_percent: 0 };
  return { processing_info: { state, ...progress } };
}

function bytesOf(media: unknown): Buffer | null {
  if (Buffer.isBuffer(media)) return media;
  return typeof media === 'string' && media !== '' ? Buffer.from(media, 'base64') : null;
}

function inADay(real: Date): string {
  return new Date(real.getTime() + DAY * 1000).toISOString();
}

function tooBig(bytes: number): Answer {
  return refuse(invalidRequest('total_bytes', bytes, 'maxFileSizeExceeded: the file is too big for its category.'));
}

function unknownMedia(id = ''): Answer {
  return { status: 404, body: { errors: [missing('media', 'id', id)] } };
}
