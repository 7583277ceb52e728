import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Accounts } from '../credentials/accounts.service.js';
import { NotAllowed } from '../platform/errors.js';
import { Allow, Who } from '../web/allow.js';
import { type Page, type Redirect, redirect } from '../web/answer.js';
import { formErrors } from '../web/form.js';
import type { Principal } from '../web/principal.js';
import { answeredIn, keptBackBy, warningsView } from './answered.js';
import { fieldOf, problemsOfAll } from './compose.js';
import { Desk, toSend } from './desk.service.js';
import { DeskPages, type Sitting } from './desk-pages.service.js';
import type { Draft } from './draft.entity.js';
import { Drafts } from './drafts.service.js';

const SENT_BEFORE =
  'This form was sent before. What you changed since is kept here as a draft: read it through and post it anew.';

/** Where a curator posts from, within their turn and the account's posting hours. */
@Controller(':account/desk')
@Allow('person')
export class DeskController {
  constructor(
    private readonly accounts: Accounts,
    private readonly pages: DeskPages,
    private readonly desk: Desk,
    private readonly drafts: Drafts,
  ) {}

  @Get()
  async show(
    @Param('account') slug: string,
    @Who() who: Principal,
    @Query('draft') draftId?: string,
    @Query('sent') sent?: string,
  ): Promise<Page> {
    const sitting = await this.pages.sit(slug, who);
    const draft = draftId ? await this.drafts.one(sitting.account.id, draftId, who.personId) : null;
    return this.pages.page(sitting, draft, { sent: sent === 'yes', saved: draft !== null });
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

  /** Takes the picture off and keeps the rest of the form. */
  @Post('drafts/picture-removals')
  async removePicture(
    @Param('account') slug: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const sitting = await this.pages.sit(slug, who);
    return this.pages.keep(sitting, body, async (draft) => {
      await this.drafts.removePicture(draft, pictureIn(body));
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
      await this.drafts.addPart(draft);
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
      await this.drafts.removePart(draft, numberIn(body));
      return redirect(`/${sitting.account.slug}/desk?draft=${draft.id}`);
    });
  }

  @Post('publications')
  async publish(
    @Param('account') slug: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const sitting = await this.pages.sit(slug, who);
    return this.pages.keep(sitting, body, async (draft) => {
      const parts = toSend(await this.drafts.parts(draft));
      const problems = problemsOfAll(parts);
      if (problems.length > 0) return this.pages.page(sitting, draft, { errors: formErrors(problems) }, 422);
      const [answered, found] = [answeredIn(body), await this.desk.warnings(parts)];
      if (keptBackBy(found, answered).length > 0)
        return this.pages.page(sitting, draft, { warnings: warningsView(found, answered) }, 422);
      return this.send(sitting, draft, answered.reason);
    });
  }

  private async send(sitting: Sitting, draft: Draft, reason: string): Promise<Page | Redirect> {
    const { account, turn, who } = sitting;
    try {
      const apart = await this.desk.publish(account, turn, who.personId, draft.id, reason);
      if (!apart) return redirect(`/${account.slug}/desk?sent=yes`);
      const kept = await this.drafts.one(account.id, apart.keptAs, who.personId);
      return this.pages.page(sitting, kept, { refusal: SENT_BEFORE }, 409);
    } catch (error) {
      if (!(error instanceof NotAllowed)) throw error;
      return this.pages.page(sitting, draft, { refusal: error.message }, 403);
    }
  }
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
