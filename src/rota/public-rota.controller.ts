import { createHash } from 'node:crypto';
import { Controller, Get, Headers, Inject, Param } from '@nestjs/common';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { settings } from '../../config/settings.js';
import { Accounts } from '../credentials/accounts.service.js';
import { Public } from '../web/allow.js';
import { Bytes } from '../web/answer.js';
import { rotaIcs, rotaJson } from './public-rota.js';
import { PublicRota } from './public-rota.service.js';

/** The public rota for other people's sites and calendars. */
@Controller(':account')
@Public()
export class PublicRotaController {
  constructor(
    private readonly accounts: Accounts,
    private readonly rota: PublicRota,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  @Get('rota.json')
  async json(@Param('account') slug: string, @Headers('if-none-match') known = ''): Promise<Bytes> {
    const account = await this.accounts.bySlug(slug);
    const turns = await this.rota.turns(account.id, settings.rotaWeeks);
    return cacheable(JSON.stringify(rotaJson(account, turns)), 'application/json; charset=utf-8', known);
  }

  @Get('rota.ics')
  async ics(@Param('account') slug: string, @Headers('if-none-match') known = ''): Promise<Bytes> {
    const account = await this.accounts.bySlug(slug);
    const turns = await this.rota.turns(account.id, settings.rotaWeeks);
    const text = rotaIcs(account, turns, `${this.runtime.publicUrl}/${account.slug}`);
    return cacheable(text, 'text/calendar; charset=utf-8', known);
  }
}

function cacheable(text: string, type: string, known: string): Bytes {
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  const headers = { etag, 'cache-control': 'public, max-age=60', 'access-control-allow-origin': '*' };
  const tags = known.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) ? new Bytes('', type, headers, 304) : new Bytes(text, type, headers);
}
