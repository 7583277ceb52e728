/**
 * What the feed is measured against: `peer.js bare PORT PATH FILE` is Fastify with one route that sends the bytes of a
 * file and knows their tag; `peer.js regenerating …` reads the items and writes them anew for each request, as feeds are
 * often made.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Fastify from 'fastify';

const [kind, port, path = '/', file = ''] = process.argv.slice(2);
const bytes = readFileSync(file);
const tag = `"${createHash('sha1').update(bytes).digest('base64url')}"`;
const app = Fastify();

if (kind === 'bare') {
  app.get(path, (request, reply) => {
    reply.header('content-type', 'application/feed+json; charset=utf-8').header('etag', tag);
    return request.headers['if-none-match'] === tag ? reply.code(304).send() : reply.send(bytes);
  });
} else {
  const text = bytes.toString();
  app.get(path, (_request, reply) => {
    const feed = JSON.parse(text) as { items: object[] };
    const items = feed.items.map((item) => ({ ...item }));
    return reply
      .header('content-type', 'application/feed+json; charset=utf-8')
      .send(JSON.stringify({ ...feed, items }, null, 2));
  });
}
await app.listen({ port: Number(port), host: '127.0.0.1' });
