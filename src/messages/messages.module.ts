import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Channels } from './channels.service.js';
import { Deliveries } from './deliveries.service.js';
import { Interventions } from './interventions.service.js';
import { LetterChannel } from './letter.channel.js';
import { Message, MessageMedia } from './message.entity.js';
import { MessagesJobs } from './messages.jobs.js';
import { Outbox } from './outbox.service.js';
import { PostChannel } from './post.channel.js';
import { Rows } from './rows.service.js';
import { Settling } from './settling.service.js';
import { TeamMessagesController } from './team-messages.controller.js';
import { Threads } from './threads.service.js';
import { Verdicts } from './verdicts.service.js';
import { WebhookChannel } from './webhook.channel.js';
import { WebhookCaller } from './webhook-caller.service.js';
import { Webhooks } from './webhooks.service.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([Message, MessageMedia])],
  controllers: [TeamMessagesController],
  providers: [
    Outbox,
    Deliveries,
    Interventions,
    Rows,
    Verdicts,
    Threads,
    Settling,
    Channels,
    LetterChannel,
    PostChannel,
    WebhookCaller,
    WebhookChannel,
    Webhooks,
    MessagesJobs,
  ],
  exports: [Outbox, Deliveries, LetterChannel, Threads, Webhooks],
})
export class MessagesModule {}
