import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { Bytes, Page, Redirect } from './answer.js';
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
    if (answer instanceof Page) {
      const html = await this.views.page(answer.template, answer.data, request, reply);
      reply.status(answer.status).header('content-type', 'text/html; charset=utf-8');
      if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
      return html;
    }
    if (answer instanceof Redirect) {
      reply.status(303).header('location', answer.to).header('cache-control', 'no-store');
      return '';
    }
    if (answer instanceof Bytes) {
      reply.status(answer.status).headers(answer.headers).header('content-type', answer.type);
      return answer.bytes;
    }
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    if (request.method === 'POST') reply.status(200);
    return answer;
  }
}
