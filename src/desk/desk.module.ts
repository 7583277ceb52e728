import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DeskController } from './desk.controller.js';
import { Desk } from './desk.service.js';
import { Draft } from './draft.entity.js';
import { Drafts } from './drafts.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Draft])],
  controllers: [DeskController],
  providers: [Desk, Drafts],
  exports: [Desk],
})
export class DeskModule {}
