import { Injectable } from '@nestjs/common';
import { Db } from '../platform/database.service.js';
import { Job } from '../platform/job.js';
import { Pulls } from './pulls.service.js';

/** Pulling: by doorbell after a post went out, and by a sweep when it is due. */
@Injectable()
export class FeedJobs {
  constructor(
    private readonly db: Db,
    private readonly pulls: Pulls,
  ) {}

  @Job('feed.pull')
  async pull(accountId: string): Promise<void> {
    await this.pulls.pull(accountId);
  }

  /** Makes missing feed rows, and pulls every feed that is due. */
  async sweep(): Promise<void> {
    await this.db.query(
      `INSERT INTO feeds (account_id, changed_at, next_pull_at)
       SELECT id, created_at, created_at FROM accounts WHERE connection = 'api' ON CONFLICT DO NOTHING`,
    );
    const now = await this.db.now();
    const due = await this.db.query<{ account_id: string }>(
      'SELECT account_id FROM feeds WHERE next_pull_at <= $1 ORDER BY next_pull_at LIMIT 20',
      [now],
    );
    for (const { account_id } of due) await this.pulls.pull(account_id);
  }
}
