import { Controller, Get, Headers, Inject, Param } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { NotFound } from '../platform/errors.js';
import { Public } from '../web/allow.js';
import { Bytes } from '../web/answer.js';
import { Archive } from './archive.service.js';
import { openApi } from './formats/openapi.js';
import { PICTURE_TYPES, pictureForm } from './picture-forms.js';
import { Pictures } from './pictures.service.js';
import { FeedServing } from './serving.service.js';
import { fileFor, fileOf, OPEN, type WebsiteFile, websiteFiles } from './website-files.service.js';

/** What websites load beside the feed: pictures and the web component. */
@Controller()
export class FeedController {
  private readonly files: ReturnType<typeof websiteFiles>;
  private readonly description: WebsiteFile;

  constructor(
    private readonly serving: FeedServing,
    private readonly archive: Archive,
    private readonly pictures: Pictures,
    @Inject(RUNTIME) runtime: Runtime,
  ) {
    this.files = websiteFiles(runtime.root);
    this.description = fileOf(JSON.stringify(openApi(runtime.publicUrl)), 'application/json; charset=utf-8');
  }

  @Get(['embed.js', ':account/embed.js'])
  @Public()
  script(@Headers('accept-encoding') accepted?: string): Promise<Bytes> {
    return fileFor(this.files.script, accepted);
  }

  /** For websites that put the fragment in on their server. */
  @Get('embed.css')
  @Public()
  styles(@Headers('accept-encoding') accepted?: string): Promise<Bytes> {
    return fileFor(this.files.style, accepted);
  }

  @Get('openapi.json')
  @Public()
  describe(@Headers('accept-encoding') accepted?: string): Promise<Bytes> {
    return fileFor(this.description, accepted);
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
}
