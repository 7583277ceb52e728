import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import type { Runtime } from '../config/runtime.js';
import { ApplicationsModule } from './applications/applications.module.js';
import { AuditModule } from './audit/audit.module.js';
import { CredentialsModule } from './credentials/credentials.module.js';
import { dataSourceOptions } from './data-source.js';
import { DeskModule } from './desk/desk.module.js';
import { FeedModule } from './feed/feed.module.js';
import { HandoverModule } from './handover/handover.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { InsightModule } from './insight/insight.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { NetworksModule } from './networks/networks.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { PeopleModule } from './people/people.module.js';
import { PlatformModule } from './platform/platform.module.js';
import { RotaModule } from './rota/rota.module.js';
import { Schedule } from './schedule.js';
import { SiteModule } from './site/site.module.js';
import { WebModule } from './web/web.module.js';

/** The parts in reading order. A part may import only from parts above it (`test/rules` holds this). */
@Module({})
export class AppModule {
  static with(runtime: Runtime): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ScheduleModule.forRoot(),
        PlatformModule.with(runtime, dataSourceOptions(runtime.databaseUrl)),
        WebModule,
        AuditModule,
        NetworksModule,
        CredentialsModule,
        MessagesModule,
        PeopleModule,
        ApplicationsModule,
        RotaModule,
        HandoverModule,
        DeskModule,
        FeedModule,
        InsightModule,
        ImportsModule,
        SiteModule,
        OperationsModule,
      ],
      providers: [Schedule],
    };
  }
}
