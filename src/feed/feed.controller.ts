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
import { PICTURE_TYPES, pictureForm } from './picture-forms.js';
import { Pictures } from './pictures.service.js';
import { FeedServing } from './serving.service.js';

const OPEN = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };

type EncodedForms = ReturnType<typeof encodedForms>;

/** What websites load beside the feed: pictures and the web component. */
@Controller()
export class FeedController {
  private readonly component: EncodedForms;
  private readonly style: EncodedForms;
  private readonly description: EncodedForms;

  constructor(
    private readonly serving: FeedServing,
    private readonly archive: Archive,
    private readonly pictures: Pictures,
    @Inject(RUNTIME) runtime: Runtime,
  ) {
    const read = (name: string) => readFileSync(join(runtime.root, 'src/feed/assets', name), 'utf8');
    const style = read('latest-posts.css')
      .replace(/\/\*.*?\*\//gs, '')
      .replace(/\s*([{}:;,])\s*/g, '$1')
      .trim();
    this.component = encodedForms(
      Buffer.from(read('latest-posts.js').replace(`'embed.css'`, () => JSON.stringify(style))),
    );
    this.style = encodedForms(Buffer.from(style));
    this.description = encodedForms(Buffer.from(JSON.stringify(openApi(runtime.publicUrl))));
  }

  @Get(['embed.js', ':account/embed.js'])
  @Public()
  script(@Headers('accept-encoding') accepted?: string): Promise<Bytes> {
    return this.asset(this.component, 'text/javascript; charset=utf-8', accepted);
  }

  /** For websites that put the fragment in on their server. */
  @Get('embed.css')
  @Public()
  styles(@Headers('accept-encoding') accepted?: string): Promise<Bytes> {
    return this.asset(this.style, 'text/css; charset=utf-8', accepted);
  }

  @Get('openapi.json')
  @Public()
  describe(@Headers('accept-encoding') accepted?: string): Promise<Bytes> {
    return this.asset(this.description, 'application/json; charset=utf-8', accepted);
  }

  /**
   * Only what a post shows that may be shown. Whoever has seen one may keep it for a day; a cache that many share must
   * ask again each minute, so that a picture is gone from there as soon as its post.
   */
  @Get(':account/pictures/:file')
  @Public()
  async picture(@Param('account') slug: string, @Param('file') name: string): Promise<Bytes> {
    const form = pictureForm(name);
    if (!form) throw new NotFound('There is no such picture.');
    const source = () => this.archive.pictureSource(slug, form.file);
    const shown = this.serving.shows(slug, form.file) || (await source());
    const bytes = shown && (await this.pictures.form(form, source));
    if (!bytes) throw new NotFound('There is no such picture.');
    const headers = { ...OPEN, etag: `"${name}"`, 'cache-control': 'public, max-age=86400, s-maxage=60, immutable' };
    return new Bytes(bytes, PICTURE_TYPES[form.type], headers);
  }

  private async asset(forms: EncodedForms, type: string, accepted: string | undefined): Promise<Bytes> {
    const encoding = encodingFor(accepted);
    const { bytes, etag } = (await forms)[encoding];
    const headers = { ...OPEN, etag, vary: 'accept-encoding', 'cache-control': 'public, max-age=3600' };
    return new Bytes(bytes, type, encoding === 'identity' ? headers : { ...headers, 'content-encoding': encoding });
  }
}
