import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { AnswerInterceptor } from './answer.interceptor.js';
import { AssetsController } from './assets.controller.js';
import { Assets } from './assets.service.js';
import { ErrorsFilter } from './errors.filter.js';
import { LimitsGuard } from './limits.guard.js';
import { Limits } from './limits.service.js';
import { Views } from './views.service.js';

@Global()
@Module({
  controllers: [AssetsController],
  providers: [
    Assets,
    Views,
    Limits,
    { provide: APP_GUARD, useClass: LimitsGuard },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
    { provide: APP_FILTER, useClass: ErrorsFilter },
  ],
  exports: [Assets, Limits, Views],
})
export class WebModule {}
