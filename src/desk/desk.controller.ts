import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Accounts } from '../credentials/accounts.service.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import type { Principal } from '../web/principal.js';
import { fieldOf } from './compose.js';
import { DeskPages } from './desk-pages.service.js';
import { DraftShape } from './draft-shape.service.js';
import { Drafts } from './drafts.service.js';
import { typedAs, type When } from './schedule.js';
import { Sending } from './sending.service.js';

/** Where a curator posts from, within their turn and the account's posting hours. */
@Controller(':account/desk')
@Allow('person')
export class DeskController {
  constructor(
    private readonly accounts: Accounts,
    private readonly pages: DeskPages,
    private readonly drafts: Drafts,
    private readonly shape: DraftShape,
    private readonly sending: Sending,
  ) {}

  @Get()
  async show(
    @Param('account') slug: string,
    @Who() who: Principal,
    @Query('draft') draftId?: string,
    @Query('sent') sent?: string,
    @Query('for') meantFor?: string,
    @Query('reply') replyTo?: string,
  ): Promise<Page> {
    const sitting = await this.pages.sit(slug, who);
    const draft = draftId ? await this.drafts.one(sitting.account.id, draftId, who.personId) : null;
    const reply = /^\d{1,19}$/.test(replyTo ?? '') ? replyTo : undefined;
    return this.pages.page(sitting, draft, { sent, reply, when: whenOf(sitting.account.zone, meantFor) });
  }

  @Post('drafts')
  async save(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const sitting = await this.pages.sit(slug, who);
    return this.pages.keep(sitting, body, async (draft) => redirect(`/${sitting.account.slug}/desk?draft=${draft.id}`));
  }

  @Post('drafts/:draft/removals')
  async discard(@Param('account') slug: string, @Param('draft') id: string, @Who() who: Principal): Promise<Redirect> {
    const account = await this.accounts.bySlug(slug);
    await this.drafts.discard(account.id, id, who.personId);
    return redirect(`/${account.slug}/desk`);
  }

  @Get('drafts/:draft/removal')
  async confirm(@Param('account') slug: string, @Param('draft') id: string, @Who() who: Principal): Promise<Page> {
    const account = await this.accounts.bySlug(slug);
    const draft = await this.drafts.one(account.id, id, who.personId);
    return page('desk/pages/discard.njk', { title: 'Discard this draft?', account, draft });
  }

  /** Takes the picture off and keeps the rest of the form. */
  @Post('drafts/picture-removals')
  async removePicture(
    @Param('account') slug: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const sitting = await this.pages.sit(slug, who);
    return this.pages.keep(sitting, body, async (draft) => {
      await this.shape.removePicture(draft, pictureIn(body));
      return redirect(`/${sitting.account.slug}/desk?draft=${draft.id}`);
    });
  }

  /** Makes it a thread, or a longer one. */
  @Post('drafts/parts')
  async addPart(
    @Param('account') slug: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const sitting = await this.pages.sit(slug, who);
    return this.pages.keep(sitting, body, async (draft) => {
      await this.shape.addPart(draft);
      const { length } = await this.drafts.parts(draft);
      return redirect(`/${sitting.account.slug}/desk?draft=${draft.id}#${fieldOf('text', length)}`);
    });
  }

  @Post('drafts/part-removals')
  async removePart(
    @Param('account') slug: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const sitting = await this.pages.sit(slug, who);
    return this.pages.keep(sitting, body, async (draft) => {
      await this.shape.removePart(draft, numberIn(body));
      return redirect(`/${sitting.account.slug}/desk?draft=${draft.id}`);
    });
  }

  @Post('publications')
  async publish(
    @Param('account') slug: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    return this.sending.now(await this.pages.sit(slug, who), body);
  }
}

/** The time for which a post was scheduled that is changed now, as the form shows it. */
function whenOf(zone: string, meantFor = ''): When | undefined {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(meantFor) ? typedAs(zone, new Date(meantFor)) : undefined;
}

/** The part that a button is about. */
function numberIn(body: unknown): number {
  const { part } = (body ?? {}) as { part?: unknown };
  return typeof part === 'string' && /^\d{1,2}$/.test(part) ? Number(part) : 1;
}

/** The picture that a button is about. */
function pictureIn(body: unknown): string {
  const { media } = (body ?? {}) as { media?: unknown };
  return typeof media === 'string' ? media : '';
}
