import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Application } from './application.entity.js';
import { Applications } from './applications.service.js';
import { ApplyController } from './apply.controller.js';
import { Decisions } from './decisions.service.js';
import { Drafts } from './drafts.service.js';
import { Erasures } from './erasures.service.js';
import { OwnApplicationsController } from './own-applications.controller.js';
import { OwnApplications } from './own-applications.service.js';
import { Photos } from './photos.service.js';
import { Resumptions } from './resumptions.service.js';
import { ReviewController } from './review.controller.js';
import { SubmissionController } from './submission.controller.js';
import { Submissions } from './submissions.service.js';
import { VerificationController } from './verification.controller.js';

@Module({
  imports: [TypeOrmModule.forFeature([Application])],
  controllers: [
    ApplyController,
    SubmissionController,
    VerificationController,
    OwnApplicationsController,
    ReviewController,
  ],
  providers: [Applications, Decisions, Drafts, Erasures, OwnApplications, Photos, Resumptions, Submissions],
})
export class ApplicationsModule {}
