import { Injectable } from '@nestjs/common';
import { Db } from '../../platform/database.service.js';
import { CanWait, Job } from '../../platform/job.js';
import { MentionPulls } from './mention-pulls.service.js';

/** Pulling mentions: by doorbell when somebody asks, and by a sweep when a look is due. */
@Injectable()
export class MentionsJobs {
  constructor(
    private readonly db: Db,
    private readonly pulls: MentionPulls,
  ) {}

  @Job('mention.pull')
  @CanWait()
  async pull(accountId: string): Promise<void> {
    await this.pulls.pull(accountId);
  }

  /** Makes missing rows, and pulls for every account that is due. */
  async sweep(): Promise<void> {
    await this.makeMissing();
    for (const accountId of await this.pulls.due()) await this.pulls.pull(accountId);
  }

  private async makeMissing(): Promise<void> {
    const missing = await this.db.query<{ id: string }>(
      `SELECT id FROM accounts a WHERE connection = 'api' AND NOT EXISTS (SELECT 1 FROM mention_pulls WHERE account_id = a.id)`,
    );
    if (missing.length === 0) return;
    await this.db.write((tx) =>
      tx.query(
        'INSERT INTO mention_pulls (account_id, next_pull_at) SELECT unnest($1::uuid[]), $2 ON CONFLICT DO NOTHING',
        [missing.map(({ id }) => id), tx.now],
      ),
    );
  }
}
