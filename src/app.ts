import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Runtime } from '../config/runtime.js';
import { AppModule } from './app.module.js';
import { Log } from './platform/log.service.js';
import { prepareServer } from './web/server.service.js';

/** Builds the service on a migrated database. The caller listens and closes. */
export async function createApp(runtime: Runtime): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    trustProxy: runtime.env.TRUST_PROXY,
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, caseSensitive: true },
  });
  await prepareServer(adapter.getInstance() as unknown as FastifyInstance, runtime);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(runtime), adapter, {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Log));
  await app.init();
  return app;
}
