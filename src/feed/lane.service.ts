import type { Server } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import { Refusal } from '../platform/errors.js';
import { FORMATS } from './formats/formats.js';

const FEED = new RegExp(`^/[^/?]+/(?:${FORMATS.join('|').replaceAll('.', '\\.')})/?(?:\\?|$)`);

/**
 * A lane beside the service's own server for the addresses of feeds: they know no cookies, forms or pages, so they pass
 * none of the hooks for those, which would take longer than the answer. `routes` gives the routes to the instance.
 */
export async function openLane(server: Server, routes: (lane: FastifyInstance) => void): Promise<void> {
  const lane = Fastify({ routerOptions: { ignoreTrailingSlash: true, caseSensitive: true } });
  lane.setErrorHandler((error, _request, reply) => {
    const { status, title, detail } = problemOf(error);
    return reply
      .status(status)
      .header('content-type', 'application/problem+json')
      .header('cache-control', 'no-store')
      .header('access-control-allow-origin', '*')
      .send(JSON.stringify({ type: 'about:blank', status, title, detail }));
  });
  routes(lane);
  await lane.ready();
  const others = server.listeners('request') as ((...given: unknown[]) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (FEED.test(request.url ?? '') && (request.method === 'GET' || request.method === 'HEAD'))
      return lane.routing(request, response);
    for (const other of others) other.call(server, request, response);
  });
}

function problemOf(error: unknown): { status: number; title: string; detail: string } {
  if (error instanceof Refusal) return { status: error.status, title: error.title, detail: error.message };
  const detail = 'It should be back in a moment.';
  return { status: 503, title: 'Sorry, the service is unavailable', detail };
}
