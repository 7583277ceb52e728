import { Controller, Get, Headers, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { Accounts } from '../credentials/accounts.service.js';
import { setSession } from '../people/session-cookie.js';
import { Tokens } from '../platform/tokens.service.js';
import { Public } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { sessionCookie } from '../web/principal.js';
import { setApplication } from './application-cookie.js';
import { RESUME, Resumptions } from './resumptions.service.js';
import { Submissions, VERIFY } from './submissions.service.js';

/** The pages behind the links in letters to applicants. A GET shows a button; only its POST does something. */
@Controller('applications')
@Public()
export class VerificationController {
  constructor(
    private readonly submissions: Submissions,
    private readonly resumptions: Resumptions,
    private readonly accounts: Accounts,
    private readonly tokens: Tokens,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  @Get('verify/:token')
  async look(@Param('token') token: string): Promise<Page> {
    const { state } = await this.tokens.look(VERIFY, token);
    if (state === 'good') return page('applications/pages/verify.njk', { title: 'Confirm your email address', token });
    return dead(token, state);
  }

  @Post('verify/:token')
  async verify(
    @Param('token') token: string,
    @Headers('user-agent') device = '',
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Redirect | Page> {
    const { state } = await this.tokens.look(VERIFY, token);
    if (state !== 'good') return dead(token, state);
    const before = request.cookies[sessionCookie(this.runtime.publicUrl.startsWith('https:'))];
    const { id, session } = await this.submissions.verify(token, device, before);
    setSession(reply, session, this.runtime.publicUrl);
    return redirect(`/me/applications/${id}`);
  }

  @Post('verify/:token/letters')
  async again(@Param('token') token: string): Promise<Page> {
    const { subject } = await this.tokens.look(VERIFY, token);
    if (subject) await this.submissions.sendAgain(subject);
    return page('applications/pages/verify-again.njk', { title: 'Check your email' });
  }

  /** Where erasing ends: the person may be unknown by then, so it is open to all. */
  @Get('erased')
  erased(): Page {
    return page('applications/pages/erased.njk', { title: 'Your application has been erased' });
  }

  @Get('resume/:token')
  async lookResume(@Param('token') token: string): Promise<Page> {
    const { state } = await this.tokens.look(RESUME, token);
    const title = state === 'good' ? 'Go on with your application' : 'This link no longer works';
    return page('applications/pages/resume.njk', { title, token, state }, state === 'good' ? 200 : 410);
  }

  @Post('resume/:token')
  async resume(
    @Param('token') token: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page | Redirect> {
    const found = await this.resumptions.resume(token);
    if (!found)
      return page('applications/pages/resume.njk', { title: 'This link no longer works', state: 'used' }, 410);
    const { slug } = await this.accounts.byId(found.accountId);
    setApplication(reply, slug, found.cookie, this.runtime.publicUrl);
    return redirect(`/${slug}/apply`);
  }
}

function dead(token: string, state: string): Page {
  return page('applications/pages/verify-dead.njk', { title: 'This link no longer works', token, state }, 410);
}
