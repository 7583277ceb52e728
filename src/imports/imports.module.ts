import { Module } from '@nestjs/common';
import { FeedModule } from '../feed/feed.module.js';
import { ImportsController } from './imports.controller.js';
import { Imports } from './imports.service.js';
import { Undoing } from './undoing.service.js';

@Module({ imports: [FeedModule], controllers: [ImportsController], providers: [Imports, Undoing] })
export class ImportsModule {}
