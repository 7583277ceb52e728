import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DeskController } from './desk.controller.js';
import { DeskJobs } from './desk.jobs.js';
import { Desk } from './desk.service.js';
import { DeskPages } from './desk-pages.service.js';
import { Draft, DraftMedia, DraftPart } from './draft.entity.js';
import { Drafts } from './drafts.service.js';
import { MediaController } from './media.controller.js';
import { QueuedPostsController } from './queued-posts.controller.js';
import { Sending } from './sending.service.js';
import { TakeBacks } from './take-backs.service.js';
import { ThreadNews } from './thread-news.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Draft, DraftMedia, DraftPart])],
  controllers: [DeskController, QueuedPostsController, MediaController],
  providers: [Desk, DeskPages, Drafts, Sending, TakeBacks, ThreadNews, DeskJobs],
  exports: [Desk],
})
export class DeskModule {}
