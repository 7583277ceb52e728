import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import type { Account } from '../credentials/account.entity.js';
import { Accounts } from '../credentials/accounts.service.js';
import { Db } from '../platform/database.service.js';
import { Invalid } from '../platform/errors.js';
import { preparePicture } from '../platform/picture.service.js';
import { Public } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { formErrors, readForm, uploadOf } from '../web/form.js';
import type { Application } from './application.entity.js';
import { APPLICATION, clearApplication, setApplication } from './application-cookie.js';
import { consentWords } from './consents.js';
import { Drafts, type Page as Given } from './drafts.service.js';
import type { Question } from './question.js';
import { askedOf, beforeOf, nextOf } from './questions.js';
import { checkRows, weekChoices } from './shown.js';
import { Submissions } from './submissions.service.js';

const PAGES = 'applications/pages';

/** The application form, one question a page. */
@Controller(':account/apply')
@Public()
export class ApplyController {
  constructor(
    private readonly accounts: Accounts,
    private readonly drafts: Drafts,
    private readonly submissions: Submissions,
    private readonly db: Db,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  @Get()
  async begin(@Param('account') slug: string, @Req() request: FastifyRequest): Promise<Redirect | Page> {
    const { account, draft } = await this.open(slug, request);
    if (account.pausedMessage) return page(`${PAGES}/closed.njk`, { title: 'Applications are closed', account });
    if (draft && draft.state !== 'draft') return redirect(`/${account.slug}/apply/done`);
    return redirect(this.next(account, draft));
  }

  @Get('check')
  async check(@Param('account') slug: string, @Req() request: FastifyRequest): Promise<Page | Redirect> {
    const { account, draft } = await this.open(slug, request);
    if (draft?.state !== 'draft' || nextOf(draft.answers)) return redirect(`/${account.slug}/apply`);
    const rows = checkRows(draft.answers, draft.health !== null, draft.photoFile !== null);
    return page(`${PAGES}/check.njk`, { title: 'Check your answers', account, rows });
  }

  @Post('check')
  async submit(@Param('account') slug: string, @Req() request: FastifyRequest): Promise<Redirect> {
    const { account, draft } = await this.open(slug, request);
    if (!draft) return redirect(`/${account.slug}/apply`);
    await this.submissions.submit(account, draft);
    return redirect(`/${account.slug}/apply/done`);
  }

  @Get('done')
  async done(@Param('account') slug: string, @Req() request: FastifyRequest): Promise<Page | Redirect> {
    const { account, draft } = await this.open(slug, request);
    if (!draft || draft.state === 'draft') return redirect(`/${account.slug}/apply`);
    return page(`${PAGES}/done.njk`, { title: 'Confirm your email address', account, email: draft.email });
  }

  @Post('later')
  async later(@Param('account') slug: string, @Req() request: FastifyRequest): Promise<Page | Redirect> {
    const { account, draft } = await this.open(slug, request);
    if (!draft) return redirect(`/${account.slug}/apply`);
    if (draft.state === 'draft') await this.drafts.sendLink(account, draft);
    return page(`${PAGES}/later.njk`, { title: 'We have kept your answers', account, email: draft.answers.email });
  }

  @Get(':question')
  async ask(
    @Param('account') slug: string,
    @Param('question') id: string,
    @Req() request: FastifyRequest,
  ): Promise<Page | Redirect> {
    const { account, draft } = await this.open(slug, request);
    if (account.pausedMessage) return redirect(`/${account.slug}/apply`);
    const question = this.questionOf(draft, id);
    if (!question) return redirect(`/${account.slug}/apply`);
    return this.page(account, draft, question, { values: draft?.answers ?? {} });
  }

  @Post(':question')
  async answer(
    @Param('account') slug: string,
    @Param('question') id: string,
    @Body() body: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page | Redirect> {
    const { account, draft } = await this.open(slug, request);
    const question = this.questionOf(draft, id);
    if (!question || account.pausedMessage) return redirect(`/${account.slug}/apply`);
    const posted = readForm(question.schema, body);
    if (!posted.ok) return this.page(account, draft, question, posted, 422);
    if (id === 'adult') return this.admit(account, draft, String(posted.data.adult), reply);
    const given = await this.given(question, posted.data, body, draft);
    if ('errors' in given) return this.page(account, draft, question, { ...given, values: posted.values }, 422);
    if (draft) await this.drafts.save(draft, given);
    const fresh = await this.drafts.find(account, request.cookies[APPLICATION]);
    return redirect(this.next(account, fresh));
  }

  /** Under 18 nothing is kept, not even the answer. */
  private async admit(
    account: Account,
    draft: Application | null,
    adult: string,
    reply: FastifyReply,
  ): Promise<Page | Redirect> {
    if (adult === 'no') {
      if (draft) await this.drafts.discard(draft);
      clearApplication(reply, account.slug);
      return page(`${PAGES}/under-18.njk`, { title: 'You need to be 18 or over', account });
    }
    if (!draft) {
      const cookie = await this.drafts.begin(account, { answered: ['adult'] });
      setApplication(reply, account.slug, cookie, this.runtime.publicUrl);
      return redirect(`/${account.slug}/apply/capacity`);
    }
    return redirect(this.next(account, draft));
  }

  private async given(
    question: Question,
    data: Record<string, unknown>,
    body: Record<string, unknown>,
    draft: Application | null,
  ): Promise<Given | { errors: ReturnType<typeof formErrors> }> {
    const { health, ...answers } = data;
    const given: Given = { question: question.id, answers };
    if (question.id === 'health') given.health = String(health ?? '');
    if (question.id !== 'photo') return given;
    const upload = uploadOf(body, 'photo');
    const has = upload !== null || draft?.photoFile != null;
    if (upload?.truncated) return { errors: formErrors([['photo', 'The photo must be smaller than 5 MB']]) };
    try {
      if (upload) given.photo = (await preparePicture(upload.bytes, 'photo')).bytes;
    } catch (error) {
      if (error instanceof Invalid) return { errors: formErrors([['photo', error.message]]) };
      throw error;
    }
    if (has && !data.photoDescription)
      return { errors: formErrors([['photoDescription', 'Describe the photo for people who cannot see it']]) };
    if (has && !data.photoConsent)
      return { errors: formErrors([['photoConsent', 'Tick the box if we may keep the photo']]) };
    return given;
  }

  private async page(
    account: Account,
    draft: Application | null,
    question: Question,
    more: object,
    status = 200,
  ): Promise<Page> {
    const answers = draft?.answers ?? {};
    const before = beforeOf(answers, question.id);
    const back = before ? `/${account.slug}/apply/${before.id}` : `/${account.slug}`;
    const weeks = question.id === 'weeks' ? weekChoices(account, await this.db.now()) : [];
    const upload = question.fields.some((field) => field.kind === 'file');
    const data = { title: question.title, account, question, back, weeks, upload, consentWords };
    const step = {
      number: askedOf(answers).findIndex((each) => each.id === question.id) + 1,
      of: askedOf(answers).length,
    };
    const kept = { photo: draft?.photoFile != null, health: draft?.health != null, email: answers.email };
    return page(`${PAGES}/question.njk`, { ...data, step, kept, ...more }, status);
  }

  private questionOf(draft: Application | null, id: string): Question | null {
    if (draft && draft.state !== 'draft') return null;
    const answers = draft?.answers ?? {};
    const reachable = [...(answers.answered ?? []), nextOf(answers)?.id];
    return askedOf(answers).find((question) => question.id === id && reachable.includes(id)) ?? null;
  }

  private next(account: Account, draft: Application | null): string {
    return `/${account.slug}/apply/${nextOf(draft?.answers ?? {})?.id ?? 'check'}`;
  }

  private async open(slug: string, request: FastifyRequest): Promise<{ account: Account; draft: Application | null }> {
    const account = await this.accounts.bySlug(slug);
    return { account, draft: await this.drafts.find(account, request.cookies[APPLICATION]) };
  }
}
