import { Controller, Get, Param } from '@nestjs/common';
import { Accounts } from '../credentials/accounts.service.js';
import { NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.service.js';
import { Allow, Who } from '../web/allow.js';
import { Bytes } from '../web/answer.js';
import { type Principal, rolesOn } from '../web/principal.js';
import { isVideo } from './compose.js';
import { Drafts } from './drafts.service.js';

/** The pictures of drafts, for those who may see them: whoever wrote the draft, and organisers while they decide about it. */
@Controller(':account/desk/media')
@Allow('person')
export class MediaController {
  constructor(
    private readonly accounts: Accounts,
    private readonly drafts: Drafts,
    private readonly files: Files,
  ) {}

  /** Films are not shown before they are sent: X makes its own of them. */
  @Get(':id')
  async read(@Param('account') slug: string, @Param('id') id: string, @Who() who: Principal): Promise<Bytes> {
    const account = await this.accounts.bySlug(slug);
    const picture = await this.drafts.picture(account.id, id);
    const mayLook =
      picture.ownerId === who.personId || (picture.waits && rolesOn(who, account.slug).includes('organiser'));
    const bytes = mayLook && !isVideo(picture.type) ? await this.files.read(picture.file) : null;
    if (!bytes) throw new NotFound('There is no such picture.');
    return new Bytes(bytes, picture.type, { 'cache-control': 'private, no-store' });
  }
}
