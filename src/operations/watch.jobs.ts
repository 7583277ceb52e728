import { Injectable } from '@nestjs/common';
import { CanWait, Job } from '../platform/job.js';
import { Watch } from './watch.service.js';

/** The doorbell of alerts. */
@Injectable()
export class WatchJobs {
  constructor(private readonly watch: Watch) {}

  /** Something of an account may be worth telling, or a reminder is due. */
  @Job('alert.look')
  @CanWait()
  async look(accountId: string): Promise<void> {
    await this.watch.look(accountId);
  }
}
