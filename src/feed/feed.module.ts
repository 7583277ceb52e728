import { Global, Module } from '@nestjs/common';
import { Avatars } from '../desk/avatars.js';
import { PostNumbers } from '../desk/post-numbers.js';
import { ArchiveController } from './archive.controller.js';
import { Archive } from './archive.service.js';
import { Copies } from './copies.service.js';
import { CreditCorrectionController } from './credit-correction.controller.js';
import { CreditCorrections } from './credit-corrections.service.js';
import { FeedController } from './feed.controller.js';
import { FeedJobs } from './feed.jobs.js';
import { FeedAvatars } from './feed-avatars.service.js';
import { FeedCalls } from './feed-calls.service.js';
import { FeedKeepingController } from './feed-keeping.controller.js';
import { FeedNumbers } from './feed-numbers.service.js';
import { FeedProfile } from './feed-profile.service.js';
import { FeedRows } from './feed-rows.service.js';
import { FeedSettingsRows } from './feed-settings.service.js';
import { Hiding } from './hiding.service.js';
import { HidingRuleController } from './hiding-rule.controller.js';
import { HidingRules } from './hiding-rules.service.js';
import { OEmbedController } from './oembed.controller.js';
import { Originals } from './originals.service.js';
import { PictureCache } from './picture-cache.service.js';
import { Pictures } from './pictures.service.js';
import { Pulls } from './pulls.service.js';
import { FeedReading } from './reading.service.js';
import { Rechecks } from './rechecks.service.js';
import { Selections } from './selections.service.js';
import { FeedServing } from './serving.service.js';
import { TeamFeedController } from './team-feed.controller.js';
import { Timeline } from './timeline.service.js';
import { WordHits } from './word-hits.service.js';

@Global()
@Module({
  controllers: [
    CreditCorrectionController,
    HidingRuleController,
    FeedController,
    ArchiveController,
    OEmbedController,
    TeamFeedController,
    FeedKeepingController,
  ],
  providers: [
    CreditCorrections,
    HidingRules,
    WordHits,
    Rechecks,
    Originals,
    FeedJobs,
    Pulls,
    Timeline,
    Copies,
    FeedProfile,
    FeedCalls,
    FeedRows,
    PictureCache,
    Pictures,
    FeedReading,
    FeedServing,
    Selections,
    Archive,
    Hiding,
    FeedSettingsRows,
    { provide: Avatars, useClass: FeedAvatars },
    { provide: PostNumbers, useClass: FeedNumbers },
  ],
  exports: [Avatars, PostNumbers, FeedReading, FeedRows, FeedServing, Rechecks],
})
export class FeedModule {}
