import { Body, Controller, Get, Headers, Inject, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { setSession } from '../people/session-cookie.js';
import { NotFound } from '../platform/errors.js';
import { Public } from '../web/allow.js';
import { type Page, page, type Redirect, redirect } from '../web/answer.js';
import { readForm } from '../web/form.js';
import { Setup } from './setup.service.js';
import { setupForm, WEEKDAYS } from './setup-form.js';

const START = { zone: 'Europe/London', startsOn: '1', startsAt: '08:00', endsOn: '5', endsAt: '18:00' };

/** The first page of an empty Baton. */
@Controller('setup')
export class SetupController {
  constructor(
    private readonly setup: Setup,
    @Inject(RUNTIME) private readonly runtime: Runtime,
  ) {}

  @Get()
  @Public()
  async ask(@Query('code') code = ''): Promise<Page> {
    if (!(await this.setup.open())) throw new NotFound('Baton is set up already. Sign in instead.');
    return this.page({ values: { ...START, code } }, 200);
  }

  @Post()
  @Public()
  async begin(
    @Body() body: unknown,
    @Headers('user-agent') device = '',
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Page | Redirect> {
    const posted = readForm(setupForm, body);
    if (!posted.ok) return this.page(posted, 422);
    const { slug, session } = await this.setup.begin(posted.data, device);
    setSession(reply, session, this.runtime.publicUrl);
    return redirect(`/team/${slug}`);
  }

  private page(more: object, status: number): Page {
    return page('site/pages/setup.njk', { title: 'Set up Baton', weekdays: WEEKDAYS, ...more }, status);
  }
}
