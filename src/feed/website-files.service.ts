import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bytes } from '../web/answer.js';
import { encodedForms, encodingFor } from './formats/encoded.js';

/** For websites of any origin. */
export const OPEN = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };

/** A file in every encoding. */
export interface WebsiteFile {
  type: string;
  forms: ReturnType<typeof encodedForms>;
}

/** The web component, which has its style in it, and that style for websites that put the fragment in on their server. */
export function websiteFiles(root: string): { script: WebsiteFile; style: WebsiteFile } {
  const read = (name: string) => readFileSync(join(root, 'src/feed/assets', name), 'utf8');
  const style = read('latest-posts.css')
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s*([{}:;,])\s*/g, '$1')
    .trim();
  const script = read('latest-posts.js').replace(`'embed.css'`, () => JSON.stringify(style));
  return {
    script: fileOf(script, 'text/javascript; charset=utf-8'),
    style: fileOf(style, 'text/css; charset=utf-8'),
  };
}

export function fileOf(text: string, type: string): WebsiteFile {
  return { type, forms: encodedForms(Buffer.from(text)) };
}

/** A file as whoever accepts these encodings gets it. */
export async function fileFor({ type, forms }: WebsiteFile, accepted: string | undefined): Promise<Bytes> {
  const encoding = encodingFor(accepted);
  const { bytes, etag } = (await forms)[encoding];
  const headers = { ...OPEN, etag, vary: 'accept-encoding', 'cache-control': 'public, max-age=3600' };
  return new Bytes(bytes, type, encoding === 'identity' ? headers : { ...headers, 'content-encoding': encoding });
}
