import { Injectable } from '@nestjs/common';
import { Job } from '../platform/job.js';
import { ThreadNews } from './thread-news.service.js';

/** Telling curators about threads that stand still: by doorbell, and by a sweep for what was not rung. */
@Injectable()
export class DeskJobs {
  constructor(private readonly threads: ThreadNews) {}

  @Job('thread.look')
  async look(threadId: string): Promise<void> {
    await this.threads.look(threadId);
  }

  async sweep(): Promise<void> {
    await this.threads.sweep();
  }
}
