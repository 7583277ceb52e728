import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { Demonstration } from './demonstration/demonstration.service.js';
import { DemonstrationRota } from './demonstration/demonstration-rota.service.js';
import { SimulatedAccounts } from './demonstration/simulated-accounts.service.js';
import { Health } from './health.service.js';
import { Metrics } from './metrics.service.js';
import { OperationsController } from './operations.controller.js';
import { Restoration } from './restoration.service.js';
import { Retention } from './retention.service.js';

@Module({
  controllers: [OperationsController, AuditController],
  providers: [Health, Metrics, Demonstration, DemonstrationRota, SimulatedAccounts, Restoration, Retention],
  exports: [Health, Demonstration],
})
export class OperationsModule {}
