import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { Limited } from '../web/limits.guard.js';
import { APPLICATION, clearApplication } from './application-cookie.js';
import { Drafts, type Opened } from './drafts.service.js';
import { nextOf } from './questions.js';
import { Resumptions } from './resumptions.service.js';
import { checkRows } from './shown.js';
import { Submissions } from './submissions.service.js';

const PAGES = 'applications/pages';

/** Checking the answers and sending them in, or putting them aside for later. */
@Controller(':account/apply')
@Public()
export class SubmissionController {
  constructor(
    private readonly drafts: Drafts,
    private readonly submissions: Submissions,
    private readonly resumptions: Resumptions,
  ) {}

  @Get('check')
  async check(@Param('account') slug: string, @Req() request: FastifyRequest): Promise<Page | Redirect> {
    const { account, draft } = await this.open(slug, request);
    if (account.pausedMessage || draft?.state !== 'draft' || nextOf(draft.answers))
      return redirect(`/${account.slug}/apply`);
    const rows = checkRows(draft.answers, draft.health !== null, draft.photoFile !== null);
    return page(`${PAGES}/check.njk`, { title: 'Check your answers', account, rows });
  }

  /** Sending the same answers twice shows the same confirmation. */
  @Post('check')
  @Limited('apply')
  async submit(@Param('account') slug: string, @Req() request: FastifyRequest): Promise<Redirect> {
    const { account, draft } = await this.open(slug, request);
    if (!draft || account.pausedMessage || (draft.state === 'draft' && nextOf(draft.answers)))
      return redirect(`/${account.slug}/apply`);
    await this.submissions.submit(account, draft);
    return redirect(`/${account.slug}/apply/done`);
  }

  @Get('done')
  async done(@Param('account') slug: string, @Req() request: FastifyRequest): Promise<Page | Redirect> {
    const { account, draft } = await this.open(slug, request);
    if (!draft || draft.state === 'draft') return redirect(`/${account.slug}/apply`);
    return page(`${PAGES}/done.njk`, { title: 'Application sent', account, email: draft.email });
  }

  /** Sends the letter that asks to confirm the address again. */
  @Post('done/letters')
  @Limited('apply')
  async again(@Param('account') slug: string, @Req() request: FastifyRequest): Promise<Page | Redirect> {
    const { account, draft } = await this.open(slug, request);
    if (draft?.state !== 'unverified') return redirect(`/${account.slug}/apply`);
    await this.submissions.sendAgain(draft.id);
    return page(`${PAGES}/verify-again.njk`, { title: 'Check your email', account });
  }

  /** Begins anew in this browser, e.g. after a slip in the address: what was sent stays and waits for its address. */
  @Post('new')
  async anew(
    @Param('account') slug: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Redirect> {
    const { account, draft } = await this.open(slug, request);
    if (draft?.state !== 'draft') clearApplication(reply, account.slug);
    return redirect(`/${account.slug}/apply`);
  }

  @Post('later')
  @Limited('apply')
  async later(@Param('account') slug: string, @Req() request: FastifyRequest): Promise<Page | Redirect> {
    const { account, draft } = await this.open(slug, request);
    if (draft?.state !== 'draft' || !draft.answers.email) return redirect(`/${account.slug}/apply`);
    await this.resumptions.sendLink(account, draft);
    return page(`${PAGES}/later.njk`, { title: 'We have kept your answers', account, email: draft.answers.email });
  }

  private open(slug: string, request: FastifyRequest): Promise<Opened> {
    return this.drafts.open(slug, request.cookies[APPLICATION]);
  }
}
