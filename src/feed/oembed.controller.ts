import { Controller, Get, Inject, Query } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { NotFound, Refusal } from '../platform/errors.js';
import { Public } from '../web/allow.js';
import { Bytes, SHARED } from '../web/answer.js';
import { etagOf } from '../web/entity-tags.js';
import { Archive } from './archive.service.js';
import { oEmbed, oEmbedXml, postNamed } from './formats/oembed.js';
import { Unreadable } from './selection.js';

const ALLOWED = {
  url: 'The address of a post: on x.com, or its page here',
  format: 'json or xml',
  maxwidth: 'A whole number of pixels',
  maxheight: 'A whole number of pixels',
};

/** The answer that oEmbed wants for a format that is not offered. */
class NotOffered extends Refusal {
  readonly status = 501;
  readonly title = 'We do not offer that';
}

/** A single post for other people's editors (https://oembed.com). A private or hidden post is as if it were not there. */
@Controller('oembed')
@Public()
export class OEmbedController {
  constructor(
    private readonly accounts: Accounts,
    private readonly archive: Archive,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  @Get()
  async embed(@Query() query: Record<string, unknown>): Promise<Bytes> {
    const { url, format = 'json', maxwidth, maxheight } = query;
    if (format !== 'json' && format !== 'xml') throw new NotOffered('The format is json or xml.');
    if (typeof url !== 'string' || !url) throw new Unreadable('Say which post: url is missing.', ALLOWED);
    const room = { maxWidth: pixels('maxwidth', maxwidth), maxHeight: pixels('maxheight', maxheight) };
    const named = postNamed(url, this.runtime.publicUrl);
    if (!named) throw new NotFound('There is no such post here.');
    const account =
      named.by === 'slug' ? await this.accounts.bySlug(named.account) : await this.withHandle(named.account);
    const feed = await this.archive.post(account, named.id);
    const answer = oEmbed(feed, account.zone, this.runtime.env.BRAND_NAME, room);
    const xml = format === 'xml';
    const body = xml ? oEmbedXml(answer) : JSON.stringify(answer);
    const headers = {
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': SHARED,
      etag: etagOf(body),
    };
    return new Bytes(body, `${xml ? 'text/xml' : 'application/json'}; charset=utf-8`, headers);
  }

  private async withHandle(handle: string): Promise<Account> {
    const wanted = handle.toLowerCase();
    const account = (await this.accounts.all()).find((each) => each.handle.toLowerCase() === wanted);
    if (!account) throw new NotFound('There is no such post here.');
    return account;
  }
}

function pixels(name: string, given: unknown): number | null {
  if (given === undefined) return null;
  const pixels = typeof given === 'string' && /^\d{1,5}$/.test(given) ? Number(given) : 0;
  if (pixels < 1) throw new Unreadable(`${name} must be a whole number of pixels.`, ALLOWED);
  return pixels;
}
