import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { etagOf } from '../../web/entity-tags.js';

/** How bytes travel (RFC 9110, 8.4.1). */
export type Encoding = 'br' | 'gzip' | 'identity';

const ENCODINGS: Encoding[] = ['br', 'gzip', 'identity'];
const COMPRESS = {
  br: (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes, { level: 9 }),
};

/** The bytes in a compressed form; done once per change, at the strongest setting. */
export function compressed(bytes: Buffer, encoding: Exclude<Encoding, 'identity'>): Promise<Buffer> {
  return COMPRESS[encoding](bytes);
}

/** The smallest form that an `Accept-Encoding` allows; without one the plain form (RFC 9110, 12.5.3). */
export function encodingFor(accepted: string | undefined): Encoding {
  if (!accepted) return 'identity';
  const weights = new Map(accepted.split(',').map(weighed));
  return ENCODINGS.find((encoding) => (weights.get(encoding) ?? weights.get('*') ?? 0) > 0) ?? 'identity';
}

function weighed(part: string): [string, number] {
  const [name = '', ...parameters] = part
    .trim()
    .toLowerCase()
    .split(/\s*;\s*/);
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  return [name, weight ? Number(weight.slice(2)) : 1];
}

/** Bytes in every form, each with a strong tag of its own. */
export async function encodedForms(bytes: Buffer): Promise<Record<Encoding, { bytes: Buffer; etag: string }>> {
  const [br, gzip] = [await compressed(bytes, 'br'), await compressed(bytes, 'gzip')];
  const tagged = (form: Buffer) => ({ bytes: form, etag: etagOf(form) });
  return { br: tagged(br), gzip: tagged(gzip), identity: tagged(bytes) };
}
