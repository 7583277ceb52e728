import { Module } from '@nestjs/common';
import { FeedModule } from '../feed/feed.module.js';
import { FinalCounts } from './final-counts.service.js';
import { InsightPages } from './insight-pages.service.js';
import { OwnInsightController } from './own-insight.controller.js';
import { Series } from './series.service.js';
import { TeamInsightController } from './team-insight.controller.js';
import { TurnsRead } from './turns-read.service.js';

@Module({
  imports: [FeedModule],
  controllers: [OwnInsightController, TeamInsightController],
  providers: [TurnsRead, Series, FinalCounts, InsightPages],
})
export class InsightModule {}
