import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect } from '../web/answer.js';
import type { Principal } from '../web/principal.js';
import { Desk } from './desk.service.js';
import { DeskPages } from './desk-pages.service.js';
import type { DraftMedia } from './draft.entity.js';
import { Drafts } from './drafts.service.js';
import { Faces } from './faces.service.js';
import { wordsIn } from './form.service.js';
import { lookView } from './look-view.js';
import { AnswerTargets } from './mentions/answer-targets.service.js';
import { Uploads } from './uploads.service.js';

/** How what is being written will look and cost, and how far what was sent has gone up. */
@Controller(':account/desk')
@Allow('person')
export class LookController {
  constructor(
    private readonly pages: DeskPages,
    private readonly desk: Desk,
    private readonly drafts: Drafts,
    private readonly uploads: Uploads,
    private readonly targets: AnswerTargets,
    private readonly faces: Faces,
  ) {}

  /** Keeps the form as a draft and shows it. */
  @Post('previews')
  async preview(
    @Param('account') slug: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const sitting = await this.pages.sit(slug, who);
    return this.pages.keep(sitting, body, (draft) => this.pages.page(sitting, draft, { previewed: true }));
  }

  /** A part of a page for those who type with JavaScript; changes nothing. */
  @Post('previews/live')
  async live(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page> {
    const { account, turn } = await this.pages.sit(slug, who);
    const { key, replyTo, poll, parts: words } = wordsIn(body);
    const draft = await this.drafts.one(account.id, key, who.personId).catch(() => null);
    const kept = draft ? await this.drafts.parts(draft) : [];
    const parts = words.map(({ text, descriptions }, index) => ({
      text,
      media: (kept[index]?.media ?? []).map((each) => described(each, descriptions)),
      poll: index === 0 ? poll : null,
    }));
    const target = replyTo ? await this.targets.of(account, replyTo) : null;
    const warnings = await this.desk.warnings(parts, replyTo !== null);
    const face = await this.faces.of(account, turn);
    return page('desk/pages/look.njk', { account, face, look: lookView(parts, warnings, target?.own === false) });
  }

  /** The videos on their way up, as a part of a page. */
  @Get('uploads')
  async goingUp(@Param('account') slug: string, @Who() who: Principal): Promise<Page> {
    const { account, turn } = await this.pages.sit(slug, who);
    return page('desk/pages/uploads.njk', { account, uploads: await this.uploads.of(turn) });
  }
}

function described(media: DraftMedia, descriptions: Record<string, string>): DraftMedia {
  return { ...media, description: descriptions[media.id] ?? media.description };
}
