import { Injectable } from '@nestjs/common';
import { Job } from '../platform/job.js';
import { Calls } from './calls.service.js';
import { Handovers } from './handovers.service.js';
import { Planning } from './planning.service.js';
import { Rotations } from './rotations.service.js';

/** Handover's doorbells. */
@Injectable()
export class HandoverJobs {
  constructor(
    private readonly planning: Planning,
    private readonly handovers: Handovers,
    private readonly rotations: Rotations,
    private readonly calls: Calls,
  ) {}

  /** The rota of an account has changed. */
  @Job('handover.plan')
  async plan(accountId: string): Promise<void> {
    await this.planning.plan(accountId);
  }

  /** A boundary's instant has come. */
  @Job('handover.run')
  async run(boundaryId: string): Promise<void> {
    await this.handovers.run(boundaryId);
  }

  /** A person has done what a handover of the account waits for. */
  @Job('handover.resume')
  async resume(accountId: string): Promise<void> {
    await this.handovers.resume(accountId);
  }

  /** A step of a handover is done by calls outside. */
  @Job('handover.call')
  async call(boundaryId: string): Promise<void> {
    await this.calls.run(boundaryId);
  }

  /** The grant of a turn has ended in which a password was shown. */
  @Job('handover.rotations')
  async remind(stintId: string): Promise<void> {
    await this.rotations.remind(stintId);
  }
}
