import { Injectable } from '@nestjs/common';
import { Job } from '../platform/job.js';
import { Planning } from './planning.service.js';

/** Handover's doorbells. */
@Injectable()
export class HandoverJobs {
  constructor(private readonly planning: Planning) {}

  /** The rota of an account has changed. */
  @Job('handover.plan')
  async plan(accountId: string): Promise<void> {
    await this.planning.plan(accountId);
  }
}
