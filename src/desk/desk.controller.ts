import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { settings } from '../../config/settings.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { NotAllowed, NotFound } from '../platform/errors.js';
import { Files } from '../platform/files.service.js';
import { Allow, Who } from '../web/allow.js';
import { Bytes, type Page, page, type Redirect, redirect } from '../web/answer.js';
import { formErrors } from '../web/form.js';
import type { Principal } from '../web/principal.js';
import { fieldOf, problemsOfAll } from './compose.js';
import { Desk, type Turn, toSend } from './desk.service.js';
import { deskView, partsView } from './desk-view.js';
import type { Draft, DraftedPart } from './draft.entity.js';
import { Drafts } from './drafts.service.js';
import { readWriting } from './form.service.js';

const SENT_BEFORE =
  'This form was sent before. What you changed since is kept here as a draft: read it through and post it anew.';

/** Where a curator posts from, within their turn and the account's posting hours. */
@Controller(':account/desk')
@Allow('person')
export class DeskController {
  constructor(
    private readonly accounts: Accounts,
    private readonly desk: Desk,
    private readonly drafts: Drafts,
    private readonly files: Files,
  ) {}

  @Get()
  async show(
    @Param('account') slug: string,
    @Who() who: Principal,
    @Query('draft') draftId?: string,
    @Query('sent') sent?: string,
  ): Promise<Page> {
    const { account, turn } = await this.sit(slug, who);
    const draft = draftId ? await this.drafts.one(account.id, draftId, who.personId) : null;
    return this.page(account, turn, who, draft, { sent: sent === 'yes', saved: draft !== null });
  }

  @Post('drafts')
  async save(@Param('account') slug: string, @Body() body: unknown, @Who() who: Principal): Promise<Page | Redirect> {
    const { account, turn } = await this.sit(slug, who);
    return this.keep(account, turn, who, body, async (draft) => redirect(`/${account.slug}/desk?draft=${draft.id}`));
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
    const { account, turn } = await this.sit(slug, who);
    return this.keep(account, turn, who, body, async (draft) => {
      await this.drafts.removePicture(draft, numberIn(body));
      return redirect(`/${account.slug}/desk?draft=${draft.id}`);
    });
  }

  /** Makes it a thread, or a longer one. */
  @Post('drafts/parts')
  async addPart(
    @Param('account') slug: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const { account, turn } = await this.sit(slug, who);
    return this.keep(account, turn, who, body, async (draft) => {
      await this.drafts.addPart(draft);
      const { length } = await this.drafts.parts(draft);
      return redirect(`/${account.slug}/desk?draft=${draft.id}#${fieldOf('text', length)}`);
    });
  }

  @Post('drafts/part-removals')
  async removePart(
    @Param('account') slug: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const { account, turn } = await this.sit(slug, who);
    return this.keep(account, turn, who, body, async (draft) => {
      await this.drafts.removePart(draft, numberIn(body));
      return redirect(`/${account.slug}/desk?draft=${draft.id}`);
    });
  }

  @Post('publications')
  async publish(
    @Param('account') slug: string,
    @Body() body: unknown,
    @Who() who: Principal,
  ): Promise<Page | Redirect> {
    const { account, turn } = await this.sit(slug, who);
    return this.keep(account, turn, who, body, async (draft) => {
      const parts = toSend(await this.drafts.parts(draft));
      const problems = problemsOfAll(parts.map((part) => ({ ...part, hasPicture: part.pictureFile !== null })));
      if (problems.length > 0) return this.page(account, turn, who, draft, { errors: formErrors(problems) }, 422);
      return this.send(account, turn, who, draft);
    });
  }

  private async send(account: Account, turn: Turn, who: Principal, draft: Draft): Promise<Page | Redirect> {
    try {
      const apart = await this.desk.publish(account, turn, who.personId, draft.id);
      if (!apart) return redirect(`/${account.slug}/desk?sent=yes`);
      const kept = await this.drafts.one(account.id, apart.keptAs, who.personId);
      return this.page(account, turn, who, kept, { refusal: SENT_BEFORE }, 409);
    } catch (error) {
      if (!(error instanceof NotAllowed)) throw error;
      return this.page(account, turn, who, draft, { refusal: error.message }, 403);
    }
  }

  @Get('pictures/:draft')
  async picture(
    @Param('account') slug: string,
    @Param('draft') id: string,
    @Who() who: Principal,
    @Query('part') number = '1',
  ): Promise<Bytes> {
    const account = await this.accounts.bySlug(slug);
    const parts = await this.drafts.parts(await this.drafts.one(account.id, id, who.personId));
    const part = parts[Number(number) - 1];
    const bytes = part?.pictureFile ? await this.files.read(part.pictureFile) : null;
    if (!bytes) throw new NotFound('There is no picture.');
    return new Bytes(bytes, part?.pictureType ?? 'image/jpeg', { 'cache-control': 'private, no-store' });
  }

  private async sit(slug: string, who: Principal): Promise<{ account: Account; turn: Turn }> {
    const account = await this.accounts.bySlug(slug);
    if (account.connection !== 'api') throw new NotFound('This account has no desk: it is handed over by checklist.');
    return { account, turn: await this.desk.turn(account.id, who.personId) };
  }

  /** Reads the form and keeps it as a draft before anything can go wrong; then goes on. */
  private async keep(
    account: Account,
    turn: Turn,
    who: Principal,
    body: unknown,
    then: (draft: Draft) => Promise<Page | Redirect>,
  ): Promise<Page | Redirect> {
    const { writing, problems } = await readWriting(body);
    const draft = await this.drafts.save(account, turn, who.personId, writing);
    if (problems.length > 0) return this.page(account, turn, who, draft, { errors: formErrors(problems) }, 422);
    return then(draft);
  }

  private async page(
    account: Account,
    turn: Turn,
    who: Principal,
    draft: Draft | null,
    more: object,
    status = 200,
  ): Promise<Page> {
    const [answer, drafts, posts] = await Promise.all([
      this.desk.ask(account, turn),
      this.drafts.of(turn, who.personId),
      this.desk.posts(turn),
    ]);
    const view = deskView(account, turn, answer, posts);
    const others = drafts.filter((each) => each.id !== draft?.id);
    const parts = draft ? await this.drafts.parts(draft) : [];
    const data = {
      title: `Desk of @${account.handle}`,
      account,
      stintId: turn.stintId,
      key: draft?.id ?? randomUUID(),
      draft,
      drafts: others,
      parts: partsView(parts),
      mayAddPart: parts.length < settings.threadParts,
      ...view,
      ...more,
    };
    return page('desk/pages/desk.njk', data, status);
  }
}

/** The part that a button is about. */
function numberIn(body: unknown): number {
  const { part } = (body ?? {}) as { part?: unknown };
  return typeof part === 'string' && /^\d{1,2}$/.test(part) ? Number(part) : 1;
}
