import { Body, Controller, Get, Headers, Inject, Ip, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { longDate } from '../credentials/dates.js';
import { Db } from '../platform/database.service.js';
import { Tokens } from '../platform/tokens.service.js';
import { Allow, Public, Who } from '../web/allow.js';
import { localPath, type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import { Limited } from '../web/limits.guard.js';
import { addressKey } from '../web/limits.js';
import { Limits } from '../web/limits.service.js';
import { type Principal, sessionCookie } from '../web/principal.js';
import { deviceInWords } from './device.js';
import { emailKey } from './email.js';
import { setSession } from './session-cookie.js';
import { Sessions } from './sessions.service.js';
import { SIGN_IN, SignIn } from './sign-in.service.js';

const asking = z.object({
  email: z.string().trim().pipe(z.email('Enter an email address in the correct format, like name@example.com')),
  next: z.string().optional(),
});

@Controller()
export class SignInController {
  private readonly secure: boolean;

  constructor(
    private readonly signIn: SignIn,
    private readonly sessions: Sessions,
    private readonly tokens: Tokens,
    private readonly db: Db,
    private readonly limits: Limits,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {
    this.secure = runtime.publicUrl.startsWith('https:');
  }

  @Get('sign-in')
  @Public()
  ask(@Query('next') next?: string): Page {
    return page('people/pages/sign-in.njk', { title: 'Sign in', values: { next: localPath(next) } });
  }

  @Post('sign-in')
  @Public()
  @Limited('sign-in')
  async send(@Body() body: unknown, @Ip() ip: string): Promise<Page> {
    const posted = readForm(asking, body);
    if (!posted.ok) return page('people/pages/sign-in.njk', { title: 'Sign in', ...posted }, 422);
    // Counted with where it comes from, so that nobody can use up somebody else's letters.
    await this.limits.spend('sign-in-letter', `${emailKey(posted.data.email)} ${addressKey(ip)}`);
    await this.signIn.ask(posted.data.email, localPath(posted.data.next));
    return page('people/pages/link-sent.njk', { title: 'Check your email', email: posted.data.email });
  }

  /** The page behind the link: it changes nothing, so that a scanner that follows it changes nothing. */
  @Get('sign-in/:token')
  @Public()
  async look(@Param('token') token: string, @Query('next') next?: string): Promise<Page> {
    const { state } = await this.tokens.look(SIGN_IN, token);
    if (state !== 'good')
      return page(
        'people/pages/link-dead.njk',
        { title: 'This link no longer works', state, next: localPath(next) },
        410,
      );
    return page('people/pages/link.njk', { title: 'Sign in', token, next: localPath(next) });
  }

  @Post('sign-in/:token')
  @Public()
  async begin(
    @Param('token') token: string,
    @Body('next') next: string | undefined,
    @Headers('user-agent') device = '',
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Redirect> {
    const name = sessionCookie(this.secure);
    const session = await this.signIn.begin(token, device, request.cookies[name]).catch(async (error) => {
      // Whoever has a link that works is no stranger, however many of them there are.
      await this.limits.stranger();
      throw error;
    });
    setSession(reply, session, this.runtime.publicUrl);
    return redirect(localPath(next, '/me'));
  }

  @Post('sign-out')
  @Allow('person')
  async end(@Who() who: Principal, @Res({ passthrough: true }) reply: FastifyReply): Promise<Redirect> {
    await this.db.write((tx) => this.sessions.end(tx, who.personId, { id: who.sessionId }));
    reply.clearCookie(sessionCookie(this.secure), { path: '/' });
    return redirect('/');
  }

  @Post('me/sessions/others/end')
  @Allow('person')
  async endOthers(@Who() who: Principal): Promise<Redirect> {
    await this.db.write((tx) => this.sessions.end(tx, who.personId, { allBut: who.sessionId }));
    return redirect('/me/sessions');
  }

  @Get('me/sessions')
  @Allow('person')
  async list(@Who() who: Principal): Promise<Page> {
    const sessions = (await this.sessions.of(who.personId)).map(({ id, device, createdAt }) => ({
      device: deviceInWords(device),
      since: longDate('Europe/London', createdAt),
      own: id === who.sessionId,
    }));
    return page('people/pages/sessions.njk', { title: 'Where you are signed in', sessions });
  }
}
