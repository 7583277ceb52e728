import proxy from '@fastify/http-proxy';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Runtime } from '../config/runtime.js';
import { AppModule } from './app.module.js';
import { Log } from './platform/log.service.js';
import { PrincipalSource } from './web/principal.js';
import { prepareServer } from './web/server.service.js';

/** Builds the service on a migrated database. The caller listens and closes. */
export async function createApp(runtime: Runtime): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    // One hop: what stands further left in X-Forwarded-For was written by whoever asked, and limits count addresses.
    trustProxy: runtime.env.TRUST_PROXY && ((_address, hop) => hop === 0),
    bodyLimit: 64 * 1024,
    // A film from a phone on a slow line takes minutes; what trickles for longer holds a connection for nothing.
    requestTimeout: 15 * 60_000,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, caseSensitive: true },
  });
  const server = adapter.getInstance() as unknown as FastifyInstance;
  const signedIn = async (token: string) => token !== '' && (await app.get(PrincipalSource).find(token)) !== null;
  await prepareServer(server, runtime, signedIn);
  if (runtime.simulatorUrl) await showSimulator(server, runtime.simulatorUrl);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(runtime), adapter, {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Log));
  await app.init();
  return app;
}

/** The pretend timeline and the mailbox under `/simulator`, from this origin; only where the network is the simulator. */
async function showSimulator(server: FastifyInstance, upstream: string): Promise<void> {
  await server.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => {
      for (const name of ['content-security-policy', 'cross-origin-opener-policy']) reply.removeHeader(name);
    });
    await scope.register(proxy, { upstream, prefix: '/simulator', rewritePrefix: '/simulator', proxyPayloads: true });
  });
}
