import type { AddressInfo } from 'node:net';
import multipart from '@fastify/multipart';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ZodError } from 'zod';
import { apiRoutes } from './api.routes.js';
import { controlRoutes } from './control.routes.js';
import { startMailServer } from './mail.service.js';
import { oauthRoutes } from './oauth.routes.js';
import { pageRoutes } from './pages.routes.js';
import { World } from './world.service.js';

const LARGEST = 20 * 1024 * 1024;

export interface SimulatorOptions {
  /** The folder of the journal and the pictures; what it holds is taken up again. */
  dataFolder: string;
  /** Service time; real time when left out. */
  now?: () => Date;
  host?: string;
  /** 0 or left out: any free one. */
  port?: number;
  smtpPort?: number;
  /** Off: calls are counted, but none is refused. */
  rateLimits?: boolean;
}

export interface Simulator {
  /** As in http://127.0.0.1:4000. */
  url: string;
  port: number;
  smtpPort: number;
  stop(): Promise<void>;
}

/** Starts a pretend X with its mail server in this process. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { dataFolder, now = () => new Date(), host = '127.0.0.1', port = 0, smtpPort = 0, rateLimits = true } = options;
  const world = new World(dataFolder, now, rateLimits);
  const app = await server(world);
  await app.listen({ host, port });
  const bound = (app.server.address() as AddressInfo).port;
  world.url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  const mail = await startMailServer(world, host, smtpPort);
  return {
    url: world.url,
    port: bound,
    smtpPort: mail.port,
    stop: async () => {
      await Promise.all([app.close(), mail.stop()]);
      world.close();
    },
  };
}

async function server(world: World): Promise<FastifyInstance> {
  const app = Fastify({
    forceCloseConnections: true,
    bodyLimit: LARGEST,
    routerOptions: { ignoreTrailingSlash: true },
  });
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))));
  });
  // An empty body is said to be JSON by some clients.
  app.addContentTypeParser(/^application\/json/, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(String(body)));
    } catch {
      done(Object.assign(new Error('The body is not JSON'), { statusCode: 400 }));
    }
  });
  await app.register(multipart, { attachFieldsToBody: 'keyValues', limits: { fileSize: LARGEST, fieldSize: LARGEST } });
  app.setErrorHandler(sayWhatIsWrong);
  app.addHook('onRequest', async (request, reply) => {
    // Other people's pages must not press this one's buttons.
    if (request.method !== 'GET' && request.headers['sec-fetch-site'] === 'cross-site') return reply.status(403).send();
  });
  apiRoutes(app, world);
  oauthRoutes(app, world);
  controlRoutes(app, world);
  pageRoutes(app, world);
  return app;
}

function sayWhatIsWrong(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = error instanceof ZodError ? 400 : (error.statusCode ?? 500);
  const detail = error instanceof ZodError ? error.issues.map(sentence).join('; ') : error.message;
  if (status >= 500) process.stderr.write(`${error.stack}\n`);
  return reply
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ title: 'Invalid Request', detail, type: 'about:blank', status }));
}

function sentence({ path, message }: { path: PropertyKey[]; message: string }): string {
  return `${path.join('.')}: ${message}`;
}
