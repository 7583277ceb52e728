import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Message, MessageMedia } from './message.entity.js';
import { Outbox } from './outbox.service.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([Message, MessageMedia])],
  providers: [Outbox],
  exports: [Outbox],
})
export class MessagesModule {}
