import type { FastifyInstance, FastifyReply } from 'fastify';
import { readMeter } from './meter.js';
import { html } from './pages/html.js';
import { layout } from './pages/layout.js';
import { letterPage, mailboxPage } from './pages/mailbox.js';
import { sendPage } from './pages/page.service.js';
import { STYLE } from './pages/style.js';
import { timelinePage } from './pages/timeline.js';
import { newestFirst } from './snowflake.js';
import type { World } from './world.service.js';

/** A letter may look as it likes, but runs nothing and loads nothing. */
const LETTER_POLICY =
  "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/** The pages under /simulator: the timeline, the mailbox, and the pictures. */
export function pageRoutes(app: FastifyInstance, world: World): void {
  const mails = () => world.state.all('mails').sort(newestFirst);
  app.get('/simulator', (_request, reply) =>
    sendPage(reply, timelinePage(world.state, readMeter(world.state.all('charges')), world.now())),
  );
  app.get('/simulator/style.css', (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'no-cache').send(STYLE),
  );
  app.get<{ Params: { key: string } }>('/simulator/media/:key', (request, reply) =>
    picture(world, request.params.key, reply),
  );
  app.get('/simulator/mail.json', mails);
  app.delete('/simulator/mail', (_request, reply) => {
    world.write(mails().map(({ id }) => ({ drop: 'mails', id })));
    return reply.status(204).send();
  });
  app.get('/simulator/mail', (_request, reply) => sendPage(reply, mailboxPage(mails())));
  app.get<{ Params: { id: string } }>('/simulator/mail/:id', (request, reply) => {
    const mail = world.state.get('mails', request.params.id);
    return mail ? sendPage(reply, letterPage(mail)) : nothing(reply);
  });
  app.get<{ Params: { id: string } }>('/simulator/mail/:id/letter', (request, reply) => {
    const mail = world.state.get('mails', request.params.id);
    if (!mail) return nothing(reply);
    const headers = { 'content-security-policy': LETTER_POLICY, 'x-content-type-options': 'nosniff' };
    return reply.headers(headers).type('text/html; charset=utf-8').send(mail.html);
  });
}

function picture(world: World, key: string, reply: FastifyReply): FastifyReply {
  const media = world.state.get('media', key);
  if (!media) return nothing(reply);
  const headers = { 'x-content-type-options': 'nosniff', 'cache-control': 'public, max-age=3600' };
  return reply.headers(headers).type(media.contentType).send(world.readBytes(key));
}

function nothing(reply: FastifyReply): FastifyReply {
  return sendPage(reply, layout('There is nothing here', html`<p>It may have been forgotten by a reset.</p>`), 404);
}
