import { Module } from '@nestjs/common';
import { HandoverModule } from '../handover/handover.module.js';
import { AuditController } from './audit.controller.js';
import { Demonstration } from './demonstration/demonstration.service.js';
import { DemonstrationRota } from './demonstration/demonstration-rota.service.js';
import { SimulatedAccounts } from './demonstration/simulated-accounts.service.js';
import { Doctor } from './doctor.service.js';
import { Findings } from './findings.service.js';
import { Health } from './health.service.js';
import { KeyRotation } from './key-rotation.service.js';
import { Metrics } from './metrics.service.js';
import { OperationsController } from './operations.controller.js';
import { Restoration } from './restoration.service.js';
import { Retention } from './retention.service.js';
import { WatchJobs } from './watch.jobs.js';
import { Watch } from './watch.service.js';
import { WayIn } from './way-in.service.js';

@Module({
  imports: [HandoverModule],
  controllers: [OperationsController, AuditController],
  providers: [
    Health,
    KeyRotation,
    Doctor,
    Metrics,
    Demonstration,
    DemonstrationRota,
    SimulatedAccounts,
    Restoration,
    Retention,
    Findings,
    Watch,
    WatchJobs,
    WayIn,
  ],
  exports: [Health, Demonstration],
})
export class OperationsModule {}
