import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { Bytes, Page, Redirect, SHARED } from './answer.js';
import { etagOf, isAmong } from './entity-tags.js';
import { Views } from './views.service.js';

/** Turns what a controller returns (a Page, a Redirect, Bytes, or plain data for JSON) into the answer. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(private readonly views: Views) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(mergeMap((answer) => this.send(answer, request, reply)));
  }

  private async send(answer: unknown, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (answer instanceof Page) return this.page(answer, request, reply);
    if (answer instanceof Redirect) {
      reply.status(303).header('location', answer.to).header('cache-control', 'no-store');
      return '';
    }
    if (answer instanceof Bytes) {
      reply.status(answer.status).headers(answer.headers).header('content-type', answer.type);
      return unlessKnown(answer.bytes, request, reply);
    }
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    if (request.method === 'POST') reply.status(200);
    return answer;
  }

  private async page(page: Page, request: FastifyRequest, reply: FastifyReply): Promise<string> {
    reply.status(page.status).header('content-type', 'text/html; charset=utf-8');
    if (page.shared && !(await this.views.isSignedIn(request))) {
      const html = this.views.sharedPage(page.template, page.data, request, reply);
      reply.headers({ 'cache-control': SHARED, vary: 'cookie', etag: etagOf(html) });
      return unlessKnown(html, request, reply);
    }
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    return this.views.page(page.template, page.data, request, reply);
  }
}

/** Nothing, as a 304, to whoever has it already. */
function unlessKnown<T extends Buffer | string>(body: T, request: FastifyRequest, reply: FastifyReply): T | string {
  const etag = reply.getHeader('etag');
  if (typeof etag !== 'string' || !isAmong(request.headers['if-none-match'] ?? '', etag)) return body;
  reply.status(304).removeHeader('content-encoding');
  return '';
}
