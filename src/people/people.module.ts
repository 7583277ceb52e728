import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PrincipalSource } from '../web/principal.js';
import { AlertChoices } from './alert-choices.service.js';
import { AlertPages } from './alert-pages.service.js';
import { AlertsController } from './alerts.controller.js';
import { Alerts } from './alerts.service.js';
import { People } from './people.service.js';
import { Person } from './person.entity.js';
import { Sessions } from './sessions.service.js';
import { SignInController } from './sign-in.controller.js';
import { SignIn } from './sign-in.service.js';
import { TeamController } from './team.controller.js';
import { Team } from './team.service.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([Person])],
  controllers: [SignInController, TeamController, AlertsController],
  providers: [
    AlertChoices,
    AlertPages,
    Alerts,
    People,
    Sessions,
    SignIn,
    Team,
    { provide: PrincipalSource, useExisting: Sessions },
  ],
  exports: [AlertChoices, Alerts, People, Sessions, SignIn, PrincipalSource],
})
export class PeopleModule {}
