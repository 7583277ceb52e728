import { Module } from '@nestjs/common';
import { HandoverJobs } from './handover.jobs.js';
import { Planning } from './planning.service.js';
import { Turns } from './turns.service.js';

@Module({ providers: [HandoverJobs, Planning, Turns] })
export class HandoverModule {}
