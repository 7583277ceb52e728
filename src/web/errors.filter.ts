import { randomUUID } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Invalid, Refusal, TooMany } from '../platform/errors.js';
import { Log } from '../platform/log.service.js';
import { SignInFirst } from './access.guard.js';
import { isAway } from './away.js';
import { Views } from './views.service.js';

interface Problem {
  status: number;
  title: string;
  detail: string;
  id?: string;
  fields?: Record<string, string>;
}

/** The one place that turns an error into an answer: a page for people, problem+json (RFC 9457) for programs. */
@Catch()
export class ErrorsFilter implements ExceptionFilter {
  constructor(
    private readonly views: Views,
    private readonly log: Log,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (reply.sent) return;
    if (error instanceof SignInFirst && wantsPage(request)) {
      await reply
        .status(303)
        .header('location', `/sign-in?next=${encodeURIComponent(error.next)}`)
        .send('');
      return;
    }
    const problem = this.problemOf(error);
    reply.status(problem.status).header('cache-control', 'no-store');
    if (error instanceof TooMany) reply.header('retry-after', String(error.seconds));
    if (problem.status === 503) reply.header('retry-after', '2');
    if (!wantsPage(request)) {
      await reply
        .header('content-type', 'application/problem+json')
        .send(JSON.stringify({ type: 'about:blank', ...problem }));
      return;
    }
    const html = await this.views
      .page('web/pages/problem.njk', { problem }, request, reply)
      .catch(() => `<!doctype html><title>${problem.title}</title><h1>${problem.title}</h1>`);
    await reply.header('content-type', 'text/html; charset=utf-8').send(html);
  }

  private problemOf(error: unknown): Problem {
    if (error instanceof Refusal) {
      const fields = error instanceof Invalid ? { fields: error.fields } : {};
      return { status: error.status, title: error.title, detail: error.message, ...fields };
    }
    if (error instanceof SignInFirst)
      return { status: 401, title: 'Sign in first', detail: 'Sign in, then ask again.' };
    const known = knownStatus(error);
    if (known) return known;
    const id = randomUUID();
    this.log.error({ id, error }, 'a request failed');
    return {
      status: 500,
      title: 'Sorry, there is a problem with the service',
      detail: `Try again later. If you report it, give the number ${id}.`,
      id,
    };
  }
}

function knownStatus(error: unknown): Problem | null {
  if (!(error instanceof HttpException) && isAway(error)) {
    return {
      status: 503,
      title: 'Sorry, the service is unavailable',
      detail: 'It should be back in a moment. Nothing was changed: try again.',
    };
  }
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number })?.statusCode;
  if (!status || status >= 500) return null;
  if (status === 404)
    return { status, title: 'Page not found', detail: 'Check the address, or start from the home page.' };
  if (status === 413)
    return {
      status,
      title: 'That is too long',
      detail: 'Go back, shorten it or choose a smaller file, and try again.',
    };
  return { status, title: 'We could not read that', detail: (error as Error).message };
}

function wantsPage(request: FastifyRequest): boolean {
  return (request.headers.accept ?? '').includes('text/html') && !/\.(json|atom|rss|ics|js)(\?|$)/.test(request.url);
}
