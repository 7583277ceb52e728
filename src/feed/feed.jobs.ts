import { Injectable } from '@nestjs/common';
import { Db } from '../platform/database.service.js';
import { CanWait, Job } from '../platform/job.js';
import { lock } from '../platform/tx.js';
import { FeedRows } from './feed-rows.service.js';
import { Pulls } from './pulls.service.js';

/** Pulling: by doorbell after a post went out, and by a sweep when it is due. */
@Injectable()
export class FeedJobs {
  constructor(
    private readonly db: Db,
    private readonly pulls: Pulls,
    private readonly rows: FeedRows,
  ) {}

  @Job('feed.pull')
  @CanWait()
  async pull(accountId: string): Promise<void> {
    await this.pulls.pull(accountId);
  }

  /** What an account says with its posts has changed. Should the ring be lost, each process finds it by its sweep. */
  @Job('feed.changed')
  async changed(accountId: string): Promise<void> {
    await this.db.write([lock('feeds', accountId, 'account_id')], (tx) => this.rows.changed(tx, accountId));
  }

  /** Makes missing feed rows, and pulls every feed that is due. */
  async sweep(): Promise<void> {
    await this.makeMissing();
    for (const accountId of await this.pulls.due()) await this.pulls.pull(accountId, 'due');
  }

  private async makeMissing(): Promise<void> {
    const missing = await this.db.query<{ id: string }>(
      `SELECT a.id FROM accounts a WHERE a.connection = 'api' AND NOT EXISTS (SELECT 1 FROM feeds WHERE account_id = a.id)`,
    );
    for (const { id } of missing) {
      await this.db.write((tx) =>
        tx.query(
          'INSERT INTO feeds (account_id, changed_at, next_pull_at) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING',
          [id, tx.now],
        ),
      );
    }
  }
}
