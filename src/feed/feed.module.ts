import { Module } from '@nestjs/common';
import { FeedController } from './feed.controller.js';
import { FeedJobs } from './feed.jobs.js';
import { FeedCalls } from './feed-calls.service.js';
import { FeedRows } from './feed-rows.service.js';
import { Hiding } from './hiding.service.js';
import { Pictures } from './pictures.service.js';
import { Pulls } from './pulls.service.js';
import { FeedReading } from './reading.service.js';
import { FeedServing } from './serving.service.js';
import { TeamFeedController } from './team-feed.controller.js';

@Module({
  controllers: [FeedController, TeamFeedController],
  providers: [FeedJobs, Pulls, FeedCalls, FeedRows, Pictures, FeedReading, FeedServing, Hiding],
  exports: [FeedReading, FeedServing],
})
export class FeedModule {}
