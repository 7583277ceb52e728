import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AutosavesController } from './autosaves.controller.js';
import { DeletionsController } from './deletions.controller.js';
import { Deletions } from './deletions.service.js';
import { DeskController } from './desk.controller.js';
import { DeskJobs } from './desk.jobs.js';
import { Desk } from './desk.service.js';
import { DeskPages } from './desk-pages.service.js';
import { DeskSettingsController } from './desk-settings.controller.js';
import { DeskSettings } from './desk-settings.service.js';
import { Draft, DraftMedia, DraftPart } from './draft.entity.js';
import { Drafts } from './drafts.service.js';
import { LookController } from './look.controller.js';
import { MediaController } from './media.controller.js';
import { QueuedPostsController } from './queued-posts.controller.js';
import { Sending } from './sending.service.js';
import { TakeBacks } from './take-backs.service.js';
import { ThreadNews } from './thread-news.service.js';
import { Uploads } from './uploads.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Draft, DraftMedia, DraftPart])],
  controllers: [
    AutosavesController,
    DeskController,
    DeskSettingsController,
    DeletionsController,
    QueuedPostsController,
    LookController,
    MediaController,
  ],
  providers: [Desk, DeskSettings, Deletions, DeskPages, Drafts, Uploads, Sending, TakeBacks, ThreadNews, DeskJobs],
  exports: [Desk],
})
export class DeskModule {}
