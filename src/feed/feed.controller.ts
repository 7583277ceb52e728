import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Headers, Inject, Param } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { NotFound } from '../platform/errors.js';
import { Public } from '../web/allow.js';
import { Bytes } from '../web/answer.js';
import { Archive } from './archive.service.js';
import { encodedForms, encodingFor } from './formats/encoded.js';
import { openApi } from './formats/openapi.js';
import { isAmong } from './formats/unchanged.js';
import { PICTURE_TYPES, pictureForm } from './picture-forms.js';
import { Pictures } from './pictures.service.js';
import { FeedServing } from './serving.service.js';

const SCRIPT = 'text/javascript; charset=utf-8';
const OPEN = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };

/** What websites load beside the feed: pictures and the web component. */
@Controller()
export class FeedController {
  private readonly component: ReturnType<typeof encodedForms>;

  constructor(
    private readonly serving: FeedServing,
    private readonly archive: Archive,
    private readonly pictures: Pictures,
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

  /** Only what a post shows that may be shown. */
  @Get(':account/pictures/:file')
  @Public()
  async picture(@Param('account') slug: string, @Param('file') name: string): Promise<Bytes> {
    const form = pictureForm(name);
    if (!form) throw new NotFound('There is no such picture.');
    const source = () => this.archive.pictureSource(slug, form.file);
    const shown = this.serving.shows(slug, form.file) || (await source());
    const bytes = shown && (await this.pictures.form(form, source));
    if (!bytes) throw new NotFound('There is no such picture.');
    const headers = { ...OPEN, 'cache-control': 'public, max-age=86400, immutable' };
    return new Bytes(bytes, PICTURE_TYPES[form.type], headers);
  }
}
