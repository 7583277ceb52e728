import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Application } from './application.entity.js';
import { ApplyController } from './apply.controller.js';
import { Decisions } from './decisions.service.js';
import { Drafts } from './drafts.service.js';
import { OwnApplicationsController } from './own-applications.controller.js';
import { OwnApplications } from './own-applications.service.js';
import { ReviewController } from './review.controller.js';
import { Submissions } from './submissions.service.js';
import { VerificationController } from './verification.controller.js';

@Module({
  imports: [TypeOrmModule.forFeature([Application])],
  controllers: [ApplyController, VerificationController, OwnApplicationsController, ReviewController],
  providers: [Drafts, Submissions, OwnApplications, Decisions],
})
export class ApplicationsModule {}
