import { Module } from '@nestjs/common';
import { RotaModule } from '../rota/rota.module.js';
import { AccountHolds } from './account-holds.service.js';
import { BadDayController } from './bad-day.controller.js';
import { BadDayLetters } from './bad-day-letters.service.js';
import { BadDayPages } from './bad-day-pages.service.js';
import { Calls } from './calls.service.js';
import { ChecklistLinesController } from './checklist/checklist-lines.controller.js';
import { ChecklistsController } from './checklist/checklists.controller.js';
import { Checklists } from './checklist/checklists.service.js';
import { DigestController } from './checklist/digest.controller.js';
import { Digest } from './checklist/digest.service.js';
import { ChecklistLines } from './checklist/lines.service.js';
import { OwnChecklistController } from './checklist/own-checklist.controller.js';
import { ControlController } from './control.controller.js';
import { Control } from './control.service.js';
import { CredentialPages } from './credential-pages.service.js';
import { CredentialsController } from './credentials.controller.js';
import { CuratorCredentials } from './curator-credentials.service.js';
import { Delegations } from './delegations.service.js';
import { EarlyEndController } from './early-end.controller.js';
import { EarlyEnds } from './early-ends.service.js';
import { Feedbacks } from './feedback/feedbacks.service.js';
import { OwnFeedbackController } from './feedback/own-feedback.controller.js';
import { TeamFeedbackController } from './feedback/team-feedback.controller.js';
import { HandoverJobs } from './handover.jobs.js';
import { HandoverEventsController } from './handover-events.controller.js';
import { HandoverEvents } from './handover-events.service.js';
import { HandoverPages } from './handover-pages.service.js';
import { HandoversController } from './handovers.controller.js';
import { Handovers } from './handovers.service.js';
import { IncomingHalf } from './incoming.service.js';
import { InstantsController } from './instants.controller.js';
import { Instants } from './instants.service.js';
import { OutgoingHalf } from './outgoing.service.js';
import { PanicController } from './panic.controller.js';
import { Panic } from './panic.service.js';
import { Planning } from './planning.service.js';
import { ProfileChanges } from './profile-changes.service.js';
import { ProfileLine } from './profile-line.service.js';
import { ProfileSettingsController } from './profile-settings.controller.js';
import { ProfileSettings } from './profile-settings.service.js';
import { RehearsalsController } from './rehearsals.controller.js';
import { Rehearsals } from './rehearsals.service.js';
import { Replacements } from './replacements.service.js';
import { RevealsController } from './reveals.controller.js';
import { RotationController } from './rotation.controller.js';
import { Rotations } from './rotations.service.js';
import { Steps } from './steps.service.js';
import { TasksController } from './tasks.controller.js';
import { Tasks } from './tasks.service.js';
import { TryOuts } from './try-outs.service.js';
import { Turns } from './turns.service.js';

@Module({
  imports: [RotaModule],
  controllers: [
    ControlController,
    RehearsalsController,
    HandoverEventsController,
    InstantsController,
    ProfileSettingsController,
    HandoversController,
    TasksController,
    BadDayController,
    EarlyEndController,
    PanicController,
    CredentialsController,
    RotationController,
    RevealsController,
    ChecklistsController,
    ChecklistLinesController,
    OwnChecklistController,
    DigestController,
    OwnFeedbackController,
    TeamFeedbackController,
  ],
  providers: [
    AccountHolds,
    BadDayLetters,
    BadDayPages,
    Calls,
    Control,
    CredentialPages,
    CuratorCredentials,
    Delegations,
    EarlyEnds,
    HandoverEvents,
    HandoverJobs,
    HandoverPages,
    Handovers,
    IncomingHalf,
    Instants,
    OutgoingHalf,
    Panic,
    Planning,
    Rehearsals,
    ProfileChanges,
    ProfileLine,
    ProfileSettings,
    Rotations,
    Replacements,
    Steps,
    Tasks,
    TryOuts,
    Turns,
    Checklists,
    ChecklistLines,
    Digest,
    Feedbacks,
  ],
  exports: [AccountHolds, Checklists, Handovers, Rotations, Tasks],
})
export class HandoverModule {}
