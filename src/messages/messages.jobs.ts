import { Injectable } from '@nestjs/common';
import { AtOnce, Job } from '../platform/job.js';
import { Deliveries } from './deliveries.service.js';

const BATCH = 100;
const AT_ONCE = 8;

/** Delivering: by doorbell when a message is due, and by a sweep for what was not rung. */
@Injectable()
export class MessagesJobs {
  constructor(private readonly deliveries: Deliveries) {}

  @Job('message.deliver')
  @AtOnce()
  async deliver(id: string): Promise<void> {
    await this.deliveries.deliver(id);
  }

  /** Delivers what is due, a bounded number at a time; the rest is the next sweep's. */
  async sweep(): Promise<void> {
    const due = await this.deliveries.due(BATCH);
    const work = async () => {
      for (let id = due.shift(); id; id = due.shift()) await this.deliveries.deliver(id);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }
}
