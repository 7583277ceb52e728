import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RUNTIME, type Runtime } from '../../config/runtime.js';
import { Clock } from './clock.service.js';
import { Db } from './database.service.js';
import { Files } from './files.service.js';
import { Jobs } from './jobs.service.js';
import { Log } from './log.service.js';
import { Signals } from './signals.service.js';
import { Tokens } from './tokens.service.js';

@Global()
@Module({})
export class PlatformModule {
  static with(runtime: Runtime, database: object): DynamicModule {
    return {
      module: PlatformModule,
      imports: [
        DiscoveryModule,
        TypeOrmModule.forRoot({ ...database, autoLoadEntities: true, retryAttempts: 3, retryDelay: 500 }),
      ],
      providers: [{ provide: RUNTIME, useValue: runtime }, Clock, Log, Jobs, Db, Tokens, Files, Signals],
      exports: [RUNTIME, Clock, Log, Jobs, Db, Tokens, Files, Signals],
    };
  }
}
