import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { Health } from './health.service.js';
import { Metrics } from './metrics.service.js';
import { OperationsController } from './operations.controller.js';

@Module({ controllers: [OperationsController, AuditController], providers: [Health, Metrics], exports: [Health] })
export class OperationsModule {}
