import { Module } from '@nestjs/common';
import { FeedModule } from '../feed/feed.module.js';
import { HandoverModule } from '../handover/handover.module.js';
import { Attention } from './attention.service.js';
import { HomeController } from './home.controller.js';
import { MeController } from './me.controller.js';
import { SetupController } from './setup.controller.js';
import { Setup } from './setup.service.js';
import { TodayController } from './today.controller.js';
import { Turns } from './turns.service.js';

@Module({
  imports: [FeedModule, HandoverModule],
  controllers: [SetupController, MeController, TodayController, HomeController],
  providers: [Setup, Turns, Attention],
  exports: [Setup],
})
export class SiteModule {}
