import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Runtime } from '../../config/runtime.js';
import { AuditModule } from '../../src/audit/audit.module.js';
import { CredentialsModule } from '../../src/credentials/credentials.module.js';
import { NetworkTokens } from '../../src/credentials/network-tokens.service.js';
import { dataSourceOptions } from '../../src/data-source.js';
import { NetworksModule } from '../../src/networks/networks.module.js';
import { Networks } from '../../src/networks/networks.service.js';
import { PlatformModule } from '../../src/platform/platform.module.js';

// A process that calls the network as an account when it is told to (SIGUSR2), and prints how that ended. Arguments: the
// Runtime of the test's service, and the account's id.
const runtime = JSON.parse(process.argv[2] ?? '', (name, value) =>
  name === 'key' ? Buffer.from(value.data) : value,
) as Runtime;

@Module({
  imports: [
    PlatformModule.with({ ...runtime, env: { ...runtime.env, RUN: [] } }, dataSourceOptions(runtime.databaseUrl)),
    AuditModule,
    NetworksModule,
    CredentialsModule,
  ],
})
class Refresher {}

const app = await NestFactory.createApplicationContext(Refresher, { logger: false });
process.once('SIGUSR2', async () => {
  const network = app.get(Networks).for('x');
  const answer = await app.get(NetworkTokens).use(process.argv[3] ?? '', (access) => network.me(access));
  process.stdout.write(`answer ${JSON.stringify(answer)}\n`);
  process.exit(0);
});
setInterval(() => undefined, 60_000);
process.stdout.write('ready\n');
