import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { Inject, Injectable } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';

interface Asset {
  type: string;
  plain: Buffer;
  br: Buffer;
  gzip: Buffer;
}

const FILES: Record<string, [path: string, type: string]> = {
  'nhsuk.css': ['node_modules/nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css', 'text/css; charset=utf-8'],
  'nhsuk.js': ['node_modules/nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.js', 'text/javascript; charset=utf-8'],
  'baton.css': ['src/web/assets/baton.css', 'text/css; charset=utf-8'],
  'baton.js': ['src/web/assets/baton.js', 'text/javascript; charset=utf-8'],
  'desk.js': ['src/web/assets/desk.js', 'text/javascript; charset=utf-8'],
  'look.js': ['src/web/assets/look.js', 'text/javascript; charset=utf-8'],
  'icon.svg': ['src/web/assets/icon.svg', 'image/svg+xml'],
};

/** The name of the brand's picture among the assets. */
const LOGO = 'logo.img';
const LOGO_TYPES: Record<string, string> = { '.svg': 'image/svg+xml', '.png': 'image/png', '.webp': 'image/webp' };

/** Styles and scripts: named by the hash of their content, compressed once, never fetched from another host. */
@Injectable()
export class Assets {
  private readonly assets = new Map<string, Asset>();
  private readonly names = new Map<string, string>();

  constructor(@Inject(RUNTIME) runtime: Runtime) {
    const logo = runtime.env.BRAND_LOGO;
    const files = logo ? { ...FILES, [LOGO]: [logo, LOGO_TYPES[extname(logo).toLowerCase()] ?? ''] as const } : FILES;
    for (const [name, [path, type]] of Object.entries(files)) {
      const plain = branded(readFileSync(resolve(runtime.root, path)), name, runtime.env.BRAND_COLOUR);
      const hash = createHash('sha256').update(plain).digest('hex').slice(0, 10);
      const hashed = name.replace(/\.(\w+)$/, `.${hash}.$1`);
      const br = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
      this.assets.set(hashed, { type, plain, br, gzip: gzipSync(plain) });
      this.names.set(name, `/assets/${hashed}`);
    }
  }

  /** The address of an asset by its plain name. */
  href(name: string): string {
    const href = this.names.get(name);
    if (!href) throw new Error(`There is no asset ${name}`);
    return href;
  }

  /** The address of the brand's picture; null when there is none. */
  get logo(): string | null {
    return this.names.get(LOGO) ?? null;
  }

  /** The bytes of a hashed name in the best encoding that the visitor takes. */
  read(hashed: string, accepts: string): { bytes: Buffer; type: string; encoding: string | null } | null {
    const asset = this.assets.get(hashed);
    if (!asset) return null;
    if (/\bbr\b/.test(accepts)) return { bytes: asset.br, type: asset.type, encoding: 'br' };
    if (/\bgzip\b/.test(accepts)) return { bytes: asset.gzip, type: asset.type, encoding: 'gzip' };
    return { bytes: asset.plain, type: asset.type, encoding: null };
  }
}

const OUR_BLUE = /#005eb8/gi;

/** In the brand's colour where the file is ours; without its pointer to a source map and web fonts of another host. */
function branded(bytes: Buffer, name: string, colour: string): Buffer {
  const text = bytes.toString('utf8');
  if (name === LOGO) return bytes;
  if (!name.startsWith('nhsuk')) return Buffer.from(text.replace(OUR_BLUE, colour));
  return Buffer.from(text.replace(/\/[/*]# sourceMappingURL=\S+( \*\/)?/g, '').replace(/@font-face\{[^}]*\}/g, ''));
}
