import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { Db } from '../platform/database.service.js';
import { Invalid } from '../platform/errors.js';
import { Public } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { type FormErrors, formErrors, readForm, uploadOf } from '../web/form.js';
import { addressKey } from '../web/limits.js';
import { Limits } from '../web/limits.service.js';
import type { Application } from './application.entity.js';
import { APPLICATION, clearApplication, setApplication } from './application-cookie.js';
import { consentWords } from './consents.js';
import { Drafts, type Page as Given, type Opened } from './drafts.service.js';
import { Photos } from './photos.service.js';
import type { Answers, Question } from './question.js';
import { askedOf, beforeOf, nextOf } from './questions.js';
import { weekChoices } from './shown.js';

const PAGES = 'applications/pages';

/** The application form, one question a page. */
@Controller(':account/apply')
@Public()
export class ApplyController {
  constructor(
    private readonly drafts: Drafts,
    private readonly photos: Photos,
    private readonly limits: Limits,
    private readonly db: Db,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  @Get()
  async begin(@Param('account') slug: string, @Req() request: FastifyRequest): Promise<Redirect | Page> {
    const { account, draft } = await this.open(slug, request);
    if (account.pausedMessage) return page(`${PAGES}/closed.njk`, { title: 'Applications are closed', account });
    if (draft && draft.state !== 'draft') return redirect(`/${account.slug}/apply/done`);
    return redirect(this.next(account.slug, draft?.answers));
  }

  @Get(':question')
  async ask(
    @Param('account') slug: string,
    @Param('question') id: string,
    @Req() request: FastifyRequest,
  ): Promise<Page | Redirect> {
    const opened = await this.open(slug, request);
    const question = questionOf(opened, id);
    if (!question) return redirect(`/${opened.account.slug}/apply`);
    return this.page(opened, question, { values: opened.draft?.answers ?? {} });
  }

  @Post(':question')
  async answer(
    @Param('account') slug: string,
    @Param('question') id: string,
    @Body() body: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page | Redirect> {
    const opened = await this.open(slug, request);
    const question = questionOf(opened, id);
    if (!question) return redirect(`/${opened.account.slug}/apply`);
    const posted = readForm(question.schema, body);
    if (!posted.ok) return this.page(opened, question, posted, 422);
    if (id === 'adult' && !opened.draft) await this.limits.spend('apply-begin', addressKey(request.ip));
    if (id === 'adult') return this.admit(opened, String(posted.data.adult), reply);
    if (!opened.draft) return redirect(`/${opened.account.slug}/apply`);
    if (uploadOf(body, 'photo')) await this.limits.spend('apply-photo', addressKey(request.ip));
    const given = await this.given(question, posted.data, body, opened.draft);
    if ('errors' in given) return this.page(opened, question, { ...given, values: posted.values }, 422);
    return redirect(this.next(opened.account.slug, await this.drafts.save(opened.draft, given)));
  }

  @Post('photo/removal')
  async removePhoto(@Param('account') slug: string, @Req() request: FastifyRequest): Promise<Redirect> {
    const opened = await this.open(slug, request);
    if (opened.draft && questionOf(opened, 'photo')) await this.drafts.removePhoto(opened.draft);
    return redirect(`/${opened.account.slug}/apply/photo`);
  }

  /** Under 18 nothing is kept, not even the answer. */
  private async admit({ account, draft }: Opened, adult: string, reply: FastifyReply): Promise<Page | Redirect> {
    if (adult === 'no') {
      if (draft) await this.drafts.discard(draft);
      clearApplication(reply, account.slug);
      return page(`${PAGES}/under-18.njk`, { title: 'You need to be 18 or over', account });
    }
    if (draft) return redirect(this.next(account.slug, draft.answers));
    const answers = { answered: ['adult'], adult };
    setApplication(reply, account.slug, await this.drafts.begin(account, answers), this.runtime.publicUrl);
    return redirect(this.next(account.slug, answers));
  }

  private async given(
    { id }: Question,
    data: Record<string, unknown>,
    body: Record<string, unknown>,
    draft: Application,
  ): Promise<Given | { errors: FormErrors }> {
    const { health = '', ...answers } = data;
    const given: Given = { question: id, answers };
    if (id === 'photo') return this.withPhoto(given, uploadOf(body, 'photo'), draft);
    // What was written before is not shown again, so a box that is still ticked beside an empty field keeps it.
    if (id === 'health' && !(health === '' && answers.healthConsent)) given.health = String(health);
    return given;
  }

  private async withPhoto(
    given: Given,
    upload: ReturnType<typeof uploadOf>,
    draft: Application,
  ): Promise<Given | { errors: FormErrors }> {
    const wrong = upload || draft.photoFile ? missingBesidePhoto(given.answers) : [];
    if (upload?.truncated) wrong.unshift(['photo', 'The photo must be smaller than 5 MB']);
    if (wrong.length > 0) return { errors: formErrors(wrong) };
    if (!upload) return given;
    try {
      return { ...given, photo: await this.photos.keep(upload.bytes) };
    } catch (error) {
      if (error instanceof Invalid) return { errors: formErrors([['photo', error.message]]) };
      throw error;
    }
  }

  private async page({ account, draft }: Opened, question: Question, more: object, status = 200): Promise<Page> {
    const answers = draft?.answers ?? {};
    const before = beforeOf(answers, question.id);
    const back = before ? `/${account.slug}/apply/${before.id}` : `/${account.slug}`;
    const weeks = question.id === 'weeks' ? weekChoices(account, await this.db.now()) : [];
    const upload = question.fields.some((field) => field.kind === 'file');
    const data = { title: question.title, account, question, back, weeks, upload, consentWords };
    const step = { number: askedOf(answers).indexOf(question) + 1, of: askedOf(answers).length };
    const kept = { photo: draft?.photoFile != null, health: draft?.health != null, email: answers.email };
    return page(`${PAGES}/question.njk`, { ...data, step, kept, ...more }, status);
  }

  private next(slug: string, answers: Answers = {}): string {
    return `/${slug}/apply/${nextOf(answers)?.id ?? 'check'}`;
  }

  private open(slug: string, request: FastifyRequest): Promise<Opened> {
    return this.drafts.open(slug, request.cookies[APPLICATION]);
  }
}

/** The question of this id if it may be answered now: answered before, or the next one of an open form. */
function questionOf({ account, draft }: Opened, id: string): Question | null {
  if (account.pausedMessage || (draft && draft.state !== 'draft')) return null;
  const answers = draft?.answers ?? {};
  const reachable = [...(answers.answered ?? []), nextOf(answers)?.id];
  return askedOf(answers).find((question) => question.id === id && reachable.includes(id)) ?? null;
}

function missingBesidePhoto({ photoDescription, photoConsent }: Partial<Answers>): [string, string][] {
  const wrong: [string, string][] = [];
  if (!photoDescription) wrong.push(['photoDescription', 'Describe the photo for people who cannot see it']);
  if (!photoConsent) wrong.push(['photoConsent', 'Tick the box if we may keep the photo']);
  return wrong;
}
