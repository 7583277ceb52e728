import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Headers, Inject, Param } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.service.js';
import { Public } from '../web/allow.js';
import { Bytes } from '../web/answer.js';
import { encodedForms, encodingFor } from './formats/encoded.js';
import { openApi } from './formats/openapi.js';
import { isAmong } from './formats/unchanged.js';

const SCRIPT = 'text/javascript; charset=utf-8';
const OPEN = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };

/** What websites load beside the feed: pictures and the web component. */
@Controller()
export class FeedController {
  private readonly component: ReturnType<typeof encodedForms>;

  constructor(
    private readonly files: Files,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.component = encodedForms(readFileSync(join(runtime.root, 'src/feed/assets/latest-posts.js')));
  }

  @Get(['embed.js', ':account/embed.js'])
  @Public()
  async script(@Headers('accept-encoding') accepted = '', @Headers('if-none-match') known = ''): Promise<Bytes> {
    const encoding = encodingFor(accepted);
    const { bytes, etag } = (await this.component)[encoding];
    const headers = { ...OPEN, etag, vary: 'accept-encoding', 'cache-control': 'public, max-age=3600' };
    if (isAmong(known, etag)) return new Bytes('', SCRIPT, headers, 304);
    return new Bytes(bytes, SCRIPT, encoding === 'identity' ? headers : { ...headers, 'content-encoding': encoding });
  }

  @Get('openapi.json')
  @Public()
  describe(): Bytes {
    const body = JSON.stringify(openApi(this.runtime.publicUrl));
    return new Bytes(body, 'application/json; charset=utf-8', { ...OPEN, 'cache-control': 'public, max-age=3600' });
  }

  @Get(':account/pictures/:file')
  @Public()
  async picture(@Param('file') name: string): Promise<Bytes> {
    const [, file] = /^([0-9a-f]{64})\.webp$/.exec(name) ?? [];
    const bytes = file ? await this.files.read(file) : null;
    if (bytes?.subarray(8, 12).toString() !== 'WEBP') throw new NotFound('There is no such picture.');
    return new Bytes(bytes, 'image/webp', { ...OPEN, 'cache-control': 'public, max-age=86400, immutable' });
  }
}
