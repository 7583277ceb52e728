import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Inject, Param } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.service.js';
import { Public } from '../web/allow.js';
import { Bytes } from '../web/answer.js';
import { openApi } from './formats/openapi.js';

const OPEN = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };

/** What websites load beside the feed: pictures and the web component. */
@Controller()
export class FeedController {
  private readonly component: Buffer;

  constructor(
    private readonly files: Files,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.component = readFileSync(join(runtime.root, 'src/feed/assets/latest-posts.js'));
  }

  @Get('embed.js')
  @Public()
  script(): Bytes {
    return new Bytes(this.component, 'text/javascript; charset=utf-8', {
      ...OPEN,
      'cache-control': 'public, max-age=3600',
    });
  }

  @Get('openapi.json')
  @Public()
  describe(): Bytes {
    const body = JSON.stringify(openApi(this.runtime.publicUrl));
    return new Bytes(body, 'application/json; charset=utf-8', { ...OPEN, 'cache-control': 'public, max-age=3600' });
  }

  @Get(':account/embed.js')
  @Public()
  accountScript(): Bytes {
    return this.script();
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
