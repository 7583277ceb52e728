import { Injectable } from '@nestjs/common';
import { Job } from '../platform/job.js';
import { Slots } from './slots.service.js';

/** Answers the doorbell of the rota: rung when an account was made or its pattern changed. */
@Injectable()
export class RotaJobs {
  constructor(private readonly slots: Slots) {}

  @Job('rota.extend')
  async extend(accountId: string): Promise<void> {
    await this.slots.extend(accountId);
  }
}
