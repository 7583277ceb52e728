import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DeskController } from './desk.controller.js';
import { DeskJobs } from './desk.jobs.js';
import { Desk } from './desk.service.js';
import { DeskPages } from './desk-pages.service.js';
import { Draft, DraftMedia, DraftPart } from './draft.entity.js';
import { Drafts } from './drafts.service.js';
import { MediaController } from './media.controller.js';
import { ThreadNews } from './thread-news.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Draft, DraftMedia, DraftPart])],
  controllers: [DeskController, MediaController],
  providers: [Desk, DeskPages, Drafts, ThreadNews, DeskJobs],
  exports: [Desk],
})
export class DeskModule {}
