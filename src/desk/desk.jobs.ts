import { Injectable } from '@nestjs/common';
import { Job } from '../platform/job.js';
import { Approvals } from './approvals.service.js';
import { Deletions } from './deletions.service.js';
import { PostNews } from './post-news.service.js';
import { ThreadNews } from './thread-news.service.js';

/** Telling curators about posts and threads that stand still, and deleting posts: by doorbell, and by sweeps for what was not rung. */
@Injectable()
export class DeskJobs {
  constructor(
    private readonly threads: ThreadNews,
    private readonly posts: PostNews,
    private readonly deletions: Deletions,
    private readonly approvals: Approvals,
  ) {}

  @Job('thread.look')
  async look(threadId: string): Promise<void> {
    await this.threads.look(threadId);
  }

  @Job('post.delete')
  async delete(messageId: string): Promise<void> {
    await this.deletions.run(messageId);
  }

  @Job('approval.lapse')
  async lapse(approvalId: string): Promise<void> {
    await this.approvals.lapse(approvalId);
  }

  async sweepApprovals(): Promise<void> {
    await this.approvals.sweep();
  }

  async sweepDeletions(): Promise<void> {
    await this.deletions.sweep();
  }

  async sweep(): Promise<void> {
    await this.threads.sweep();
    await this.posts.sweep();
  }
}
